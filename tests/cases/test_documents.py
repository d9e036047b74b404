"""Papers of a case: one for each step that needs it, numbered, signed, served, checked."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pypdf
import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from cases import documents, service
from cases.desk_errors import HandlerRequiredError
from cases.document_errors import (
    DocumentNotFoundError,
    NoPaperNeededError,
    ServiceDateError,
    ServiceProofMissingError,
)
from cases.documents import Desk, describe, draw_up
from cases.errors import CaseNotFoundError
from cases.filing import FiledComplaint
from core.case_enums import (
    CaseAction,
    Disclosure,
    DocumentKind,
    ServiceMethod,
    ServiceRecipient,
)
from core.keyring import Keyring
from db.models import Case, CaseDocument, CaseEvent
from identity.principal import Principal
from tests.evidence.test_pdf_signing import examine
from tests.factories.cases import FILED_AT, make_complaint, make_form, make_inspector
from tests.factories.identity import make_worker_person
from tests.identity.test_portraits import photograph

INVISIBLE = dict.fromkeys(map(ord, "\n \u200b"))
LATER = FILED_AT + timedelta(hours=3)


@pytest.fixture
def inspector(session: Session) -> Principal:
    return make_inspector(session)


def take(
    session: Session, inspector: Principal, filed: FiledComplaint, action: CaseAction
) -> CaseEvent:
    """Take a step and return what was written down of it."""
    service.act_on_case(
        session,
        principal=inspector,
        number=filed.number,
        action=action,
        form=make_form(action),
        at=FILED_AT,
    )
    case = session.exec(select(Case).where(Case.number == filed.number)).one()
    statement = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.action == action)
    return session.exec(statement).one()


def read(tools: Desk, document: CaseDocument) -> str:
    pages = pypdf.PdfReader(BytesIO(tools.blobs.get(document.digest))).pages
    return "".join(page.extract_text() for page in pages).translate(INVISIBLE)


@pytest.fixture
def filed(session: Session) -> FiledComplaint:
    worker = make_worker_person(session)
    return make_complaint(session, person_id=worker.id)


@pytest.fixture
def paper(
    session: Session, tools: Desk, inspector: Principal, filed: FiledComplaint
) -> CaseDocument:
    event = take(session, inspector, filed, CaseAction.ACCEPT)
    return draw_up(
        session,
        tools,
        principal=inspector,
        number=filed.number,
        event_id=event.id,
        at=FILED_AT,
    )


def test_accepting_a_complaint_has_its_paper(
    session: Session, tools: Desk, keyring: Keyring, paper: CaseDocument, filed: FiledComplaint
) -> None:
    text = read(tools, paper)
    assert describe(paper) == ("劳动保障监察投诉受理通知书", "西湖区劳监受〔2026〕1号")
    assert "杭州市西湖区人力资源和社会保障局" in text
    assert filed.number in text
    assert "60个工作日" in text
    assert examine(tools.blobs.get(paper.digest), keyring).intact


def test_a_paper_is_archival(tools: Desk, paper: CaseDocument) -> None:
    metadata = pypdf.PdfReader(BytesIO(tools.blobs.get(paper.digest))).xmp_metadata
    assert metadata is not None
    assert metadata.pdfaid_part == "2"


def test_a_second_call_returns_the_first_paper(
    session: Session, tools: Desk, inspector: Principal, filed: FiledComplaint, paper: CaseDocument
) -> None:
    again = draw_up(
        session,
        tools,
        principal=inspector,
        number=filed.number,
        event_id=paper.event_id,
        at=LATER,
    )
    assert again.id == paper.id


def test_papers_of_a_bureau_are_numbered_without_gaps(
    session: Session, tools: Desk, inspector: Principal, paper: CaseDocument
) -> None:
    second = make_complaint(session)
    event = take(session, inspector, second, CaseAction.ACCEPT)
    drawn = draw_up(
        session, tools, principal=inspector, number=second.number, event_id=event.id, at=LATER
    )
    assert (paper.serial, drawn.serial) == (1, 2)


def test_a_refusal_says_who_can_help(
    session: Session, tools: Desk, inspector: Principal, filed: FiledComplaint
) -> None:
    event = take(session, inspector, filed, CaseAction.REFUSE)
    due = documents.list_papers(session, principal=inspector, number=filed.number).due
    assert [(step.id, kind) for step, kind in due] == [(event.id, DocumentKind.REFUSAL)]


def test_a_shielded_complainant_is_a_number_on_paper(
    session: Session, tools: Desk, inspector: Principal
) -> None:
    worker = make_worker_person(session)
    shielded = make_complaint(session, person_id=worker.id, disclosure=Disclosure.SHIELDED)
    event = take(session, inspector, shielded, CaseAction.ACCEPT)
    drawn = draw_up(
        session, tools, principal=inspector, number=shielded.number, event_id=event.id, at=LATER
    )
    assert f"投诉人（编号{shielded.number}）" in read(tools, drawn)
    assert worker.name[0] + "*" not in read(tools, drawn)


def test_words_of_people_are_never_markup(
    session: Session, tools: Desk, inspector: Principal
) -> None:
    filed = make_complaint(session)
    hostile = "#panic() *bold* $x$ <script> \\ {{}}"
    service.act_on_case(
        session,
        principal=inspector,
        number=filed.number,
        action=CaseAction.REFUSE,
        form=replace(make_form(CaseAction.REFUSE), note=hostile),
        at=LATER,
    )
    ((event, _),) = documents.list_papers(session, principal=inspector, number=filed.number).due
    drawn = draw_up(
        session, tools, principal=inspector, number=filed.number, event_id=event.id, at=LATER
    )
    assert "#panic()*bold*$x$<script>" in read(tools, drawn)


def test_a_step_without_paper_gets_none(
    session: Session, tools: Desk, inspector: Principal, filed: FiledComplaint, paper: CaseDocument
) -> None:
    filing = session.exec(
        select(CaseEvent).where(CaseEvent.case_id == paper.case_id, CaseEvent.action == None)  # noqa: E711
    ).one()
    with pytest.raises(NoPaperNeededError):
        draw_up(
            session,
            tools,
            principal=inspector,
            number=filed.number,
            event_id=filing.id,
            at=LATER,
        )


def test_only_handlers_draw_papers(
    session: Session, tools: Desk, filed: FiledComplaint, paper: CaseDocument
) -> None:
    with pytest.raises(HandlerRequiredError):
        draw_up(
            session,
            tools,
            principal=make_inspector(session, name="赵监察"),
            number=filed.number,
            event_id=paper.event_id,
            at=LATER,
        )


def test_other_counties_see_no_papers(session: Session, filed: FiledComplaint) -> None:
    elsewhere = make_inspector(session, county_code="330203")
    with pytest.raises(CaseNotFoundError):
        documents.list_papers(session, principal=elsewhere, number=filed.number)


def test_the_complainant_reads_their_papers(
    session: Session, tools: Desk, inspector: Principal
) -> None:
    worker = make_worker_person(session)
    filed = make_complaint(session, person_id=worker.id)
    event = take(session, inspector, filed, CaseAction.ACCEPT)
    drawn = draw_up(
        session, tools, principal=inspector, number=filed.number, event_id=event.id, at=LATER
    )
    own = documents.read_own_paper(
        session, tools.blobs, person_id=worker.id, number=filed.number, document_id=drawn.id
    )
    assert own.startswith(b"%PDF")


def test_anybody_can_check_a_paper(session: Session, paper: CaseDocument) -> None:
    printed = documents.format_check_code(paper.check_code).lower()

    checked, bureau = documents.check_paper(session, code=printed)

    assert (checked.id, bureau) == (paper.id, "杭州市西湖区人力资源和社会保障局")


def test_an_unknown_code_proves_nothing(session: Session) -> None:
    with pytest.raises(DocumentNotFoundError):
        documents.check_paper(session, code="ABCD-EFGH-JKLM")


def test_service_by_posting_keeps_its_photo(
    session: Session, tools: Desk, inspector: Principal, filed: FiledComplaint, paper: CaseDocument
) -> None:
    served = documents.record_service(
        session,
        tools,
        principal=inspector,
        number=filed.number,
        document_id=paper.id,
        method=ServiceMethod.POSTED,
        recipient=ServiceRecipient.EMPLOYER,
        served_at=LATER,
        note="贴在工地大门",
        proof=photograph((320, 200)),
        at=LATER,
    )
    assert served.proof_digest is not None
    assert tools.blobs.exists(served.proof_digest)


@pytest.mark.parametrize(
    ("method", "hours", "refusal"),
    [
        (ServiceMethod.POSTED, 1, ServiceProofMissingError),
        (ServiceMethod.ELECTRONIC, 1, ServiceProofMissingError),
        (ServiceMethod.MAIL, 4, ServiceDateError),
        (ServiceMethod.MAIL, -24, ServiceDateError),
    ],
)
def test_service_that_cannot_be_proved_is_refused(
    *,
    session: Session,
    tools: Desk,
    inspector: Principal,
    filed: FiledComplaint,
    paper: CaseDocument,
    method: ServiceMethod,
    hours: int,
    refusal: type[Exception],
) -> None:
    with pytest.raises(refusal):
        documents.record_service(
            session,
            tools,
            principal=inspector,
            number=filed.number,
            document_id=paper.id,
            method=method,
            recipient=ServiceRecipient.EMPLOYER,
            served_at=FILED_AT + timedelta(hours=hours),
            note=None,
            proof=None,
            at=LATER,
        )


def test_a_paper_once_drawn_never_changes(session: Session, paper: CaseDocument) -> None:
    paper.serial = 9
    with pytest.raises(DBAPIError, match="append-only"):
        session.flush()

"""A mediation agreement: read, signed by both sides by its hash, printed with both signatures."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pypdf
import pytest
from redis import Redis
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from cases import agreements
from cases.agreements import Agreement
from cases.desk_errors import HandlerRequiredError
from cases.document_errors import (
    AgreementChangedError,
    AgreementNotFoundError,
    AgreementUnsignedError,
)
from cases.documents import Desk, draw_up
from cases.witnesses import WITNESSES
from core.case_enums import AgreementParty, CaseAction, CaseState, Disclosure
from core.enums import Role
from core.keyring import Keyring
from db.models import (
    AgreementSignature,
    CaseDocument,
    CaseEvent,
    Person,
    Project,
)
from evidence import audit
from evidence.blobs import FolderBlobs
from evidence.pdf_signing import sign_locally
from evidence.receipts import jwks, verify_receipt
from identity.principal import Principal
from tests.cases.desk_work import accept, act, sign, stored
from tests.evidence.test_pdf_signing import examine
from tests.factories.cases import FILED_AT, make_complaint, make_form, make_inspector
from tests.factories.identity import make_person, make_principal
from tests.factories.projects import make_project
from tests.identity.test_portraits import photograph

INVISIBLE = dict.fromkeys(map(ord, "\n \u200b"))


@pytest.fixture
def project(session: Session) -> Project:
    return make_project(session)


@pytest.fixture
def manager(session: Session, project: Project) -> Principal:
    person = make_person(session, name="钱专管")
    return make_principal(person.id, Role.LABOUR_MANAGER, project_id=project.id)


@pytest.fixture
def number(
    session: Session, worker: Person, project: Project, first: Principal, second: Principal
) -> str:
    """A case on a project in which an agreement is proposed."""
    filed = make_complaint(session, person_id=worker.id, project_id=project.id)
    accept(session, filed.number, first, second)
    act(session, first, filed.number, CaseAction.PROPOSE_AGREEMENT)
    return filed.number


@pytest.fixture
def tools(keyring: Keyring, tmp_path: Path) -> Desk:
    blobs = FolderBlobs(tmp_path, keyring.fields)
    return Desk(blobs, sign_locally(keyring), "https://axm.example/")


def sign_for_employer(
    session: Session, keyring: Keyring, manager: Principal, number: str, shown: str | None = None
) -> Agreement:
    project_id = manager.project_id
    assert project_id is not None
    (proposed,) = agreements.list_project_agreements(session, project_id=project_id)
    return agreements.sign_for_employer(
        session,
        keyring,
        principal=manager,
        project_id=project_id,
        number=number,
        content_hash=shown or proposed.content_hash,
        at=FILED_AT,
    )


def print_agreement(
    session: Session, tools: Desk, inspector: Principal, number: str, *, on_paper: bool = False
) -> CaseDocument:
    case = stored(session, number)
    proposal = session.exec(
        select(CaseEvent).where(
            CaseEvent.case_id == case.id, CaseEvent.action == CaseAction.PROPOSE_AGREEMENT
        )
    ).one()
    return draw_up(
        session,
        tools,
        principal=inspector,
        number=number,
        event_id=proposal.id,
        on_paper=on_paper,
        at=FILED_AT,
    )


def test_both_sides_sign_the_same_words(
    session: Session, keyring: Keyring, worker: Person, manager: Principal, number: str
) -> None:
    by_employer = sign_for_employer(session, keyring, manager, number)

    by_both = sign(session, keyring, worker, number)

    assert by_both.content_hash == by_employer.content_hash
    assert [(one.party, one.person_id) for one, _ in by_both.signatures] == [
        (AgreementParty.EMPLOYER, manager.person_id),
        (AgreementParty.WORKER, worker.id),
    ]
    assert stored(session, number).state is CaseState.AGREED
    claims = verify_receipt(by_both.signatures[1][0].receipt, jwks(keyring))
    assert (claims["content_hash"], claims["party"]) == (by_both.content_hash, "worker")


def test_nobody_agrees_without_signing(session: Session, worker: Person, number: str) -> None:
    with pytest.raises(AgreementUnsignedError):
        act(session, make_principal(worker.id), number, CaseAction.AGREE)


def test_who_read_other_words_signs_nothing(
    session: Session, keyring: Keyring, worker: Person, manager: Principal, number: str
) -> None:
    with pytest.raises(AgreementChangedError):
        agreements.sign_own_agreement(
            session,
            keyring,
            principal=make_principal(worker.id),
            number=number,
            content_hash="0" * 64,
            at=FILED_AT,
        )
    with pytest.raises(AgreementChangedError):
        sign_for_employer(session, keyring, manager, number, shown="0" * 64)

    assert session.exec(select(AgreementSignature)).all() == []


def test_a_new_proposal_needs_new_signatures(
    session: Session, keyring: Keyring, worker: Person, number: str, first: Principal
) -> None:
    signed = sign(session, keyring, worker, number)
    act(session, first, number, CaseAction.BREAK_OFF)
    dearer = replace(make_form(CaseAction.PROPOSE_AGREEMENT), amount_fen=528_001)
    act(session, first, number, CaseAction.PROPOSE_AGREEMENT, dearer)

    proposed = agreements.get_own_agreement(session, person_id=worker.id, number=number)

    assert (proposed.signatures, proposed.content_hash == signed.content_hash) == ([], False)
    with pytest.raises(AgreementUnsignedError):
        act(session, make_principal(worker.id), number, CaseAction.AGREE)


def test_a_second_tap_signs_nothing_twice(
    session: Session, keyring: Keyring, worker: Person, manager: Principal, number: str
) -> None:
    for _ in range(2):
        sign(session, keyring, worker, number)
        sign_for_employer(session, keyring, manager, number)

    assert len(session.exec(select(AgreementSignature)).all()) == 2


def test_a_worker_without_a_phone_signs_with_card_and_pin(
    session: Session, keyring: Keyring, worker: Person, number: str
) -> None:
    shown = agreements.get_own_agreement(session, person_id=worker.id, number=number)

    agreements.sign_own_agreement(
        session,
        keyring,
        principal=replace(make_principal(worker.id), kiosk_id=uuid4()),
        number=number,
        content_hash=shown.content_hash,
        at=FILED_AT,
    )

    assert session.exec(select(AgreementSignature)).one().is_at_kiosk


def test_another_project_is_not_asked(session: Session, keyring: Keyring, number: str) -> None:
    elsewhere = make_project(session)

    assert agreements.list_project_agreements(session, project_id=elsewhere.id) == []
    with pytest.raises(AgreementNotFoundError):
        agreements.sign_for_employer(
            session,
            keyring,
            principal=make_principal(
                make_person(session).id, Role.LABOUR_MANAGER, project_id=elsewhere.id
            ),
            project_id=elsewhere.id,
            number=number,
            content_hash="0" * 64,
            at=FILED_AT,
        )


def test_the_employer_reads_no_shielded_name(
    session: Session, worker: Person, project: Project, first: Principal, second: Principal
) -> None:
    filed = make_complaint(
        session, person_id=worker.id, project_id=project.id, disclosure=Disclosure.SHIELDED
    )
    accept(session, filed.number, first, second)
    act(session, first, filed.number, CaseAction.PROPOSE_AGREEMENT)

    (shown,) = agreements.list_project_agreements(session, project_id=project.id)

    assert worker.name not in repr(shown)
    assert worker.name[0] not in "".join(shown.paragraphs)


def test_the_paper_carries_both_signatures_the_hash_and_the_bureaus_own(
    *,
    session: Session,
    keyring: Keyring,
    tools: Desk,
    worker: Person,
    manager: Principal,
    number: str,
    first: Principal,
) -> None:
    signed = sign(session, keyring, worker, number)
    with pytest.raises(AgreementUnsignedError):
        print_agreement(session, tools, first, number)
    sign_for_employer(session, keyring, manager, number)

    content = tools.blobs.get(print_agreement(session, tools, first, number).digest)

    pages = pypdf.PdfReader(BytesIO(content)).pages
    text = "".join(page.extract_text() for page in pages).translate(INVISIBLE)
    assert "劳动者签字王*明，2026年11月2日09:00电子签字" in text
    assert "用人单位签字钱专管，2026年11月2日09:00电子签字" in text
    assert signed.content_hash in text
    assert examine(content, keyring).intact


def test_without_a_known_project_the_employer_signs_on_paper(
    *,
    session: Session,
    keyring: Keyring,
    tools: Desk,
    worker: Person,
    first: Principal,
    second: Principal,
) -> None:
    number = make_complaint(session, person_id=worker.id).number
    accept(session, number, first, second)
    act(session, first, number, CaseAction.PROPOSE_AGREEMENT)
    sign(session, keyring, worker, number)

    content = tools.blobs.get(print_agreement(session, tools, first, number).digest)

    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
    assert "（盖章、签名、日期）" in text.translate(INVISIBLE)


def test_the_evidence_log_knows_every_signature_and_the_audit_finds_a_changed_one(
    session: Session, keyring: Keyring, worker: Person, manager: Principal, number: str
) -> None:
    sign_for_employer(session, keyring, manager, number)
    sign(session, keyring, worker, number)
    before = list(audit.check_rows(session, WITNESSES))
    session.execute(text("ALTER TABLE agreement_signature DISABLE TRIGGER USER"))
    session.execute(text("UPDATE agreement_signature SET content_hash = repeat('0', 64)"))
    session.expire_all()

    after = list(audit.check_rows(session, WITNESSES))

    assert before == []
    assert [found.fault for found in after] == ["altered", "altered"]


def test_a_signature_never_changes(
    session: Session, keyring: Keyring, worker: Person, number: str
) -> None:
    sign(session, keyring, worker, number)
    session.delete(session.exec(select(AgreementSignature)).one())

    with pytest.raises(DBAPIError, match="append-only"):
        session.flush()


def record_on_paper(
    *,
    session: Session,
    keyring: Keyring,
    tools: Desk,
    inspector: Principal,
    number: str,
    party: AgreementParty = AgreementParty.WORKER,
) -> Agreement:
    shown = agreements.get_case_agreement(session, principal=inspector, number=number)
    return agreements.record_paper_signature(
        session,
        keyring,
        tools.blobs,
        principal=inspector,
        number=number,
        party=party,
        signer_name="王小明",
        content_hash=shown.content_hash,
        proof=photograph((320, 200)),
        at=FILED_AT,
    )


def test_whoever_can_sign_nowhere_else_signs_the_printed_paper(
    session: Session, keyring: Keyring, tools: Desk, number: str, first: Principal
) -> None:
    paper = tools.blobs.get(print_agreement(session, tools, first, number, on_paper=True).digest)
    before = agreements.get_case_agreement(session, principal=first, number=number)

    agreement = before
    for party in AgreementParty:
        agreement = record_on_paper(
            session=session,
            keyring=keyring,
            tools=tools,
            inspector=first,
            number=number,
            party=party,
        )

    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(paper)).pages)
    kept = [signature for signature, _ in agreement.signatures]
    assert "（签名、按手印、日期）" in text.translate(INVISIBLE)
    assert before.content_hash in text.translate(INVISIBLE)
    assert (before.unsigned, agreement.unsigned) == (list(AgreementParty), [])
    assert stored(session, number).state is CaseState.AGREED
    assert {one.recorded_by for one in kept} == {first.person_id}
    assert tools.blobs.get(kept[0].proof_digest or "").startswith(b"\xff\xd8")
    assert list(audit.check_rows(session, WITNESSES)) == []


def test_only_who_handles_the_case_records_a_signature_on_paper(
    session: Session, keyring: Keyring, tools: Desk, number: str
) -> None:
    colleague = make_inspector(session, name="吴监察")

    with pytest.raises(HandlerRequiredError):
        record_on_paper(
            session=session, keyring=keyring, tools=tools, inspector=colleague, number=number
        )


def test_somebody_without_an_account_reads_by_pin_and_signs_at_the_window(
    *,
    session: Session,
    redis: Redis,
    keyring: Keyring,
    tools: Desk,
    first: Principal,
    second: Principal,
) -> None:
    filed = make_complaint(session, phone="+8619100000001")
    accept(session, filed.number, first, second)
    act(session, first, filed.number, CaseAction.PROPOSE_AGREEMENT)

    read = agreements.get_agreement_by_pin(
        session, redis, number=filed.number, pin=filed.pin, address="::1"
    )
    record_on_paper(
        session=session, keyring=keyring, tools=tools, inspector=first, number=filed.number
    )

    signature = session.exec(select(AgreementSignature)).one()
    assert read.unsigned == list(AgreementParty)
    assert (signature.person_id, signature.signer_name) == (None, "王小明")
    assert stored(session, filed.number).state is CaseState.AGREED

"""The paper of an agreement: whose names it carries, who signed it by hand, what the audit sees."""

import json
from io import BytesIO

import pypdf
import pypdfium2 as pdfium
import pytest
from redis import Redis
from sqlalchemy import text
from sqlmodel import Session, select

from cases import agreements
from cases.desk_errors import HandlerRequiredError
from cases.document_errors import (
    AgreementUnsignedError,
)
from cases.documents import Desk, list_papers
from cases.identities import list_fields, list_unlocks
from cases.witnesses import WITNESSES, describe_signature
from core.case_enums import (
    AgreementParty,
    CaseAction,
    CaseState,
    DocumentKind,
)
from core.enums import EvidenceKind
from core.keyring import Keyring
from db.models import (
    AgreementSignature,
    Complaint,
    Person,
)
from evidence import audit, log
from identity.principal import Principal
from identity.rules import SeenField
from tests.cases.agreement_work import (
    INVISIBLE,
    MARGIN,
    print_agreement,
    read_pdf,
    record_on_paper,
    sign_for_employer,
)
from tests.cases.desk_work import accept, act, sign, stored
from tests.evidence.test_pdf_signing import examine
from tests.factories.cases import FILED_AT, make_complaint, make_inspector


def test_the_paper_carries_both_signatures_the_hash_and_the_bureaus_own(
    *,
    session: Session,
    keyring: Keyring,
    tools: Desk,
    worker: Person,
    manager: Principal,
    mediated: str,
    first: Principal,
) -> None:
    signed = sign(session, keyring, worker, mediated)
    with pytest.raises(AgreementUnsignedError):
        print_agreement(session, tools, first, mediated)
    sign_for_employer(session, keyring, manager, mediated)

    content = tools.blobs.get(print_agreement(session, tools, first, mediated).digest)

    pages = pypdf.PdfReader(BytesIO(content)).pages
    text = "".join(page.extract_text() for page in pages).translate(INVISIBLE)
    assert "劳动者签字王小明，2026年11月2日09:00电子签字" in text
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
    session: Session, keyring: Keyring, worker: Person, manager: Principal, mediated: str
) -> None:
    sign_for_employer(session, keyring, manager, mediated)
    sign(session, keyring, worker, mediated)
    before = list(audit.check_rows(session, WITNESSES))
    session.execute(text("ALTER TABLE agreement_signature DISABLE TRIGGER USER"))
    session.execute(text("UPDATE agreement_signature SET content_hash = repeat('0', 64)"))
    session.expire_all()

    after = list(audit.check_rows(session, WITNESSES))

    assert before == []
    assert [found.fault for found in after] == ["altered", "altered"]


def test_whoever_can_sign_nowhere_else_signs_the_printed_paper(
    session: Session, keyring: Keyring, tools: Desk, mediated: str, first: Principal
) -> None:
    paper = tools.blobs.get(print_agreement(session, tools, first, mediated, on_paper=True).digest)
    before = agreements.get_case_agreement(session, principal=first, number=mediated)

    agreement = before
    for party in AgreementParty:
        agreement = record_on_paper(
            session=session,
            keyring=keyring,
            tools=tools,
            inspector=first,
            number=mediated,
            party=party,
        )

    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(paper)).pages)
    kept = [signature for signature, _ in agreement.signatures]
    assert "（签名、按手印、日期）" in text.translate(INVISIBLE)
    assert before.content_hash in text.translate(INVISIBLE)
    assert (before.unsigned, agreement.unsigned) == (list(AgreementParty), [])
    assert stored(session, mediated).state is CaseState.AGREED
    assert {one.recorded_by for one in kept} == {first.person_id}
    assert tools.blobs.get(kept[0].proof_digest or "").startswith(b"\xff\xd8")
    assert list(audit.check_rows(session, WITNESSES)) == []


def test_only_who_handles_the_case_records_a_signature_on_paper(
    session: Session, keyring: Keyring, tools: Desk, mediated: str
) -> None:
    colleague = make_inspector(session, name="吴监察")

    with pytest.raises(HandlerRequiredError):
        record_on_paper(
            session=session, keyring=keyring, tools=tools, inspector=colleague, number=mediated
        )


def test_what_was_printed_to_be_signed_does_not_keep_the_signed_one_back(
    *,
    session: Session,
    keyring: Keyring,
    tools: Desk,
    worker: Person,
    manager: Principal,
    mediated: str,
    first: Principal,
) -> None:
    blank = print_agreement(session, tools, first, mediated, on_paper=True)
    sign(session, keyring, worker, mediated)
    sign_for_employer(session, keyring, manager, mediated)
    due = list_papers(session, principal=first, number=mediated).due

    signed = print_agreement(session, tools, first, mediated)

    assert [kind for _, kind in due] == [DocumentKind.ACCEPTANCE, DocumentKind.AGREEMENT]
    assert signed.id != blank.id
    assert (blank.signatures, signed.signatures) == (0, 2)
    assert print_agreement(session, tools, first, mediated).id == signed.id
    assert "钱专管" in read_pdf(tools.blobs.get(signed.digest))


def test_the_digest_stays_inside_its_table(
    *, session: Session, tools: Desk, mediated: str, first: Principal
) -> None:
    content = tools.blobs.get(
        print_agreement(session, tools, first, mediated, on_paper=True).digest
    )

    page = pdfium.PdfDocument(content)[0]
    words = page.get_textpage()
    right = max(words.get_rect(one)[2] for one in range(words.count_rects()))

    assert right < page.get_width() - MARGIN


def test_an_agreement_names_a_named_complainant_and_the_look_is_recorded(
    *, session: Session, tools: Desk, worker: Person, mediated: str, first: Principal
) -> None:
    read = agreements.get_case_agreement(session, principal=first, number=mediated)
    paper = print_agreement(session, tools, first, mediated, on_paper=True)

    looks = list_unlocks(session, principal=first, number=mediated)
    assert f"与{worker.name}就拖欠工资" in read.paragraphs[0]
    assert worker.name in read_pdf(tools.blobs.get(paper.digest))
    assert [list_fields(look) for look in looks] == [[SeenField.NAME]] * 2


def test_somebody_named_at_the_window_stands_on_the_agreement_too(
    session: Session, first: Principal, second: Principal
) -> None:
    filed = make_complaint(session, phone="+8619100000001")
    complaint = session.exec(select(Complaint).where(Complaint.number == filed.number)).one()
    session.execute(text("ALTER TABLE complaint DISABLE TRIGGER USER"))
    complaint.personal = json.dumps({"name": "赵小河"})
    accept(session, filed.number, first, second)
    act(session, first, filed.number, CaseAction.PROPOSE_AGREEMENT)

    read = agreements.get_case_agreement(session, principal=first, number=filed.number)

    assert "与赵小河就拖欠工资" in read.paragraphs[0]


def test_words_proposed_before_names_were_written_out_stay_as_they_were_signed(
    session: Session, worker: Person, mediated: str
) -> None:
    session.execute(text("ALTER TABLE case_event DISABLE TRIGGER USER"))
    session.execute(text("UPDATE case_event SET details = details - 'is_naming'"))
    session.expire_all()

    read = agreements.get_own_agreement(session, person_id=worker.id, number=mediated)

    assert (read.is_naming, "王*明" in read.paragraphs[0]) == (False, True)


@pytest.mark.parametrize(
    ("is_name_logged", "faults"), [(True, ["altered"]), (False, [])], ids=["new", "before 0029"]
)
def test_the_audit_sees_another_name_under_the_paper(
    *,
    session: Session,
    keyring: Keyring,
    tools: Desk,
    mediated: str,
    first: Principal,
    is_name_logged: bool,
    faults: list[str],
) -> None:
    record_on_paper(session=session, keyring=keyring, tools=tools, inspector=first, number=mediated)
    signature = session.exec(select(AgreementSignature)).one()
    session.execute(text("ALTER TABLE agreement_signature DISABLE TRIGGER USER"))
    signature.is_name_logged = is_name_logged
    session.flush()
    log.record(
        session,
        kind=EvidenceKind.AGREEMENT_SIGNATURE,
        documents={signature.id: describe_signature(signature)},
        at=FILED_AT,
    )
    signature.signer_name = "李大明"
    session.flush()

    found = list(audit.check_rows(session, WITNESSES))

    assert [one.fault for one in found] == faults


def test_the_audit_goes_on_past_a_name_that_cannot_be_opened(
    session: Session, keyring: Keyring, tools: Desk, mediated: str, first: Principal
) -> None:
    record_on_paper(session=session, keyring=keyring, tools=tools, inspector=first, number=mediated)
    session.execute(text("ALTER TABLE agreement_signature DISABLE TRIGGER USER"))
    session.execute(text("UPDATE agreement_signature SET signer_name = 'x'"))
    session.expire_all()

    found = list(audit.check_rows(session, WITNESSES))

    assert [one.fault for one in found] == ["unreadable"]


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

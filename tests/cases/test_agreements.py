"""A mediation agreement: read, signed by both sides by its hash, printed with both signatures."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from cases import agreements
from cases.document_errors import (
    AgreementChangedError,
    AgreementNotFoundError,
    AgreementUnsignedError,
    SignOnPhoneOrPaperError,
)
from core.case_enums import (
    AgreementParty,
    CaseAction,
    CaseState,
    Disclosure,
)
from core.enums import Role
from core.keyring import Keyring
from db.models import (
    AgreementSignature,
    Person,
    Project,
)
from evidence.receipts import jwks, verify_receipt
from identity.principal import Principal
from tests.cases.agreement_work import (
    sign_for_employer,
)
from tests.cases.desk_work import accept, act, sign, stored
from tests.factories.cases import FILED_AT, make_complaint, make_form
from tests.factories.identity import make_person, make_principal
from tests.factories.projects import make_project


def test_both_sides_sign_the_same_words(
    session: Session, keyring: Keyring, worker: Person, manager: Principal, mediated: str
) -> None:
    by_employer = sign_for_employer(session, keyring, manager, mediated)

    by_both = sign(session, keyring, worker, mediated)

    assert by_both.content_hash == by_employer.content_hash
    assert [(one.party, one.person_id) for one, _ in by_both.signatures] == [
        (AgreementParty.EMPLOYER, manager.person_id),
        (AgreementParty.WORKER, worker.id),
    ]
    assert stored(session, mediated).state is CaseState.AGREED
    claims = verify_receipt(by_both.signatures[1][0].receipt, jwks(keyring))
    assert (claims["content_hash"], claims["party"]) == (by_both.content_hash, "worker")
    assert claims["way"] == "signed_in"


def test_nobody_agrees_without_signing(session: Session, worker: Person, mediated: str) -> None:
    with pytest.raises(AgreementUnsignedError):
        act(session, make_principal(worker.id), mediated, CaseAction.AGREE)


def test_who_read_other_words_signs_nothing(
    session: Session, keyring: Keyring, worker: Person, manager: Principal, mediated: str
) -> None:
    with pytest.raises(AgreementChangedError):
        agreements.sign_own_agreement(
            session,
            keyring,
            principal=make_principal(worker.id),
            number=mediated,
            content_hash="0" * 64,
            at=FILED_AT,
        )
    with pytest.raises(AgreementChangedError):
        sign_for_employer(session, keyring, manager, mediated, shown="0" * 64)

    assert session.exec(select(AgreementSignature)).all() == []


def test_a_new_proposal_needs_new_signatures(
    session: Session, keyring: Keyring, worker: Person, mediated: str, first: Principal
) -> None:
    signed = sign(session, keyring, worker, mediated)
    act(session, first, mediated, CaseAction.BREAK_OFF)
    dearer = replace(make_form(CaseAction.PROPOSE_AGREEMENT), amount_fen=528_001)
    act(session, first, mediated, CaseAction.PROPOSE_AGREEMENT, dearer)

    proposed = agreements.get_own_agreement(session, person_id=worker.id, number=mediated)

    assert (proposed.signatures, proposed.content_hash == signed.content_hash) == ([], False)
    with pytest.raises(AgreementUnsignedError):
        act(session, make_principal(worker.id), mediated, CaseAction.AGREE)


def test_a_second_tap_signs_nothing_twice(
    session: Session, keyring: Keyring, worker: Person, manager: Principal, mediated: str
) -> None:
    for _ in range(2):
        sign(session, keyring, worker, mediated)
        sign_for_employer(session, keyring, manager, mediated)

    assert len(session.exec(select(AgreementSignature)).all()) == 2


def test_card_and_pin_sign_nothing(
    session: Session, keyring: Keyring, worker: Person, mediated: str
) -> None:
    shown = agreements.get_own_agreement(session, person_id=worker.id, number=mediated)

    with pytest.raises(SignOnPhoneOrPaperError):
        agreements.sign_own_agreement(
            session,
            keyring,
            principal=replace(make_principal(worker.id), kiosk_id=uuid4()),
            number=mediated,
            content_hash=shown.content_hash,
            at=FILED_AT,
        )

    assert session.exec(select(AgreementSignature)).all() == []
    assert stored(session, mediated).state is CaseState.MEDIATING


def test_a_kiosk_shows_only_what_waits_and_nothing_of_a_shielded_complaint(
    *,
    session: Session,
    keyring: Keyring,
    worker: Person,
    project: Project,
    mediated: str,
    first: Principal,
    second: Principal,
) -> None:
    shielded = make_complaint(
        session, person_id=worker.id, project_id=project.id, disclosure=Disclosure.SHIELDED
    )
    accept(session, shielded.number, first, second)
    act(session, first, shielded.number, CaseAction.PROPOSE_AGREEMENT)
    waiting = agreements.list_waiting_agreements(session, person_id=worker.id)

    sign(session, keyring, worker, mediated)

    assert [one.number for one in waiting] == [mediated]
    assert agreements.list_waiting_agreements(session, person_id=worker.id) == []


def test_another_project_is_not_asked(session: Session, keyring: Keyring, mediated: str) -> None:
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
            number=mediated,
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


def test_a_signature_never_changes(
    session: Session, keyring: Keyring, worker: Person, mediated: str
) -> None:
    sign(session, keyring, worker, mediated)
    session.delete(session.exec(select(AgreementSignature)).one())

    with pytest.raises(DBAPIError, match="append-only"):
        session.flush()

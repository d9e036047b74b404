"""Without a phone: card, PIN and a witness who gains nothing by it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from jose import jws
from redis import Redis
from sqlmodel import Session, select

from core.enums import PayslipAnswerState, Role
from core.keyring import Keyring
from db.models import Payslip, PayslipAnswer, RoleGrant, WitnessStatement
from identity.principal import Principal
from payroll import answers, assisted
from payroll.assisted import WitnessFacts, check_witness
from payroll.assisted_errors import (
    AlreadyWitnessedError,
    KioskRequiredError,
    NotAWitnessError,
    WitnessCodeWrongError,
    WitnessMissingError,
    WitnessThrottledError,
)
from payroll.errors import PayslipAnsweredError, PayslipChangedError
from tests.factories.assisted import (
    ask_for_witness,
    confirm_assisted,
    make_witness,
    sign_in_at_kiosk,
    stand_beside,
)
from tests.factories.identity import make_grant, make_person, make_principal
from tests.factories.payroll import AT, Site, adjust, confirm
from tests.factories.projects import make_party

INNOCENT = WitnessFacts(
    role=Role.WORKER,
    is_assisted=False,
    is_worker=False,
    pays=False,
    leads=False,
    is_crew_mate=False,
    shares_number=False,
)


@pytest.fixture
def worker(session: Session, site: Site) -> Principal:
    return sign_in_at_kiosk(session, site)


@pytest.fixture
def witness(session: Session, site: Site) -> Principal:
    return make_witness(session, site)


@pytest.fixture
def witnessed(
    session: Session, redis: Redis, payslip: Payslip, worker: Principal, witness: Principal
) -> Principal:
    """The worker at the kiosk, with a witness beside them."""
    stand_beside(session, redis, witness, ask_for_witness(session, worker, payslip))
    return worker


def test_card_and_pin_alone_confirm_nothing(
    session: Session, keyring: Keyring, payslip: Payslip, worker: Principal
) -> None:
    with pytest.raises(WitnessMissingError):
        confirm(session, keyring, payslip, worker)


def test_a_witness_alone_confirms_nothing(
    session: Session, payslip: Payslip, witnessed: Principal
) -> None:
    session.expire_all()
    assert payslip.answer_state is PayslipAnswerState.AWAITING


def test_worker_and_witness_together_confirm_and_both_stand_in_the_receipt(
    session: Session, redis: Redis, keyring: Keyring, site: Site, payslip: Payslip
) -> None:
    answer = confirm_assisted(session, redis, keyring, site, payslip)

    session.expire_all()
    statement = session.exec(select(WitnessStatement)).one()
    assert payslip.answer_state is PayslipAnswerState.CONFIRMED
    assert (answer.statement_id, answer.person_id) == (statement.id, payslip.person_id)
    facts = jws.get_unverified_claims(answer.receipt or "")
    assert str(statement.witness_id).encode() in facts
    assert str(answer.kiosk_id).encode() in facts


def test_the_receipt_of_an_own_phone_names_no_witness(
    session: Session, keyring: Keyring, payslip: Payslip
) -> None:
    answer = confirm(session, keyring, payslip)

    assert b"assisted" not in jws.get_unverified_claims(answer.receipt or "")


def test_a_witness_of_another_sign_in_does_not_count(
    session: Session, keyring: Keyring, payslip: Payslip, witnessed: Principal
) -> None:
    later = replace(witnessed, sign_in_family_id=uuid4())

    with pytest.raises(WitnessMissingError):
        confirm(session, keyring, payslip, later)


def test_a_witness_who_left_long_ago_does_not_count(
    session: Session, keyring: Keyring, payslip: Payslip, witnessed: Principal
) -> None:

    with pytest.raises(WitnessMissingError):
        answers.confirm_payslip(
            session,
            keyring,
            principal=witnessed,
            payslip_id=payslip.id,
            content_hash=payslip.content_hash,
            at=AT + assisted.LIFETIME + timedelta(seconds=1),
        )


def test_nobody_witnesses_what_the_kiosk_no_longer_shows(
    session: Session, redis: Redis, site: Site, payslip: Payslip, worker: Principal
) -> None:
    shown = ask_for_witness(session, worker, payslip)
    adjust(session, site, payslip)
    session.expire_all()

    with pytest.raises(PayslipChangedError):
        stand_beside(session, redis, make_witness(session, site), shown)


def test_a_statement_does_not_pass_to_a_later_version(
    session: Session, keyring: Keyring, site: Site, payslip: Payslip, witnessed: Principal
) -> None:
    adjust(session, site, payslip)
    session.expire_all()

    with pytest.raises(PayslipChangedError):
        confirm(session, keyring, payslip, witnessed)


def test_tapping_twice_at_the_kiosk_gives_the_first_receipt(
    session: Session, keyring: Keyring, payslip: Payslip, witnessed: Principal
) -> None:
    first = confirm(session, keyring, payslip, witnessed)

    assert confirm(session, keyring, payslip, witnessed).id == first.id


def test_one_witness_is_enough(
    session: Session, redis: Redis, site: Site, payslip: Payslip, worker: Principal
) -> None:
    shown = ask_for_witness(session, worker, payslip)
    stand_beside(session, redis, make_witness(session, site), shown)

    with pytest.raises(AlreadyWitnessedError):
        stand_beside(session, redis, make_witness(session, site), shown)


def test_an_own_phone_needs_no_witness(session: Session, site: Site, payslip: Payslip) -> None:
    with pytest.raises(KioskRequiredError):
        ask_for_witness(session, site.worker, payslip)


def test_nothing_is_witnessed_after_the_answer(
    session: Session, keyring: Keyring, payslip: Payslip, worker: Principal
) -> None:
    confirm(session, keyring, payslip)
    session.expire_all()

    with pytest.raises(PayslipAnsweredError):
        ask_for_witness(session, worker, payslip)


@pytest.mark.parametrize("wrong", ["code", "request"])
def test_a_wrong_code_finds_nothing(
    session: Session, redis: Redis, site: Site, payslip: Payslip, wrong: str
) -> None:
    shown = ask_for_witness(session, sign_in_at_kiosk(session, site), payslip)
    other = f"{(int(shown.code) + 1) % 1_000_000:06d}"

    with pytest.raises(WitnessCodeWrongError):
        assisted.state_presence(
            session,
            redis,
            principal=make_witness(session, site),
            request_id=uuid4() if wrong == "request" else shown.request.id,
            code=other if wrong == "code" else shown.code,
            at=AT,
        )


def test_codes_cannot_be_guessed_for_long(session: Session, redis: Redis, site: Site) -> None:
    witness = make_witness(session, site)

    def guess(code: int) -> None:
        assisted.look_at_request(session, redis, principal=witness, code=f"{code:06d}", at=AT)

    for code in range(assisted.CODES_TRIED.amount):
        with pytest.raises(WitnessCodeWrongError):
            guess(code)
    with pytest.raises(WitnessThrottledError):
        guess(11)


def test_somebody_of_another_team_may_witness() -> None:
    check_witness(INNOCENT)


@pytest.mark.parametrize(
    "against",
    [
        *({"role": role} for role in Role if role not in assisted.WITNESSES),
        {"is_assisted": True},
        {"is_worker": True},
        {"pays": True},
        {"leads": True},
        {"is_crew_mate": True},
        {"shares_number": True},
    ],
    ids=str,
)
def test_whoever_might_gain_by_it_is_no_witness(against: dict[str, Any]) -> None:
    with pytest.raises(NotAWitnessError):
        check_witness(replace(INNOCENT, **against))


def test_role_set_of_witnesses_is_complete() -> None:
    assert {Role.LABOUR_MANAGER, Role.EMPLOYER_ADMIN, Role.ADMIN}.isdisjoint(assisted.WITNESSES)


def refused(session: Session, redis: Redis, site: Site, payslip: Payslip, who: Principal) -> bool:
    shown = ask_for_witness(session, sign_in_at_kiosk(session, site), payslip)
    try:
        stand_beside(session, redis, who, shown)
    except NotAWitnessError:
        return True
    return False


def test_crew_mates_and_leaders_are_found_out(
    session: Session, redis: Redis, site: Site, payslip: Payslip
) -> None:
    assert refused(session, redis, site, payslip, site.principal(1))
    assert refused(session, redis, site, payslip, site.principal(0))
    leader = make_witness(session, site, is_team_leader=True)
    assert refused(session, redis, site, payslip, leader)
    assert not refused(session, redis, site, payslip, make_witness(session, site))


@pytest.mark.parametrize("role", [Role.LABOUR_MANAGER, Role.EMPLOYER_ADMIN, Role.ADMIN])
def test_those_who_pay_stay_found_out_as_workers_and_after_their_time(
    session: Session, redis: Redis, site: Site, payslip: Payslip, role: Role
) -> None:
    witness = make_witness(session, site)
    person = make_person(session, name="孙经理")
    scope: dict[str, Any] = {}
    if role is Role.LABOUR_MANAGER:
        scope["project_id"] = site.project.id
    if role is Role.EMPLOYER_ADMIN:
        scope["employer_id"] = make_party(session, site.project, party_type="009").employer_id
    grant = make_grant(session, person, role, **scope)
    moved = session.get_one(RoleGrant, grant.id)
    moved.person_id, moved.revoked_at = witness.person_id, AT
    session.add(moved)
    session.flush()

    assert refused(session, redis, site, payslip, witness)


def test_the_managers_phone_under_another_name_is_found_out(
    session: Session, redis: Redis, site: Site, payslip: Payslip
) -> None:
    phone = "+8619100099901"
    make_grant(
        session,
        make_person(session, name="赵主管", phone=phone),
        Role.LABOUR_MANAGER,
        project_id=site.project.id,
    )
    fake = make_principal(make_person(session, name="路人", phone=phone).id)

    assert refused(session, redis, site, payslip, fake)


def test_the_answer_is_never_given_without_its_witness_row(
    session: Session, redis: Redis, keyring: Keyring, site: Site, payslip: Payslip
) -> None:
    answer = confirm_assisted(session, redis, keyring, site, payslip)

    stored = session.get_one(PayslipAnswer, answer.id)
    statement = session.get_one(WitnessStatement, stored.statement_id)
    assert statement.content_hash == stored.content_hash

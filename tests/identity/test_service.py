from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from redis import Redis
from sqlmodel import Session, col, select

from core.clock import now
from core.enums import Role
from core.keyring import Keyring
from db.models import Notification, Person, SignIn
from db.session import Database
from identity import service
from identity.errors import (
    ChooseIdentityError,
    CodeThrottledError,
    SignInEndedError,
    UnknownChoiceError,
    WrongCodeError,
)
from identity.rules import Choice
from identity.service import SignedIn
from identity.tokens import read_access_token
from tests.factories.identity import make_grant, make_person
from tests.factories.projects import make_project, make_project_worker, make_team

PHONE = "+8619155500001"
ID_NUMBER = "330106199001010012"
REASON = "核对身份证号码"
LATER = timedelta(minutes=5)

SignInCall = Callable[..., SignedIn]


@pytest.fixture
def worker(session: Session) -> Person:
    person = make_person(session, phone=PHONE, id_number=ID_NUMBER)
    team = make_team(session, make_project(session))
    make_project_worker(session, team, person, bank_card="6222020000000000017")
    return person


def texted_code(session: Session) -> str:
    """Return the code of the newest message."""
    newest = select(Notification).order_by(col(Notification.id).desc()).limit(1)
    body = session.exec(newest).one().body
    return "".join(character for character in body if character.isdigit())[:6]


@pytest.fixture
def sign_in(session: Session, redis: Redis, keyring: Keyring) -> SignInCall:
    """Ask for a code and use it."""

    def call(*, at: datetime | None = None, **choice: object) -> SignedIn:
        service.request_code(session, redis, phone=PHONE)
        return service.sign_in(
            session,
            redis,
            keyring,
            phone=PHONE,
            code=texted_code(session),
            choice=Choice(**choice),  # type: ignore[arg-type]
            at=at or now(),
        )

    return call


def refresh(session: Session, keyring: Keyring, token: str, at: datetime) -> SignedIn:
    outcome = service.refresh(session, keyring, refresh_token=token, at=at)
    assert isinstance(outcome, SignedIn)
    return outcome


def is_refused(session: Session, keyring: Keyring, token: str, at: datetime) -> bool:
    outcome = service.refresh(session, keyring, refresh_token=token, at=at)
    return isinstance(outcome, SignInEndedError)


@pytest.mark.usefixtures("worker")
def test_code_is_texted_to_a_known_number(session: Session, redis: Redis) -> None:
    service.request_code(session, redis, phone=PHONE)

    assert session.exec(select(Notification.phone)).one() == PHONE


def test_unknown_number_gets_no_text(session: Session, redis: Redis) -> None:
    service.request_code(session, redis, phone=PHONE)

    assert session.exec(select(Notification)).all() == []


def test_number_without_a_role_gets_no_text(session: Session, redis: Redis) -> None:
    make_person(session, phone=PHONE)

    service.request_code(session, redis, phone=PHONE)

    assert session.exec(select(Notification)).all() == []


def test_unknown_number_is_limited_too(session: Session, redis: Redis) -> None:
    service.request_code(session, redis, phone=PHONE)

    with pytest.raises(CodeThrottledError):
        service.request_code(session, redis, phone=PHONE)


def test_valkey_learns_neither_number_nor_code(
    session: Session, redis: Redis, worker: Person
) -> None:
    service.request_code(session, redis, phone=PHONE)

    dump = b"".join(redis.dump(key) or b"" for key in redis.scan_iter())
    assert texted_code(session).encode() not in dump
    assert PHONE.encode() not in b"".join(redis.scan_iter())


def test_worker_signs_in_with_the_texted_code(
    sign_in: SignInCall, keyring: Keyring, worker: Person
) -> None:
    signed_in = sign_in()

    principal = read_access_token(keyring, signed_in.access_token)
    assert (principal.person_id, principal.role) == (worker.id, Role.WORKER)


@pytest.mark.usefixtures("worker")
def test_code_works_once(
    session: Session, redis: Redis, keyring: Keyring, sign_in: SignInCall
) -> None:
    sign_in()

    with pytest.raises(WrongCodeError):
        service.sign_in(
            session,
            redis,
            keyring,
            phone=PHONE,
            code=texted_code(session),
            choice=Choice(),
            at=now(),
        )


@pytest.mark.usefixtures("worker")
def test_wrong_code_signs_nobody_in(session: Session, redis: Redis, keyring: Keyring) -> None:
    service.request_code(session, redis, phone=PHONE)
    wrong = f"{(int(texted_code(session)) + 1) % 10**6:06d}"

    with pytest.raises(WrongCodeError):
        service.sign_in(session, redis, keyring, phone=PHONE, code=wrong, choice=Choice(), at=now())


def test_couple_on_one_phone_chooses_with_the_same_code(
    session: Session, redis: Redis, keyring: Keyring, worker: Person
) -> None:
    wife = make_person(session, name="李红", phone=PHONE)
    make_project_worker(session, make_team(session, make_project(session)), wife)
    service.request_code(session, redis, phone=PHONE)
    code = texted_code(session)
    with pytest.raises(ChooseIdentityError):
        service.sign_in(session, redis, keyring, phone=PHONE, code=code, choice=Choice(), at=now())

    signed_in = service.sign_in(
        session, redis, keyring, phone=PHONE, code=code, choice=Choice(wife.id), at=now()
    )

    assert signed_in.principal.person_id == wife.id


@pytest.mark.usefixtures("worker")
def test_manager_signs_in_for_the_granted_project(session: Session, sign_in: SignInCall) -> None:
    project = make_project(session)
    manager = make_person(session, name="赵经理", phone=PHONE)
    make_grant(session, manager, Role.LABOUR_MANAGER, project_id=project.id)

    signed_in = sign_in(role=Role.LABOUR_MANAGER)

    assert signed_in.principal.project_id == project.id


@pytest.mark.usefixtures("worker")
def test_role_that_was_never_granted_cannot_be_chosen(sign_in: SignInCall) -> None:
    with pytest.raises(UnknownChoiceError):
        sign_in(role=Role.ADMIN)


def test_revoked_grant_cannot_sign_in(session: Session, sign_in: SignInCall) -> None:
    inspector = make_person(session, phone=PHONE)
    make_grant(session, inspector, Role.INSPECTOR, county_code="330106")
    revoked = make_grant(session, inspector, Role.ADMIN)
    revoked.revoked_at = now()

    signed_in = sign_in()

    assert signed_in.principal.county_code == "330106"


def test_person_who_left_the_project_still_signs_in_as_worker(
    session: Session, sign_in: SignInCall
) -> None:
    person = make_person(session, phone=PHONE)
    team = make_team(session, make_project(session))
    make_project_worker(session, team, person, left_date=date(2026, 9, 30))

    assert sign_in().principal.role is Role.WORKER


@pytest.mark.usefixtures("worker")
def test_refresh_token_itself_is_not_stored(session: Session, sign_in: SignInCall) -> None:
    signed_in = sign_in()

    row = session.exec(select(SignIn)).one()
    assert signed_in.refresh_token.encode() not in row.token_hash


@pytest.mark.usefixtures("worker")
def test_refresh_gives_a_new_pair_of_the_same_family(
    session: Session, keyring: Keyring, sign_in: SignInCall
) -> None:
    first = sign_in()

    second = refresh(session, keyring, first.refresh_token, now())

    assert second.refresh_token != first.refresh_token
    assert second.principal == first.principal


@pytest.mark.usefixtures("worker")
def test_refresh_repeated_after_a_lost_answer_works(
    session: Session, keyring: Keyring, sign_in: SignInCall
) -> None:
    at = now()
    first = sign_in(at=at)
    refresh(session, keyring, first.refresh_token, at)

    again = refresh(session, keyring, first.refresh_token, at + timedelta(seconds=20))

    assert not is_refused(session, keyring, again.refresh_token, at + LATER)


@pytest.mark.usefixtures("worker")
def test_grace_is_not_extended_by_use(
    session: Session, keyring: Keyring, sign_in: SignInCall
) -> None:
    at = now()
    first = sign_in(at=at)
    refresh(session, keyring, first.refresh_token, at)
    refresh(session, keyring, first.refresh_token, at + timedelta(seconds=20))

    assert is_refused(session, keyring, first.refresh_token, at + timedelta(seconds=40))


@pytest.mark.usefixtures("worker")
def test_late_reuse_ends_the_whole_family(
    session: Session, keyring: Keyring, sign_in: SignInCall
) -> None:
    at = now()
    first = sign_in(at=at)
    second = refresh(session, keyring, first.refresh_token, at)

    assert is_refused(session, keyring, first.refresh_token, at + LATER)
    assert is_refused(session, keyring, second.refresh_token, at + LATER)


@pytest.mark.usefixtures("worker")
def test_other_sign_ins_survive_a_reuse(
    session: Session, redis: Redis, keyring: Keyring, sign_in: SignInCall
) -> None:
    at = now()
    stolen = sign_in(at=at)
    redis.flushdb()  # the minute between two codes
    other = sign_in(at=at)
    refresh(session, keyring, stolen.refresh_token, at)

    assert is_refused(session, keyring, stolen.refresh_token, at + LATER)
    assert not is_refused(session, keyring, other.refresh_token, at + LATER)


def test_unknown_refresh_token_is_refused(session: Session, keyring: Keyring) -> None:
    assert is_refused(session, keyring, "never-issued", now())


@pytest.mark.usefixtures("worker")
def test_unused_refresh_token_ends(session: Session, keyring: Keyring, sign_in: SignInCall) -> None:
    signed_in = sign_in()

    assert is_refused(session, keyring, signed_in.refresh_token, signed_in.refresh_expires_at)


def test_refresh_ends_with_the_role(
    session: Session, keyring: Keyring, sign_in: SignInCall
) -> None:
    inspector = make_person(session, phone=PHONE)
    grant = make_grant(session, inspector, Role.INSPECTOR, county_code="330106")
    signed_in = sign_in()
    grant.revoked_at = now()

    assert is_refused(session, keyring, signed_in.refresh_token, now())


def test_refresh_keeps_the_scope_that_was_chosen(
    session: Session, keyring: Keyring, sign_in: SignInCall
) -> None:
    manager = make_person(session, phone=PHONE)
    for project in (make_project(session), make_project(session)):
        make_grant(session, manager, Role.LABOUR_MANAGER, project_id=project.id)
    first = sign_in(scope=f"project:{project.id}")

    second = refresh(session, keyring, first.refresh_token, now())

    assert second.principal.project_id == project.id


@pytest.mark.usefixtures("worker")
def test_sign_out_ends_every_refresh_token(
    session: Session, keyring: Keyring, sign_in: SignInCall
) -> None:
    at = now()
    first = sign_in(at=at)
    second = refresh(session, keyring, first.refresh_token, at)

    service.sign_out(session, family_id=first.principal.sign_in_family_id, at=at)

    assert is_refused(session, keyring, second.refresh_token, at)


def test_parallel_refreshes_both_get_in(
    live_database: Database, redis: Redis, keyring: Keyring
) -> None:
    with live_database.transaction() as session:
        person = make_person(session, phone=PHONE)
        make_grant(session, person, Role.ADMIN)
        service.request_code(session, redis, phone=PHONE)
        first = service.sign_in(
            session,
            redis,
            keyring,
            phone=PHONE,
            code=texted_code(session),
            choice=Choice(),
            at=now(),
        )

    def refresh_once(_: int) -> bool:
        with live_database.transaction() as session:
            return not is_refused(session, keyring, first.refresh_token, now())

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(refresh_once, range(4)))


@pytest.mark.usefixtures("worker")
def test_cookie_names_its_principal_without_rotating(session: Session, sign_in: SignInCall) -> None:
    signed_in = sign_in()

    principals = [
        service.find_principal_by_refresh(session, signed_in.refresh_token, now()) for _ in range(2)
    ]

    assert principals == [signed_in.principal, signed_in.principal]


@pytest.mark.usefixtures("worker")
def test_rotated_cookie_names_nobody(
    session: Session, keyring: Keyring, sign_in: SignInCall
) -> None:
    signed_in = sign_in()
    refresh(session, keyring, signed_in.refresh_token, now())

    assert service.find_principal_by_refresh(session, signed_in.refresh_token, now()) is None


@pytest.mark.usefixtures("worker")
def test_signed_out_cookie_names_nobody(session: Session, sign_in: SignInCall) -> None:
    signed_in = sign_in()
    service.sign_out(session, family_id=signed_in.principal.sign_in_family_id, at=now())

    assert service.find_principal_by_refresh(session, signed_in.refresh_token, now()) is None


def test_unknown_cookie_names_nobody(session: Session) -> None:
    assert service.find_principal_by_refresh(session, "never-issued", now()) is None

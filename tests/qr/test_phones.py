"""One phone holds a worker's keys; another asks first, and only keys are taken, never pictures."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy import select
from sqlmodel import Session, col

from attendance import offline
from attendance.rejudge import Arrival, ScanReport
from core.clock import now
from core.enums import Direction, Role, ScanReason
from core.keyring import Keyring
from db.models import AuditEntry, CheckIn, Notification, SignIn, WorkerPhone
from db.session import Database
from identity.principal import Principal
from identity.service import sign_out
from notifications.templates import Template
from qr import code as ax1
from qr import phones
from qr.errors import AnotherPhoneError, PhoneMovedTooOftenError
from qr.service import CodeKit, make_live_code
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.identity import make_principal

MINUTE = timedelta(minutes=1)


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def sign_in(session: Session, site: GateSite) -> Principal:
    """Sign the worker in on one more phone."""
    principal = make_principal(site.person_id)
    session.add(
        SignIn(
            family_id=principal.sign_in_family_id,
            person_id=site.person_id,
            role=Role.WORKER,
            token_hash=principal.sign_in_family_id.bytes * 2,
            expires_at=now() + timedelta(days=30),
        )
    )
    session.flush()
    return principal


def show(keyring: Keyring, site: GateSite, kit: CodeKit, *, minutes_ago: int = 0) -> str:
    """Return what a phone with this kit's holder key shows."""
    step = ax1.step_at(now() - minutes_ago * MINUTE)
    day = ax1.step_day(step)  # shortly after midnight not one of the kit's own
    day_key = ax1.derive_project_day_key(
        keyring.gate_master_on(day), project_id=site.project_id, day=day
    )
    return ax1.encode(
        ax1.make_code(
            worker_ref=kit.worker_ref,
            step=step,
            gate_key=ax1.derive_gate_key(day_key, worker_ref=kit.worker_ref),
            holder_key=kit.holder_key,
        )
    )


def told(session: Session) -> list[str]:
    return list(
        session.scalars(
            select(col(Notification.body)).where(
                col(Notification.template) == Template.PHONE_CHANGED
            )
        )
    )


def test_the_first_phone_keeps_its_keys(session: Session, keyring: Keyring, site: GateSite) -> None:
    phone = sign_in(session, site)
    first = phones.take_code_kit(session, keyring, principal=phone, at=now())
    again = phones.take_code_kit(session, keyring, principal=phone, at=now())
    assert (first.key_generation, again.holder_key) == (1, first.holder_key)


def test_a_second_phone_is_asked_and_the_first_goes_on(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    first, second = sign_in(session, site), sign_in(session, site)
    kit = phones.take_code_kit(session, keyring, principal=first, at=now())

    with pytest.raises(AnotherPhoneError) as refusal:
        phones.take_code_kit(session, keyring, principal=second, at=now())

    holding = session.scalars(select(WorkerPhone)).one()
    assert refusal.value.facts == {"taken_at": holding.created_at.isoformat()}
    assert phones.take_code_kit(session, keyring, principal=first, at=now()).holder_key == (
        kit.holder_key
    )


def test_a_picture_on_a_borrowed_phone_takes_nothing_away(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    own = sign_in(session, site)
    kit = phones.take_code_kit(session, keyring, principal=own, at=now())
    sign_in(session, site)

    make_live_code(session, keyring, person_id=site.person_id, at=now())

    assert phones.take_code_kit(session, keyring, principal=own, at=now()).key_generation == 1
    assert kit.key_generation == 1


def test_a_yes_moves_the_keys_and_tells_the_worker(
    session: Session, keyring: Keyring, redis: Redis, site: GateSite
) -> None:
    first, second = sign_in(session, site), sign_in(session, site)
    old = phones.take_code_kit(session, keyring, principal=first, at=now())

    new = phones.move_code_kit(session, redis, keyring, principal=second, at=now())

    assert (new.key_generation, new.worker_ref) == (2, old.worker_ref)
    assert new.holder_key != old.holder_key
    with pytest.raises(AnotherPhoneError):
        phones.take_code_kit(session, keyring, principal=first, at=now())
    (body,) = told(session)
    assert "换到了另一部手机" in body
    assert session.scalars(select(AuditEntry)).one().action == "worker_code.moved"


def test_saying_yes_twice_is_saying_it_once(
    session: Session, keyring: Keyring, redis: Redis, site: GateSite
) -> None:
    phones.take_code_kit(session, keyring, principal=sign_in(session, site), at=now())
    second = sign_in(session, site)
    kits = [
        phones.move_code_kit(session, redis, keyring, principal=second, at=now()) for _ in range(2)
    ]
    assert [kit.key_generation for kit in kits] == [2, 2]
    assert len(told(session)) == 1


def test_keys_do_not_wander_all_day(
    session: Session, keyring: Keyring, redis: Redis, site: GateSite
) -> None:
    pair = sign_in(session, site), sign_in(session, site)
    for turn in range(10):
        phones.move_code_kit(session, redis, keyring, principal=pair[turn % 2], at=now())
    with pytest.raises(PhoneMovedTooOftenError):
        phones.move_code_kit(session, redis, keyring, principal=pair[0], at=now())


def test_a_lost_phone_is_ended_even_without_valkey(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    nobody = Redis.from_url("unix:///nonexistent.sock")
    phones.take_code_kit(session, keyring, principal=sign_in(session, site), at=now())
    moved = phones.move_code_kit(
        session, nobody, keyring, principal=sign_in(session, site), at=now()
    )
    assert moved.key_generation == 2


def test_a_phone_that_signed_out_is_not_asked_about_and_keeps_no_good_keys(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    sold = sign_in(session, site)
    old = phones.take_code_kit(session, keyring, principal=sold, at=now())
    sign_out(session, family_id=sold.sign_in_family_id, at=now())

    new = phones.take_code_kit(session, keyring, principal=sign_in(session, site), at=now())

    assert (new.key_generation, new.holder_key == old.holder_key) == (2, False)
    assert told(session) == []


def test_another_phone_is_seen_only_while_it_is_signed_in(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    first, second = sign_in(session, site), sign_in(session, site)

    def other(principal: Principal) -> WorkerPhone | None:
        return phones.find_other_phone(session, principal=principal, at=now())

    assert other(second) is None
    phones.take_code_kit(session, keyring, principal=first, at=now())
    assert (other(first), other(second) is None) == (None, False)
    sign_out(session, family_id=first.sign_in_family_id, at=now())
    assert other(second) is None


def test_two_phones_that_ask_at_once_do_not_both_get_keys(
    live_database: Database, keyring: Keyring
) -> None:
    with live_database.transaction() as session:
        site = make_gate_site(session)
        pair = [sign_in(session, site) for _ in range(6)]

    def take(principal: Principal) -> bool:
        with live_database.transaction() as session:
            try:
                phones.take_code_kit(session, keyring, principal=principal, at=now())
            except AnotherPhoneError:
                return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(take, pair)) == [False] * 5 + [True]


@pytest.mark.parametrize(
    ("is_old_phone", "minutes_ago", "reason"),
    [
        (True, 20, ScanReason.OK),
        (True, 0, ScanReason.BAD_HOLDER_TAG),
        (False, 0, ScanReason.OK),
    ],
)
def test_a_scan_that_arrives_after_the_move_is_judged_by_the_phone_of_its_time(
    session: Session,
    keyring: Keyring,
    redis: Redis,
    site: GateSite,
    *,
    is_old_phone: bool,
    minutes_ago: int,
    reason: ScanReason,
) -> None:
    old = phones.take_code_kit(session, keyring, principal=sign_in(session, site), at=now())
    new = phones.move_code_kit(session, redis, keyring, principal=sign_in(session, site), at=now())
    moved = session.scalars(select(WorkerPhone).where(col(WorkerPhone.key_generation) == 2)).one()
    moved.created_at = now() - 10 * MINUTE
    session.flush()
    at = now()
    scan = ScanReport(
        code=show(keyring, site, old if is_old_phone else new, minutes_ago=minutes_ago),
        direction=Direction.IN,
        nonce="offline-0001",
        scanned_at=at - minutes_ago * MINUTE,
        clock_bound_ms=100,
        admitted=True,
        reason="ok",
        decided_offline=True,
        sequence=1,
        boot_id=None,
        uptime_ms=None,
    )

    offline.take_scans(
        session,
        keyring,
        device=site.gate.device,
        reports=[scan],
        arrival=Arrival(at, None, None),
        clock_offset_ms=None,
    )

    assert session.scalars(select(CheckIn)).one().reason is reason

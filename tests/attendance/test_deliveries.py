"""One message of a terminal: a question asked again, a code shown again, a clock that is off."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from redis import Redis
from sqlmodel import Session

from attendance.deliveries import RETRY_SECONDS, Answer, Delivery, describe, take_delivery
from attendance.partitions import ensure_months
from attendance.queries import lock_partitions
from core.clock import local_date, now
from core.enums import CheckInMethod, DeviceVendor, Direction, MessageState, ScanReason
from core.keyring import Keyring
from db.session import Database
from devices.punches import Punch
from devices.vendors import hikvision, vguang
from devices.vendors.reading import Reading
from tests.attendance.test_gate_races import is_somebody_waiting
from tests.devices.simulators.hikvision import event
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.vendors import MadeTerminal, check_ins, make_terminal, messages
from tests.live import wait_until

Server = tuple[Session, Redis, Keyring]


@pytest.fixture
def server(session: Session, redis: Redis, keyring: Keyring) -> Server:
    """What every message needs."""
    return session, redis, keyring


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def reader(session: Session, site: GateSite) -> MadeTerminal:
    return make_terminal(session, site.project, DeviceVendor.VGUANG)


def take(
    server: Server, terminal: MadeTerminal, reading: Reading, *, after: int = 0
) -> list[Answer]:
    session, valkey, keyring = server
    return take_delivery(
        session,
        valkey,
        keyring,
        device=terminal.device(session),
        delivery=Delivery("/x", "text/plain", b"", now() + timedelta(seconds=after)),
        reading=reading,
    )


def show(server: Server, terminal: MadeTerminal, code: str, *, after: int = 0) -> bool:
    """Show a reader a code; tell whether it opens."""
    session = server[0]
    at = now() + timedelta(seconds=after)
    description = describe(session, terminal.device(session))
    reading = vguang.read(code.encode(), description, at=at)
    (answer,) = take(server, terminal, reading, after=after)
    return answer.opens


def test_a_reader_that_asks_again_seconds_later_gets_the_first_answer(
    server: Server, session: Session, keyring: Keyring, site: GateSite, reader: MadeTerminal
) -> None:
    code = site.live_code(session, keyring)

    opens = [show(server, reader, code, after=after) for after in (0, 2)]

    assert opens == [True, True]
    assert [check_in.reason for check_in in check_ins(session)] == [ScanReason.OK]
    valkey = server[1]
    (memory,) = valkey.scan_iter("terminal:asked:*")
    assert 0 < valkey.ttl(memory) <= RETRY_SECONDS


def test_a_screenshot_shown_after_that_does_not_open(
    server: Server, session: Session, keyring: Keyring, site: GateSite, reader: MadeTerminal
) -> None:
    code = site.live_code(session, keyring)
    show(server, reader, code)
    valkey = server[1]
    valkey.delete(*valkey.scan_iter("terminal:asked:*"))  # its seconds are over

    assert not show(server, reader, code, after=5)

    reasons = {check_in.reason for check_in in check_ins(session)}
    assert reasons == {ScanReason.OK, ScanReason.ALREADY_USED}


def test_another_reader_does_not_open_for_the_same_code(
    server: Server, session: Session, keyring: Keyring, site: GateSite, reader: MadeTerminal
) -> None:
    code = site.live_code(session, keyring)
    other = make_terminal(session, site.project, DeviceVendor.VGUANG)

    assert show(server, reader, code)
    assert not show(server, other, code)


def test_a_reader_is_answered_while_valkey_is_down(
    session: Session, keyring: Keyring, site: GateSite, reader: MadeTerminal
) -> None:
    nobody = Redis(unix_socket_path="/nonexistent/valkey.sock")
    assert show((session, nobody, keyring), reader, site.live_code(session, keyring))


def test_two_terminals_share_serial_numbers_and_nothing_else(
    server: Server, session: Session, site: GateSite
) -> None:
    for _ in range(2):
        terminal = make_terminal(session, site.project, DeviceVendor.HIKVISION)
        description = describe(session, terminal.device(session))
        reading = hikvision.read(event(), description, content_type="")
        take(server, terminal, reading)

    assert len(check_ins(session)) == 2


def test_notes_are_named_once_and_not_without_end(
    server: Server, session: Session, reader: MadeTerminal
) -> None:
    notes = ("time", "time", "direction", "event 5/1", "event 5/2")

    take(server, reader, Reading(unread=notes, kept=b"x"))

    (message,) = messages(session)
    assert (message.state, message.note) == (
        MessageState.UNREAD,
        "time; direction; event 5/1; …",
    )


def test_a_delivery_that_waits_for_a_new_month_keeps_nobody_from_making_it(
    live_database: Database, redis: Redis, keyring: Keyring
) -> None:
    at = now() - timedelta(days=400)
    punch = Punch("old-1", "1001", Direction.IN, CheckInMethod.FACE, at)
    with live_database.transaction() as session:
        terminal = make_terminal(session, make_gate_site(session).project, DeviceVendor.HIKVISION)

    def deliver() -> None:
        with live_database.transaction() as session:
            reading = Reading(punches=(punch,), clock=now() - timedelta(hours=1))
            take((session, redis, keyring), terminal, reading)

    with ThreadPoolExecutor(1) as pool, live_database.transaction() as session:
        lock_partitions(session)
        delivery = pool.submit(deliver)
        wait_until(lambda: is_somebody_waiting(live_database))
        ensure_months(session, [local_date(at).replace(day=1)])  # wants `device` for itself
    delivery.result()
    with live_database.transaction() as session:
        assert [check_in.nonce for check_in in check_ins(session)] == [punch.key]

"""A simulated access terminal: registration, live events, and what it buffered."""

import base64
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlmodel import Session

from core.clock import now
from core.enums import CheckInMethod, DeviceVendor, Direction, MessageState, ScanReason
from core.keyring import Keyring
from db.models import WorkDay
from devices.zkteco.clock import PACKED_EPOCH
from tests.attendance.zkteco.conftest import list_check_ins, list_messages, yesterday
from tests.devices.simulators.zk_acc import AccTerminal
from tests.devices.simulators.zk_line import ZkLine
from tests.factories.attendance import fold_waiting
from tests.factories.terminals import TerminalSite, make_terminal_site


def test_an_unknown_terminal_registers_and_then_goes_on(
    session: Session, acc: AccTerminal, acc_site: TerminalSite
) -> None:
    acc.run()
    acc.run()

    assert acc.hellos == 1
    assert acc.session is not None
    assert len(acc.registry_code or "") <= 32
    assert acc_site.device(session).paired_at is not None


def test_a_registered_terminal_is_greeted_with_the_same_code(acc: AccTerminal) -> None:
    acc.run()
    before = (acc.registry_code, acc.session)
    acc.session = None

    acc.run()

    assert (acc.registry_code, acc.session) == before
    assert [path for _, path in acc.line.calls if path.startswith("registry")] == [
        f"registry?SN={acc.serial}"
    ]


def test_live_events_become_check_ins_with_the_clock_measured(
    session: Session, acc: AccTerminal, acc_site: TerminalSite
) -> None:
    acc.see(0, now() - timedelta(seconds=9), pin=1001, verifytype=15)

    acc.run()

    (check_in,) = list_check_ins(session)
    assert (check_in.valid, check_in.method) == (True, CheckInMethod.FACE)
    assert 8_000 <= check_in.clock_bound_ms <= 30_000
    assert check_in.note == "0 正常验证开门"
    assert acc_site.device(session).clock_offset_ms is not None


def test_what_was_buffered_is_stored_once_whatever_is_lost(
    session: Session, acc: AccTerminal
) -> None:
    acc.run()
    acc.see(0, yesterday("06:58:10"), pin=1001)
    acc.see(0, yesterday("17:31:40"), pin=1001, inoutstatus=1)
    acc.line.loses_answers = True
    acc.run()
    assert len(acc.buffered) == 2

    acc.line.loses_answers = False
    acc.run()

    assert acc.buffered == []
    assert [c.direction for c in list_check_ins(session)] == [Direction.IN, Direction.OUT]
    fold_waiting(session)
    day = session.scalars(select(WorkDay)).one()
    assert day.minutes == 633


def test_a_firmware_that_needs_a_plain_ok_gets_one(client: TestClient, session: Session) -> None:
    site = make_terminal_site(session, DeviceVendor.ZKTECO_ACC, ack="ok")
    acc = AccTerminal(ZkLine(client, site.base), needs_plain_ok=True)
    acc.run()
    acc.buffered.append(acc.see(0, yesterday("06:58:10"), pin=1001))

    acc.run()

    assert acc.buffered == []


def test_packed_instants_of_the_memory_are_read(session: Session, acc: AccTerminal) -> None:
    at = yesterday("06:58:10")
    days = ((at.year - PACKED_EPOCH) * 12 + at.month - 1) * 31 + at.day - 1
    packed = days * 86_400 + at.hour * 3_600 + at.minute * 60 + at.second
    acc.run()

    answer = acc.send_table(
        "transaction",
        f"transaction pin=1001\tcardno=0\tverified=1\tdoorid=1\teventtype=14\tinoutstate=1"
        f"\ttime_second={packed}\tindex=77",
    )

    assert answer == "transaction=1"
    (check_in,) = list_check_ins(session)
    assert (check_in.occurred_at, check_in.method) == (at, CheckInMethod.FINGERPRINT)
    assert check_in.nonce == "zka-77"


@pytest.mark.parametrize("number", [21, 24, 27, 29, 39, 73, 74])
def test_refused_events_are_stored_and_not_counted(
    session: Session, acc: AccTerminal, number: int
) -> None:
    acc.see(number, now(), pin=1001)

    acc.run()

    (check_in,) = list_check_ins(session)
    assert (check_in.admitted, check_in.valid) == (False, False)
    assert check_in.note is not None
    assert check_in.note.startswith(f"{number} ")
    fold_waiting(session)
    assert session.scalars(select(WorkDay)).all() == []


@pytest.mark.parametrize("number", [20, 28, 61, 100, 102, 200, 201, 202, 206, 214])
def test_doors_buttons_and_the_terminal_itself_are_kept_but_nobodys_crossing(
    session: Session, acc: AccTerminal, number: int
) -> None:
    acc.see(number, now(), pin=1001)

    acc.run()

    assert list_check_ins(session) == []
    assert [message.state for message in list_messages(session)][-1] is MessageState.TAKEN


@pytest.mark.parametrize(("pin", "stored"), [(1001, 1), (0, 0)])
def test_extended_passes_count_for_a_person(
    session: Session, acc: AccTerminal, pin: int, stored: int
) -> None:
    acc.see(4321, now(), pin=pin)
    acc.run()
    assert len(list_check_ins(session)) == stored


def test_an_event_of_no_document_is_kept_to_be_looked_at(
    session: Session, acc: AccTerminal
) -> None:
    acc.see(999, now(), pin=1001)

    acc.run()

    assert list_check_ins(session) == []
    assert list_messages(session)[-1].note == "event 999"


def test_a_code_scanned_while_offline_is_judged_as_the_code(
    session: Session, acc: AccTerminal, acc_site: TerminalSite, keyring: Keyring
) -> None:
    at = now() - timedelta(hours=3)
    code = acc_site.site.live_code(session, keyring, at=at)
    acc.run()
    acc.buffered.append(acc.see(0, at, cardno=code))
    acc.live.clear()

    acc.run()

    (check_in,) = list_check_ins(session)
    assert (check_in.reason, check_in.method) == (ScanReason.OK, CheckInMethod.LIVE_CODE)


def test_a_sign_of_life_tells_the_clock(
    session: Session, acc: AccTerminal, acc_site: TerminalSite
) -> None:
    acc.drift = timedelta(minutes=-7)

    acc.run()

    offset_ms = acc_site.device(session).clock_offset_ms
    assert offset_ms is not None
    assert -8 * 60_000 < offset_ms < -6 * 60_000


def test_an_alarm_is_kept(session: Session, acc: AccTerminal) -> None:
    acc.run()
    kept = len(list_messages(session))
    for alarm in ("0000000000000000", "0200000000000000"):
        acc.send("table=rtstate", f"time=x\tsensor=00\trelay=00\talarm={alarm}")
    assert len(list_messages(session)) == kept + 1


def test_people_and_faces_are_acknowledged_and_make_nobody_a_worker(
    session: Session, acc: AccTerminal
) -> None:
    acc.run()
    user = "user uid=1\tcardno=\tpin=77\tpassword=888888\tname=李四\tprivilege=0"

    assert acc.send_table("user", user) == "user=1"
    assert acc.send_table("biophoto", "biophoto pin=77\tcontent=AAAA") == "biophoto=1"
    assert acc.send_table("templatev10", "templatev10 pin=77\ttemplate=AAAA") == "templatev10=1"

    kept = [base64.b64decode(message.body).decode() for message in list_messages(session)]
    assert "888888" not in "".join(kept)
    assert "AAAA" not in "".join(kept)


def test_identity_cards_leave_a_keyed_hash_only(session: Session, acc: AccTerminal) -> None:
    acc.run()
    line = "identitycard pin=1\tSN_Num=9\tID_Num=330106199001010010\tName=张三\tAddress=西湖区"

    assert acc.send_table("identitycard", line) == "identitycard=1"

    kept = base64.b64decode(list_messages(session)[-1].body).decode()
    assert kept.startswith("identitycard\tpin=1\thash=")
    assert not any(word in kept for word in ("330106", "张三", "西湖"))


def test_codes_whose_key_is_the_date_are_refused(session: Session, acc: AccTerminal) -> None:
    acc.parameters += ",QRCodeDecryptType=1"

    acc.run()

    assert acc.session is None
    assert list_messages(session)[-1].note == "QR scheme 1 is switched on in the terminal"


def test_an_old_session_registers_anew(acc: AccTerminal) -> None:
    acc.run()
    acc.session = "0" * 16

    acc.see(0, now(), pin=1001)
    acc.run()
    assert acc.session is None
    assert len(acc.buffered) == 1

    acc.run()
    assert acc.buffered == []


def test_garbage_is_kept_and_answered(session: Session, acc: AccTerminal) -> None:
    acc.run()
    for body in ("", "\ufffd\ufffd", "time=2026-01-05 07:02:04", "a=b\tc", "=\t=\t="):
        answer = acc.send("table=rtlog", body)
        assert answer is not None
        assert answer.text == "OK"
    assert list_check_ins(session) == []
    assert MessageState.UNREAD in {message.state for message in list_messages(session)}

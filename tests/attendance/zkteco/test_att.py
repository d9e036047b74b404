"""A simulated attendance terminal: nothing lost, nothing twice, whatever the line does."""

import base64
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlmodel import Session

from attendance.imports import import_attlog
from attendance.rules import CLOCK_TRUST_MS
from core.clock import SHANGHAI, now
from core.enums import CheckInMethod, DeviceVendor, Direction, MessageState, ScanReason
from db.models import CheckIn, ProjectWorker, WorkDay
from tests.attendance.zkteco.conftest import list_check_ins, list_messages, yesterday
from tests.devices.simulators.zk_att import AttTerminal
from tests.devices.simulators.zk_line import ZkLine
from tests.factories.attendance import fold_waiting
from tests.factories.terminals import TerminalSite, make_terminal_site


def test_a_days_punches_become_a_work_day(session: Session, att: AttTerminal) -> None:
    att.punch("1001", yesterday("06:58:10"))
    att.punch("1001", yesterday("17:31:40"), status=1)

    att.run()

    assert att.unsent == []
    fold_waiting(session)
    day = session.scalars(select(WorkDay)).one()
    assert (day.minutes, day.units, day.grades) == (633, 100, {"B": 2})


def test_hello_sets_what_the_terminal_sends(att: AttTerminal) -> None:
    att.run()

    assert att.options["Realtime"] == "1"
    assert att.options["ATTLOGStamp"] == "None"
    assert (att.options["TimeZone"], att.options["Delay"]) == ("8", "10")
    assert att.options["TransFlag"] == "TransData AttLog\tOpLog"  # neither photos nor templates


def test_a_lost_acknowledgement_counts_nothing_twice(session: Session, att: AttTerminal) -> None:
    att.run()
    att.punch("1001", yesterday("06:58:10"))
    att.line.loses_answers = True
    att.run()
    assert len(att.unsent) == 1

    att.line.loses_answers = False
    att.run()

    assert att.unsent == []
    assert len(list_check_ins(session)) == 1


def test_a_terminal_resumes_after_the_last_stored_mark(session: Session, att: AttTerminal) -> None:
    att.punch("1001", yesterday("06:58:10"))
    att.punch("1001", yesterday("17:31:40"), status=1)
    att.run()

    att.restart()
    att.punch("1001", yesterday("18:00:00"))
    att.run()

    assert att.options["ATTLOGStamp"] == "2"
    assert [len(message.body) > 0 for message in list_messages(session)] == [True, True]
    assert len(list_check_ins(session)) == 3


def test_a_terminal_that_was_offline_for_days_delivers_everything(
    session: Session, att: AttTerminal
) -> None:
    att.line.is_cut = True
    for clock in ("06:58:10", "12:01:00", "13:02:00", "17:31:40"):
        att.punch("1001", yesterday(clock), status=len(att.rows) % 2)
        att.run()
    att.line.is_cut = False

    att.run()

    assert len(list_check_ins(session)) == 4
    assert all(check_in.decided_offline for check_in in list_check_ins(session))


def test_the_same_punch_pushed_and_exported_is_one(
    session: Session, att: AttTerminal, att_site: TerminalSite
) -> None:
    att.punch("1001", yesterday("06:58:10"))
    att.run()

    report = import_attlog(
        session,
        project_id=att_site.site.project_id,
        device_id=att_site.device_id,
        content=f"1001\t{yesterday('06:58:10'):%Y-%m-%d %H:%M:%S}\t0\t15\t0\t0\n".encode(),
        at=now(),
    )

    assert (report.inserted, report.repeated) == (0, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_newer_columns_and_any_encoding_are_read(
    session: Session, att: AttTerminal, encoding: str
) -> None:
    line = _line(yesterday("06:58:10"), extra="\t1\t36.6\t正常", to=encoding)

    answer = att.send_table("ATTLOG", line)

    assert answer == "OK: 1"
    assert [check_in.valid for check_in in list_check_ins(session)] == [True]
    assert {message.state for message in list_messages(session)} == {MessageState.TAKEN}


def _line(at: datetime, *, pin: str = "1001", extra: str = "", to: str = "utf-8") -> bytes:
    return f"{pin}\t{at:%Y-%m-%d %H:%M:%S}\t0\t15\t0\t0\t0{extra}\n".encode(to)


def test_ten_thousand_lines_at_once_are_stored(session: Session, att: AttTerminal) -> None:
    att.batch = 10_000
    start = yesterday("00:00:00") - timedelta(days=20)
    for number in range(10_000):
        att.punch(f"{1001 + number % 50}", start + timedelta(seconds=61 * number))

    att.run()

    assert att.unsent == []
    assert session.scalar(select(func.count()).select_from(CheckIn)) == 10_000


@pytest.mark.parametrize(
    ("clock", "reason"),
    [
        ("1970-01-01 00:00:07", ScanReason.WRONG_CLOCK),
        ("2019-01-05 07:02:04", ScanReason.WRONG_CLOCK),
        ("2038-01-19 03:14:07", ScanReason.FUTURE_CODE),
        ("2099-12-31 23:59:59", ScanReason.FUTURE_CODE),
    ],
)
def test_a_wrong_clock_loses_nothing_and_proves_nothing(
    session: Session, att: AttTerminal, att_site: TerminalSite, clock: str, reason: ScanReason
) -> None:
    worker = session.get_one(ProjectWorker, att_site.site.worker_id)
    worker.entered_date = worker.entered_date.replace(year=1969)
    att.punch("1001", datetime.fromisoformat(clock).replace(tzinfo=SHANGHAI))

    att.run()

    (check_in,) = list_check_ins(session)
    assert att.unsent == []
    assert (check_in.reason, check_in.admitted, check_in.valid) == (reason, True, False)
    assert check_in.clock_bound_ms > CLOCK_TRUST_MS


def test_a_clock_that_runs_ahead_is_noticed(
    session: Session, att: AttTerminal, att_site: TerminalSite
) -> None:
    att.punch("1001", now() + timedelta(hours=4))

    att.run()

    offset_ms = att_site.device(session).clock_offset_ms
    assert offset_ms is not None
    assert timedelta(milliseconds=offset_ms) > timedelta(hours=3, minutes=59)


def test_lines_nobody_can_read_are_kept_and_acknowledged(
    session: Session, att: AttTerminal
) -> None:
    att.run()
    body = _line(yesterday("06:58:10")) + b"1001 06:58\n\xff\xfe\x00garbage\n"

    assert att.send_table("ATTLOG", body) == "OK: 3"

    (message,) = list_messages(session)
    assert message.state is MessageState.UNREAD
    assert message.note == "line 2: columns; line 3: columns"
    assert len(list_check_ins(session)) == 1


def test_a_terminals_people_and_faces_make_nobody_a_worker(
    session: Session, att: AttTerminal
) -> None:
    body = (
        "OPLOG 4\t14\t2026-01-05 07:00:00\t0\t0\t0\t0\n"
        "USER PIN=77\tName=李四\tPri=0\tPasswd=123456\tCard=[1234]\n"
        "FP PIN=77\tFID=6\tSize=1240\tValid=1\tTMP=" + "A" * 1240 + "\n"
    )

    assert att.send_table("OPERLOG", body.encode("gb18030")) == "OK: 3"

    (message,) = list_messages(session)
    kept = base64.b64decode(message.body).decode()
    assert "李四" in kept
    assert "123456" not in kept
    assert "TMP" not in kept
    assert session.scalar(select(func.count()).select_from(ProjectWorker)) == 1


@pytest.mark.parametrize("table", ["ATTPHOTO", "FACE", "BIODATA", "FP", "USERPIC"])
def test_biometrics_are_acknowledged_and_dropped(
    session: Session, att: AttTerminal, table: str
) -> None:
    assert att.send_table(table, b"PIN=1001\x00\xff\xd8\xff\xe0 a face") == "OK"
    assert list_messages(session) == []


def test_identity_cards_leave_a_keyed_hash_only(session: Session, att: AttTerminal) -> None:
    card = "IDCARD PIN=1\tSN_Num=9\tID_Num=330106199001010010\tName=张三\tAddress=西湖区"

    assert att.send_table("IDCARD", card.encode()) == "OK: 1"

    (message,) = list_messages(session)
    kept = base64.b64decode(message.body).decode()
    assert kept.startswith("identitycard\tpin=1\thash=")
    assert not any(word in kept for word in ("330106", "张三", "西湖"))


def test_unknown_tables_are_kept_to_be_looked_at(session: Session, att: AttTerminal) -> None:
    assert att.send_table("NEWTABLE", b"one\ntwo\n") == "OK: 2"

    (message,) = list_messages(session)
    assert (message.state, message.note) == (MessageState.UNREAD, "table NEWTABLE")


def test_the_direction_of_the_device_wins(client: TestClient, session: Session) -> None:
    site = make_terminal_site(session, DeviceVendor.ZKTECO_ATT, direction=Direction.OUT)
    att = AttTerminal(ZkLine(client, site.base))
    att.punch("1001", yesterday("17:00:00"), status=0, verify=4)

    att.run()

    (check_in,) = list_check_ins(session)
    assert (check_in.direction, check_in.method) == (Direction.OUT, CheckInMethod.ACCESS_CARD)


def test_a_firmware_that_wants_a_plain_ok_gets_one(client: TestClient, session: Session) -> None:
    site = make_terminal_site(session, DeviceVendor.ZKTECO_ATT, ack="ok")
    att = AttTerminal(ZkLine(client, site.base))
    assert att.send_table("ATTLOG", _line(yesterday("06:58:10"))) == "OK"


def test_a_number_nobody_has_is_stored_without_a_worker(session: Session, att: AttTerminal) -> None:
    att.punch("9999", yesterday("06:58:10"))

    att.run()

    (check_in,) = list_check_ins(session)
    assert (check_in.project_worker_id, check_in.reason) == (None, ScanReason.UNKNOWN_WORKER)

"""Hikvision terminals: every event once, whatever it comes wrapped in."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from core.clock import now
from core.enums import CheckInMethod, DeviceVendor, Direction, Grade, ScanReason
from core.keyring import Keyring
from db.models import OutboxMessage, Person, WorkDay
from devices.remote_checks import ANSWER_REMOTE_CHECK
from devices.vendors.hikvision import make_verdict
from tests.devices.simulators.hikvision import HikvisionTerminal, event, wrap
from tests.devices.simulators.line import Answer, Connect
from tests.factories.attendance import GateSite, fold_waiting, make_gate_site
from tests.factories.vendors import check_ins, make_terminal, messages, the_note

MORNING = now() - timedelta(hours=30)


@pytest.mark.parametrize("part", [None, "event_log", "AccessControllerEvent", "x y"])
def test_a_face_at_a_hikvision_terminal_becomes_a_work_day(
    session: Session, site: GateSite, hikvision: HikvisionTerminal, part: str | None
) -> None:
    hikvision.part = part
    hikvision.punch("1001", MORNING)
    hikvision.punch("1001", MORNING + timedelta(hours=9), status="checkOut")

    assert hikvision.buffered == []
    first, last = check_ins(session)
    assert (first.direction, last.direction) == (Direction.IN, Direction.OUT)
    assert (first.method, first.grade) == (CheckInMethod.FACE, Grade.B)
    assert first.project_worker_id == site.worker_id
    fold_waiting(session)
    assert session.scalars(select(col(WorkDay.minutes))).all() == [540]


def test_events_without_an_answer_are_uploaded_late_and_stored_once(
    session: Session, site: GateSite, hikvision: HikvisionTerminal
) -> None:
    hikvision.line.is_cut = True
    hikvision.punch("1001", MORNING)
    hikvision.line.is_cut = False
    hikvision.line.loses_answers = True
    hikvision.punch("1001", MORNING + timedelta(hours=9), status="checkOut")
    hikvision.line.loses_answers = False

    hikvision.upload()
    hikvision.upload()

    assert hikvision.buffered == []
    assert len(check_ins(session)) == 2
    fold_waiting(session)
    assert session.scalars(select(col(WorkDay.minutes))).all() == [540]


def test_a_question_is_decided_stored_and_answered_by_a_call(
    session: Session, site: GateSite, keyring: Keyring, connect: Connect
) -> None:
    terminal = make_terminal(
        session, site.project, DeviceVendor.HIKVISION, address="10.20.0.7", password="p-1"
    )
    hikvision = HikvisionTerminal(connect(terminal))

    serial = hikvision.scan(site.live_code(session, keyring), now())

    (check_in,) = check_ins(session)
    assert (check_in.reason, check_in.grade) == (ScanReason.OK, Grade.A)
    job = session.scalars(
        select(OutboxMessage).where(col(OutboxMessage.task) == ANSWER_REMOTE_CHECK)
    ).one()
    assert job.is_urgent
    assert (job.payload["reference"], job.payload["opens"]) == (str(serial), "yes")


def test_the_crossing_reported_after_an_answer_is_not_a_second_use_of_the_code(
    session: Session, site: GateSite, keyring: Keyring, connect: Connect
) -> None:
    terminal = make_terminal(
        session, site.project, DeviceVendor.HIKVISION, address="10.20.0.7", password="p-1"
    )
    hikvision = HikvisionTerminal(connect(terminal))
    serial = hikvision.scan(site.live_code(session, keyring), now())

    hikvision.hear_verdict(make_verdict(str(serial), opens=True, say="请进"), now())

    assert hikvision.opened_for == [serial]
    assert [check_in.reason for check_in in check_ins(session)] == [ScanReason.OK]
    assert len(messages(session)) == 2


def test_a_question_about_a_face_is_decided_by_the_roster(
    session: Session, site: GateSite, connect: Connect
) -> None:
    terminal = make_terminal(
        session, site.project, DeviceVendor.HIKVISION, address="10.20.0.7", password="p-1"
    )
    line = connect(terminal)
    for serial, pin in enumerate(["1001", "9999"], start=1):
        line.send("/hikvision", event(employeeNoString=pin, remoteCheck=True, serialNo=serial), "")

    jobs = session.scalars(
        select(OutboxMessage).where(col(OutboxMessage.task) == ANSWER_REMOTE_CHECK)
    )
    assert {job.payload["reference"]: job.payload["opens"] for job in jobs} == {
        "1": "yes",
        "2": "no",
    }


def test_a_question_nobody_can_answer_is_shown_to_the_manager(
    session: Session, site: GateSite, keyring: Keyring, hikvision: HikvisionTerminal
) -> None:
    hikvision.scan(site.live_code(session, keyring), now())

    notes = [message.note for message in messages(session) if message.note]
    assert notes == ["terminal waits for an answer, but its address and password are not set"]


def test_a_refused_face_is_stored_and_counts_for_nothing(
    session: Session, hikvision: HikvisionTerminal
) -> None:
    hikvision.punch("1001", MORNING, minor=76)

    (check_in,) = check_ins(session)
    assert (check_in.admitted, check_in.valid) == (False, False)
    fold_waiting(session)
    assert session.scalars(select(WorkDay)).all() == []


@pytest.mark.parametrize(
    ("body", "note"),
    [
        (event(subEventType=999), "event 5/999"),
        (event(attendanceStatus="undefined"), "direction"),
        (event(employeeNoString="张三"), "person number"),
        (event().replace(b"AccessControllerEvent", b"videoloss"), "eventType videoloss"),
        (b"\x00\xff garbage", "not JSON"),
        (b"[" * 5_000, "not JSON"),
        (b'"text"', "not a JSON object"),
        (b"<EventNotificationAlert/>", "not JSON"),
        (b"--x\r\nnothing", "no JSON part"),
    ],
)
def test_what_cannot_be_read_is_acknowledged_and_kept(
    session: Session, hikvision: HikvisionTerminal, body: bytes, note: str
) -> None:
    answer = hikvision.line.send("/hikvision", body, "application/json")

    assert answer == Answer(200, b"")
    assert the_note(session) == note
    assert check_ins(session) == []


def test_a_thousand_events_in_one_body_are_taken_in(
    session: Session, hikvision: HikvisionTerminal
) -> None:
    parts = []
    for serial in range(1_000):
        occurred = json.loads(event(serialNo=serial, currentEvent=False))
        occurred["dateTime"] = (MORNING + timedelta(seconds=serial)).isoformat()
        parts.append(occurred)

    answer = hikvision.line.send("/hikvision", json.dumps(parts).encode(), "application/json")

    assert answer == Answer(200, b"")
    assert len(check_ins(session)) == 1_000


def test_a_picture_of_20_mb_goes_by_and_is_not_kept(
    session: Session, hikvision: HikvisionTerminal
) -> None:
    body = wrap(event(), picture=b"\xff" * 20_000_000)

    answer = hikvision.line.send("/hikvision", body, "multipart/form-data; boundary=x")

    assert answer == Answer(200, b"")
    assert len(check_ins(session)) == 1
    (message,) = messages(session)
    assert len(message.body) < 2_000


def test_a_body_longer_than_is_read_loses_only_its_end(
    session: Session, hikvision: HikvisionTerminal
) -> None:
    body = wrap(event(), picture=b"\xff" * 30_000_000)

    answer = hikvision.line.send("/hikvision", body, "multipart/form-data; boundary=x")

    assert answer == Answer(200, b"")
    assert len(check_ins(session)) == 1
    assert messages(session)[0].note == "body cut off"


def test_a_heartbeat_is_heard_and_not_kept(
    session: Session, site: GateSite, connect: Connect
) -> None:
    terminal = make_terminal(session, site.project, DeviceVendor.HIKVISION)
    HikvisionTerminal(connect(terminal)).heartbeat(now() + timedelta(minutes=10))

    device = terminal.device(session)
    assert device.last_seen_at is not None
    assert device.clock_offset_ms == pytest.approx(600_000, abs=5_000)
    assert messages(session) == []


def test_an_unknown_number_makes_no_worker(session: Session, hikvision: HikvisionTerminal) -> None:
    people = len(session.scalars(select(Person)).all())

    hikvision.punch("4711", MORNING)

    (check_in,) = check_ins(session)
    assert (check_in.reason, check_in.project_worker_id) == (ScanReason.UNKNOWN_WORKER, None)
    assert len(session.scalars(select(Person)).all()) == people


def test_a_terminal_of_another_project_knows_nobody_here(
    session: Session, site: GateSite, connect: Connect
) -> None:
    other = make_gate_site(session)
    site.worker.card_number = "2002"
    session.add(site.worker)
    terminal = make_terminal(session, other.project_id, DeviceVendor.HIKVISION)

    HikvisionTerminal(connect(terminal)).punch("2002", MORNING)

    (check_in,) = check_ins(session)
    assert (check_in.project_id, check_in.project_worker_id) == (other.project_id, None)

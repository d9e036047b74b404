"""宇泛 terminals: what they post once is taken at once, and nothing about it is guessed."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from core.clock import SHANGHAI, now
from core.enums import CheckInMethod, MessageState, ScanReason
from devices.inbox import read_message
from tests.devices.simulators.line import Answer
from tests.devices.simulators.uface import UfaceTerminal
from tests.factories.attendance import GateSite
from tests.factories.identity import make_id_number
from tests.factories.vendors import check_ins, messages, the_note

MORNING = now() - timedelta(hours=30)


def test_a_uface_crossing_is_acknowledged_and_stored_once(
    session: Session, site: GateSite, uface: UfaceTerminal
) -> None:
    uface.recognise("1001", MORNING)
    uface.line.send("/uface/recog", uface.line.sent[0], "application/x-www-form-urlencoded")

    assert uface.answers == [Answer(200, b'{"result":1,"success":true}')]
    (check_in,) = check_ins(session)
    assert (check_in.project_worker_id, check_in.method) == (site.worker_id, CheckInMethod.FACE)
    assert abs(check_in.occurred_at - MORNING) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("kind", "person", "stored"),
    [
        ("face_2", "STRANGERBABY", [(ScanReason.UNKNOWN_WORKER, False)]),
        ("face_2", "1001", [(ScanReason.OK, False)]),
        ("face_1", "1001", []),
        ("palm_0", "1001", []),
        ("", "1001", []),
    ],
)
def test_what_a_uface_type_means_is_never_guessed(
    session: Session,
    uface: UfaceTerminal,
    kind: str,
    person: str,
    stored: list[tuple[ScanReason, bool]],
) -> None:
    uface.recognise(person, MORNING, kind=kind)

    assert [(check_in.reason, check_in.admitted) for check_in in check_ins(session)] == stored
    assert [message.state for message in messages(session)] == [
        MessageState.TAKEN if stored else MessageState.UNREAD
    ]
    assert uface.answers[0] == Answer(200, b'{"result":1,"success":true}')


def test_of_an_identity_card_only_a_hash_is_kept(
    session: Session, site: GateSite, uface: UfaceTerminal
) -> None:
    number = make_id_number(7)

    uface.recognise("1001", MORNING, kind="idcard_0", idcardNum=number, imgBase64="A" * 5_000)

    (message,) = messages(session)
    _, body = read_message(
        session,
        project_id=site.project_id,
        message_id=message.id,
        reader=None,  # type: ignore[arg-type]  # the audit row of a test needs nobody
        reason="test",
    )
    assert number.encode() not in body
    assert b"AAAA" not in body
    assert b"hash" in body
    assert len(check_ins(session)) == 1


@pytest.mark.parametrize("body", [b"\xff\xfe", b"deviceKey", b"=&=&=", b"a=1&" * 300])
def test_a_broken_form_is_acknowledged_and_kept(
    session: Session, uface: UfaceTerminal, body: bytes
) -> None:
    answer = uface.line.send("/uface/recog", body, "text/plain")

    assert answer == Answer(200, b'{"result":1,"success":true}')
    assert the_note(session)


def test_a_uface_heartbeat_says_that_no_task_waits(uface: UfaceTerminal) -> None:
    assert uface.heartbeat(now()) == Answer(200, b'{"result":false}')


def test_the_uface_cloud_is_told_success(session: Session, uface: UfaceTerminal) -> None:
    form = (
        b"guid=1DE2&deviceKey=84E0F4207F3201F8&personGuid=1001&showTime=2026-11-20T03:06:23%2B0000"
        b"&type=1&recMode=1&aliveType=1"
    )

    answers = [uface.line.send("/uface/cloud", form, "x/y") for _ in range(2)]

    assert answers == [Answer(200, b"SUCCESS")] * 2
    (check_in,) = check_ins(session)
    assert check_in.occurred_at == datetime(2026, 11, 20, 11, 6, 23, tzinfo=SHANGHAI)
    assert (check_in.admitted, check_in.method) == (True, CheckInMethod.FACE)


def test_a_heartbeat_without_a_time_is_kept(session: Session, uface: UfaceTerminal) -> None:
    answer = uface.line.send("/uface/beat", b"{}", "application/json")

    assert answer == Answer(200, b'{"result":false}')
    assert the_note(session) == "time"

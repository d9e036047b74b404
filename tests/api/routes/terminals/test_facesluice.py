"""facesluice gates: acknowledged by number, and only after the commit."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from core.clock import now
from core.enums import Grade
from tests.devices.simulators.facesluice import FacesluiceGate
from tests.factories.attendance import GateSite
from tests.factories.vendors import check_ins, messages, the_note

MORNING = now() - timedelta(hours=30)


def test_a_facesluice_record_is_acknowledged_by_its_number(
    session: Session, site: GateSite, facesluice: FacesluiceGate
) -> None:
    facesluice.recognise("1001", MORNING)

    assert facesluice.unacknowledged == {}
    (check_in,) = check_ins(session)
    assert (check_in.project_worker_id, check_in.grade) == (site.worker_id, Grade.B)


def test_records_without_an_acknowledgement_come_again_and_are_stored_once(
    session: Session, facesluice: FacesluiceGate
) -> None:
    facesluice.line.loses_answers = True
    facesluice.recognise("1001", MORNING)
    facesluice.line.loses_answers, facesluice.line.is_cut = False, True
    facesluice.recognise("1001", MORNING + timedelta(hours=1))
    facesluice.line.is_cut = False

    facesluice.resume()

    assert facesluice.unacknowledged == {}
    assert len(check_ins(session)) == 2


def test_a_gate_that_writes_gb18030_is_read(session: Session, facesluice: FacesluiceGate) -> None:
    facesluice.encoding = "gb18030"
    facesluice.recognise("1001", MORNING, personName="王镕")
    assert len(check_ins(session)) == 1


@pytest.mark.parametrize(
    ("status", "admitted"), [(1, [True]), (2, [False]), (3, [False]), (0, []), (9, [])]
)
def test_only_an_allowed_face_counts(
    session: Session, facesluice: FacesluiceGate, status: int, admitted: list[bool]
) -> None:
    facesluice.recognise("1001", MORNING, status=status)

    assert [check_in.valid for check_in in check_ins(session)] == admitted
    assert facesluice.unacknowledged == {}


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff", b'{"operator":"SnapPush"}', b"[1]"])
def test_a_broken_push_is_acknowledged_and_kept(
    session: Session, facesluice: FacesluiceGate, body: bytes
) -> None:
    answer = facesluice.line.send("/facesluice", body, "application/json")

    assert answer is not None
    assert answer.status == 200
    assert b"PushAck" in answer.body
    assert the_note(session)


@pytest.mark.parametrize(
    "changes",
    [{"RecordID": "\x00\ud800"}, {"VerifyStatus": "\x00\ud800"}, {"personName": "\ud800"}],
)
def test_a_text_the_database_cannot_hold_is_no_obstacle(
    session: Session, facesluice: FacesluiceGate, changes: dict[str, Any]
) -> None:
    facesluice.line.is_cut = True
    facesluice.recognise("1001", MORNING)
    info = facesluice.unacknowledged[389] | changes
    facesluice.line.is_cut = False

    body = json.dumps({"operator": "RecPush", "info": info}).encode()
    answer = facesluice.line.send("/facesluice", body, "application/json")

    assert answer is not None
    assert answer.status == 200
    assert len(messages(session)) == 1

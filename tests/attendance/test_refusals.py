"""A good code that a gate without network refused has an owner and is told; it is no work yet."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, text
from sqlmodel import Session, col, select

from attendance import conflict_queries
from attendance.conflict_items import resolve_conflict, take_up_conflicts
from attendance.conflicts import count_waiting, list_conflicts
from core.clock import SHANGHAI, now
from core.enums import (
    CheckInMethod,
    ConflictKind,
    ConflictOutcome,
    Direction,
    Grade,
    Role,
    ScanReason,
)
from db.models import CheckIn, Notification, WorkDay
from identity.principal import Principal
from notifications.templates import Template
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.identity import make_grant, make_principal, make_worker_person

AT = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI)
Refuse = Callable[..., CheckIn]


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def manager(session: Session, site: GateSite) -> Principal:
    person = make_worker_person(session, name="某专管员")
    make_grant(session, person, Role.LABOUR_MANAGER, project_id=site.project_id)
    return make_principal(person.id, Role.LABOUR_MANAGER, project_id=site.project_id)


@pytest.fixture
def refuse(session: Session, site: GateSite) -> Refuse:
    def keep_out(**changes: Any) -> CheckIn:
        said: dict[str, Any] = {
            "decided_offline": True,
            "reason": ScanReason.OK,
            "gate_report": {"reason": "left_project"},
        }
        check_in = CheckIn(
            project_id=site.project_id,
            source_id=site.gate.device_id,
            device_id=site.gate.device_id,
            nonce=uuid4().hex,
            project_worker_id=site.worker_id,
            direction=Direction.IN,
            method=CheckInMethod.LIVE_CODE,
            grade=Grade.A,
            occurred_at=AT,
            received_at=AT,
            admitted=False,
            valid=False,
            **said | changes,
        )
        session.add(check_in)
        session.flush()
        return check_in

    return keep_out


def told(session: Session, template: Template) -> list[str]:
    return list(
        session.scalars(
            select(col(Notification.body)).where(col(Notification.template) == template)
        )
    )


def test_a_good_code_that_was_refused_is_the_labour_managers(
    session: Session, site: GateSite, manager: Principal, refuse: Refuse
) -> None:
    check_in = refuse()

    (view,) = list_conflicts(session, project_id=site.project_id, before=None, limit=9)

    assert (view.id, view.conflict.kind) == (check_in.id, ConflictKind.REFUSED_WRONGLY)
    assert (view.conflict.owner_id, view.counts_as_work) == (manager.person_id, False)
    assert "人被误拦在门外" in view.explanation
    assert "手工补记" in view.explanation
    assert count_waiting(session, project_id=site.project_id).open_conflicts == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ScanReason.EXPIRED_CODE},
        {"decided_offline": False},
        {"gate_report": {"reason": "not_opened"}},
        {"gate_report": {"reason": "not_the_holder"}},
    ],
)
def test_who_was_refused_rightly_or_did_not_walk_through_stood_not_outside(
    session: Session, refuse: Refuse, changes: dict[str, object]
) -> None:
    refuse(**changes)
    assert take_up_conflicts(session) == 0


def test_a_terminal_that_says_nothing_is_taken_up_too(session: Session, refuse: Refuse) -> None:
    refuse(gate_report=None)
    assert take_up_conflicts(session) == 1


def test_the_worker_is_told_once_a_day_and_no_day_is_made(session: Session, refuse: Refuse) -> None:
    refuse()
    refuse()
    assert (take_up_conflicts(session), take_up_conflicts(session)) == (2, 0)
    (body,) = told(session, Template.REFUSAL_FOUND)
    assert "2026年11月20日" in body
    assert told(session, Template.CONFLICT_FOUND) == []
    assert session.scalars(select(WorkDay)).all() == []


def test_the_worker_is_told_when_it_was_looked_at(
    session: Session, site: GateSite, manager: Principal, refuse: Refuse
) -> None:
    check_in = refuse()
    take_up_conflicts(session)

    resolve_conflict(
        session,
        principal=manager,
        project_id=site.project_id,
        conflict_id=check_in.id,
        outcome=ConflictOutcome.ACKNOWLEDGED,
        note="已补记当天考勤",
        guard_name=None,
        at=now(),
    )

    assert len(told(session, Template.REFUSAL_RESOLVED)) == 1
    assert told(session, Template.CONFLICT_RESOLVED) == []


def test_refusals_are_found_by_an_index_of_their_own(session: Session) -> None:
    said: list[tuple[str, Any]] = []
    connection = session.connection()

    def note(*details: Any) -> None:
        said.append((details[2], details[3]))

    event.listen(connection, "before_cursor_execute", note)
    conflict_queries.list_refused_wrongly(session, project_id=uuid4(), limit=9)
    event.remove(connection, "before_cursor_execute", note)
    for way in ("seqscan", "bitmapscan"):
        session.execute(text(f"SET LOCAL enable_{way} = off"))
    (statement, parameters), cursor = said[0], connection.connection.cursor()
    plan = "\n".join(line for (line,) in cursor.execute(f"EXPLAIN {statement}", parameters))
    assert re.search("using check_in_\\w+_project_id_id_idx\\d* on check_in", plan)
    assert "decided_offline" not in plan

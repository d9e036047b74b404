"""The jobs about vendors' terminals, run by a real worker."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from attendance.uface_pull import PULL_RECORDS, plan_pulls
from core.clock import now
from core.enums import DeviceVendor
from db.models import OutboxMessage
from db.session import Database
from devices.remote_checks import ANSWER_REMOTE_CHECK, ask_to_answer
from tests.factories.projects import make_project
from tests.factories.vendors import make_terminal
from tests.live import Worker, wait_until


def count_open(session: Session) -> int:
    statement = select(func.count()).where(
        col(OutboxMessage.task).in_([ANSWER_REMOTE_CHECK, PULL_RECORDS]),
        col(OutboxMessage.done_at).is_(None),
    )
    return session.scalar(statement) or 0


def test_a_worker_ends_the_calls_it_may_not_make(
    live_database: Database, live_worker: Worker
) -> None:
    with live_database.transaction() as session:
        project = make_project(session)
        place: dict[str, Any] = {"address": "10.20.0.7", "password": "p-1"}
        asking = make_terminal(session, project, DeviceVendor.HIKVISION, **place)
        make_terminal(session, project, DeviceVendor.UFACE, **place)
        ask_to_answer(
            session,
            device=asking.device(session),
            reference="1203",
            opens=True,
            say="请进",
            at=now(),
        )
        plan_pulls(session, at=now())
        assert count_open(session) == 2

    def read_log() -> str:
        return live_worker.child.log.read_text()

    wait_until(lambda: "remote_check_unanswered" in read_log())
    wait_until(lambda: "terminal_not_pulled" in read_log())

    assert "p-1" not in read_log()
    with live_database.transaction() as session:
        assert count_open(session) == 0

"""Questions about uploads: what they may cost, whatever PostgreSQL believes of its tables."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import event, text
from sqlmodel import Session

from attendance import scan_queries
from attendance.backlogs import BY_INDEX
from core.clock import now


def _explain(session: Session, ask: Callable[[], object]) -> str:
    """Return how the server would answer an upload, with the settings of its lane."""
    said: list[tuple[str, Any]] = []
    connection = session.connection()

    def note(*details: Any) -> None:
        said.append((details[2], details[3]))

    event.listen(connection, "before_cursor_execute", note)
    ask()
    event.remove(connection, "before_cursor_execute", note)
    for way in BY_INDEX:
        session.execute(text(f"SET LOCAL enable_{way} = off"))
    (statement, parameters), cursor = said[0], connection.connection.cursor()
    return "\n".join(line for (line,) in cursor.execute(f"EXPLAIN {statement}", parameters))


def test_known_nonces_are_found_by_their_own_index_even_in_an_empty_table(session: Session) -> None:
    plan = _explain(
        session,
        lambda: scan_queries.list_check_ins(
            session, project_id=uuid4(), source_id=uuid4(), nonces=["a", "b"], since=now()
        ),
    )
    by_nonce = "((nonce)::text = (nonces.value)::text)"
    assert plan.count(" on check_in") == plan.count(f"AND {by_nonce}") > 0


def test_used_steps_are_found_by_worker_and_time_even_in_an_empty_table(session: Session) -> None:
    at = now()
    plan = _explain(
        session,
        lambda: scan_queries.list_used_steps(
            session,
            project_id=uuid4(),
            uses={(uuid4(), 1)},
            since=at - timedelta(minutes=15),
            until=at,
        ),
    )
    by_worker = "(project_worker_id = worker_ids.value) AND (occurred_at >="
    assert plan.count("project_worker_id_occurred_at_idx") == plan.count(by_worker) > 0

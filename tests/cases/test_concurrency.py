"""Two inspectors at one case, on two real connections."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from cases import service
from cases.errors import ActionNotAllowedError
from core.case_enums import CaseAction
from core.enums import Role
from db.models import Case, CaseEvent
from db.session import Database
from identity.principal import Principal
from tests import live
from tests.factories.cases import FILED_AT, make_complaint, make_form
from tests.factories.identity import make_person, make_principal, make_worker_person

WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


@pytest.fixture
def number(live_database: Database) -> str:
    """A committed complaint in 330106."""
    with live_database.transaction() as session:
        return make_complaint(session, person_id=make_worker_person(session).id).number


@pytest.fixture
def inspectors(live_database: Database) -> list[Principal]:
    with live_database.transaction() as session:
        people = [make_person(session, name=name) for name in ("李监察", "周监察")]
        return [
            make_principal(person.id, Role.INSPECTOR, county_code="330106") for person in people
        ]


def act(database: Database, principal: Principal, number: str, action: CaseAction) -> None:
    with database.transaction() as session:
        service.act_on_case(
            session,
            principal=principal,
            number=number,
            action=action,
            form=make_form(action),
            at=FILED_AT,
        )


def is_waiting_or_over(database: Database, other: Future[None]) -> bool:
    with database.engine.connect() as connection:
        return other.done() or bool(connection.execute(WAITING).scalar_one())


def test_of_two_inspectors_at_once_the_second_is_refused(
    live_database: Database, number: str, inspectors: list[Principal]
) -> None:
    first, second = inspectors
    with ThreadPoolExecutor(1) as pool:
        with live_database.transaction() as session:
            service.act_on_case(
                session,
                principal=first,
                number=number,
                action=CaseAction.ACCEPT,
                at=FILED_AT,
            )
            session.flush()
            other = pool.submit(act, live_database, second, number, CaseAction.REFUSE)
            live.wait_until(lambda: is_waiting_or_over(live_database, other))

        with pytest.raises(ActionNotAllowedError):
            other.result()

    with live_database.transaction() as session:
        events = session.exec(select(CaseEvent).order_by(col(CaseEvent.id)))
        assert [event.action for event in events] == [None, CaseAction.ACCEPT]


def test_two_taps_at_once_are_one_complaint(live_database: Database) -> None:
    with live_database.transaction() as session:
        person_id = make_worker_person(session).id

    def tap() -> str:
        with live_database.transaction() as session:
            return make_complaint(session, person_id=person_id).number

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(tap), pool.submit(tap)

    assert first.result() == second.result()
    with live_database.transaction() as session:
        assert len(session.exec(select(Case)).all()) == 1

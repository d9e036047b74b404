"""A worker's own status from a running API process: many at once, and never an outdated one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from core.clock import now
from core.enums import WageSeverity
from core.keyring import Keyring
from db.models import WageStatusMark
from db.session import Database
from payroll.status_projection import refresh_statuses
from payroll.status_reader import SESSION_SETTINGS
from tests.factories.identity import bearer
from tests.factories.payroll import make_site, publish
from tests.live import Api

ASKED_BY_THE_READER = sa.text("SELECT query FROM pg_stat_activity WHERE application_name = :name")
# No reason of the worker's own gives it: whoever tells it has read what is stored.
PLANTED = sa.text("UPDATE wage_status SET severity = 3, reasons = '[]' WHERE person_id = :whose")


def plant(session: Session, person_id: UUID) -> None:
    session.connection().execute(PLANTED, {"whose": person_id})


def test_many_are_told_what_is_stored_until_a_fact_changes(
    live_api: Api, live_database: Database, keyring: Keyring
) -> None:
    with live_database.transaction() as session:
        site = make_site(session)
        publish(session, site)
        people = [site.principal(index) for index in range(2)]
        refresh_statuses(
            session, [each.person_id for each in people], at=now() - timedelta(seconds=1)
        )
        plant(session, people[0].person_id)

    def ask(number: int) -> int:
        headers = bearer(keyring, people[number % 2])
        return int(live_api.client.get("/v1/me/status", headers=headers).json()["severity"])

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(ask, range(32)))
    with live_database.transaction() as session:
        name = {"name": SESSION_SETTINGS["application_name"]}
        queries = session.connection().execute(ASKED_BY_THE_READER, name).scalars().all()
        session.add(WageStatusMark(person_id=people[0].person_id))

    assert told[::2] == [WageSeverity.ARREARS] * 16
    assert WageSeverity.ARREARS not in told[1::2]
    assert [("wage_status AS stored" in query) for query in queries] == [True]
    assert ask(0) == told[1]

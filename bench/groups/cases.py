"""Cases: the daily look at ten thousand running periods."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from time import perf_counter

from sqlalchemy import insert, text
from sqlmodel import col, select

from bench.harness import Sides, bench
from bench.rig import Rig
from bench.sites import migrate
from cases import clocks, divisions, ladder
from core.case_enums import CaseState, Channel, ClockKind, ComplaintKind, Disclosure
from core.clock import day_start, local_date, now
from core.keyring import load_keyring
from db.base import new_id
from db.models import Case, CaseClock, Complaint
from db.session import Database

CASES = 10_000
SPREAD_DAYS = 90
"""Over which the ends of the periods lie."""
FORGET = text("TRUNCATE case_clock_rung")


@bench(unit="s", ratio="<=", target=3)
@contextmanager
def due_clock_vs_loop(rig: Rig) -> Generator[Sides]:
    """The whole job over 10,000 open cases, against a SELECT and a loop over the same dates."""
    migrate(rig.database_url)
    database = Database(rig.database_url, load_keyring(rig.directory / "keys.json").fields)
    today = local_date(now())
    _write_cases(database, today)
    yield Sides(ours=partial(_climb, database, today), baseline=partial(_loop, database, today))
    database.close()


def _climb(database: Database, today: date) -> float:
    with database.transaction() as session:
        session.connection().execute(FORGET)
    started = perf_counter()
    with database.transaction() as session:
        cities = ladder.list_cities(session)
    for city_code in cities:
        with database.transaction() as session:
            ladder.climb_city(session, city_code=city_code, at=day_start(today))
    return perf_counter() - started


def _loop(database: Database, today: date) -> float:
    started = perf_counter()
    with database.transaction() as session:
        running = session.exec(select(CaseClock).where(col(CaseClock.stopped_at).is_(None))).all()
        climbed = [clocks.choose_rung(one.kind, one.due_date, today=today) for one in running]
    assert len(climbed) == CASES
    return perf_counter() - started


def _write_cases(database: Database, today: date) -> None:
    counties = [code for code in divisions.names() if divisions.is_county(code)]
    complaints, cases, running = [], [], []
    for number in range(CASES):
        complaint_id, case_id = new_id(), new_id()
        county_code, name = counties[number % len(counties)], f"AX{number:014d}"
        due = today + timedelta(days=number % SPREAD_DAYS - SPREAD_DAYS // 10)
        complaints.append(
            Complaint(
                id=complaint_id,
                number=name,
                kind=ComplaintKind.COMPLAINT,
                disclosure=Disclosure.ANONYMOUS,
                channel=Channel.POSTER,
                county_code=county_code,
                statement="没发工资",
            ).model_dump()
        )
        cases.append(
            Case(
                id=case_id,
                number=name,
                pin_hash="",
                complaint_id=complaint_id,
                county_code=county_code,
                state=CaseState.ACCEPTED,
            ).model_dump()
        )
        running.append(
            CaseClock(
                case_id=case_id,
                county_code=county_code,
                kind=ClockKind.INVESTIGATION,
                started_date=today - timedelta(days=30),
                due_date=due,
                is_provisional=False,
            ).model_dump()
        )
    with database.transaction() as session:
        for table, rows in ((Complaint, complaints), (Case, cases), (CaseClock, running)):
            session.connection().execute(insert(table), rows)

"""What an inspector looks up among a million cases, against the same among a thousand."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from statistics import quantiles
from time import perf_counter
from typing import Any
from uuid import uuid4

from sqlmodel import Session

from bench.dockets import COMPLAINANT, COUNTY, EMPLOYER, Docket, open_docket
from bench.harness import Sides, bench
from bench.rig import Rig
from cases import desk, statistics
from cases.desk import Due
from cases.divisions import PROVINCE
from core.clock import local_date, now
from core.enums import Role
from identity.principal import Principal

MANY, FEW = 1_000_000, 1_000
TRIES = 40
"""Look-ups of one round."""
PAGE = 10
"""Lines, of which both sides have enough."""

LookUp = Callable[[Docket, Session], object]


@bench(unit="ms", ratio="<=", target=2, large=True)
@contextmanager
def case_list_flat_1m(rig: Rig) -> Generator[Sides]:
    """The first page of a county."""
    yield _compare(rig, partial(_list_page, county_code=COUNTY))


@bench(unit="ms", ratio="<=", target=2, large=True)
@contextmanager
def case_mine_flat_1m(rig: Rig) -> Generator[Sides]:
    """The first page of what one inspector handles."""
    yield _compare(rig, partial(_list_page, county_code=COUNTY, mine=True))


@bench(unit="ms", ratio="<=", target=2, large=True)
@contextmanager
def case_due_flat_1m(rig: Rig) -> Generator[Sides]:
    """What is due today in a county."""
    yield _compare(rig, partial(_list_page, county_code=COUNTY, due=Due.TODAY))


@bench(unit="ms", ratio="<=", target=2, large=True)
@contextmanager
def case_overdue_flat_1m(rig: Rig) -> Generator[Sides]:
    """What is overdue in the whole province, the latest first."""
    yield _compare(rig, partial(_list_page, county_code=PROVINCE, due=Due.OVERDUE))


@bench(unit="ms", ratio="<=", target=2, large=True)
@contextmanager
def case_number_flat_1m(rig: Rig) -> Generator[Sides]:
    """One case by its number."""
    yield _compare(rig, lambda docket, session: _search(session, docket, docket.number))


@bench(unit="ms", ratio="<=", target=2, large=True)
@contextmanager
def case_name_flat_1m(rig: Rig) -> Generator[Sides]:
    """Cases by the complainant's name; a phone is found the same way."""
    yield _compare(rig, lambda docket, session: _search(session, docket, COMPLAINANT))


@bench(unit="ms", ratio="<=", target=2, large=True)
@contextmanager
def case_words_flat_1m(rig: Rig) -> Generator[Sides]:
    """Cases by words that few employers have in their names."""
    yield _compare(rig, lambda docket, session: _search(session, docket, EMPLOYER))


@bench(unit="ms", ratio="<=", target=2, large=True)
@contextmanager
def case_common_words_flat_1m(rig: Rig) -> Generator[Sides]:
    """Cases by words that every project has in its name."""
    yield _compare(rig, lambda docket, session: _search(session, docket, "安置房"))


@bench(unit="ms", ratio="<=", target=2, large=True)
@contextmanager
def case_file_flat_1m(rig: Rig) -> Generator[Sides]:
    """One case in full."""
    yield _compare(rig, _open_case)


@bench(unit="ms", ratio="<=", target=2, large=True)
@contextmanager
def case_statistics_flat_1m(rig: Rig) -> Generator[Sides]:
    """A county's numbers of the last month."""
    yield _compare(rig, partial(_count, county_code=COUNTY, days=30))


@bench(unit="ms", ratio="<=", target=2, large=True)
@contextmanager
def case_province_statistics_flat_1m(rig: Rig) -> Generator[Sides]:
    """The province's numbers of as many days as both sides have the same cases of."""
    yield _compare(rig, partial(_count, county_code=PROVINCE, days=2))


def _compare(rig: Rig, look_up: LookUp) -> Sides:
    many, few = open_docket(rig, MANY), open_docket(rig, FEW)
    return Sides(ours=partial(_take, many, look_up), baseline=partial(_take, few, look_up))


def _take(docket: Docket, look_up: LookUp) -> float:
    """Return the milliseconds of a look-up, the opening of its transaction included.

    The lower quartile: when a shared machine does something else, that is not counted.
    """
    first, _, _ = quantiles((_take_once(docket, look_up) for _ in range(TRIES)), n=4)
    return 1_000 * first


def _take_once(docket: Docket, look_up: LookUp) -> float:
    started = perf_counter()
    with docket.database.transaction() as session:
        found = look_up(docket, session)
    assert found
    return perf_counter() - started


def _list_page(
    docket: Docket,
    session: Session,
    *,
    county_code: str,
    **narrowing: Any,
) -> list[desk.ListedCase]:
    asked = {"state": None, "due": None, "search": None, "mine": False, **narrowing}
    return desk.list_cases(
        session,
        principal=_inspector(docket, county_code),
        before=None,
        limit=PAGE,
        at=now(),
        **asked,
    )


def _count(
    docket: Docket, session: Session, *, county_code: str, days: int
) -> statistics.Statistics:
    at = now()
    return statistics.get_statistics(
        session,
        principal=_inspector(docket, county_code),
        since=local_date(at) - timedelta(days=days),
        until=local_date(at),
        at=at,
    )


def _search(session: Session, docket: Docket, words: str) -> list[desk.ListedCase]:
    return _list_page(docket, session, county_code=COUNTY, search=words)


def _open_case(docket: Docket, session: Session) -> desk.CaseFile:
    principal = _inspector(docket, COUNTY)
    return desk.get_case(session, principal=principal, number=docket.number, at=now())


def _inspector(docket: Docket, county_code: str) -> Principal:
    return Principal(docket.inspector_id, Role.INSPECTOR, uuid4(), None, None, county_code)

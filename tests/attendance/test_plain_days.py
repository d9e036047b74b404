"""Days summed and stored inside the database are those of the fold, whatever else a month holds."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from attendance import drawing, queries, work_days
from attendance.drawing import Period
from attendance.folding import fold
from attendance.odd_days import Asked
from attendance.odd_days import list_days as list_dates
from attendance.plain_days import fold_team_days, sum_days
from attendance.work_days import REPLACED
from core.clock import ONE_DAY, day_start, local_date, month_start, next_month, now
from core.enums import CheckInMethod, Direction, Grade, ScanReason, WorkDayState
from db.models import (
    CheckIn,
    CheckInAnnulment,
    DayConfirmation,
    DayRule,
    ProjectWorker,
    WorkDay,
)
from tests.factories.attendance import GateSite, long_ago, make_check_in, make_gate_site
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_project_worker

FIRST = month_start(f"{local_date(now()) - timedelta(days=31):%Y-%m}")
PERIOD = Period(FIRST, next_month(FIRST))
LAST = PERIOD.until - ONE_DAY
SOME_DAYS = 9
HABITS = ("plain", "night", "forgets", "comes twice", "by hand", "late clock", "long")


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def live(session: Session, site: GateSite, habit: str, chance: random.Random) -> None:
    """Write a worker's month from two days before it until two after it."""
    worker = make_project_worker(
        session, site.team, make_worker_person(session), entered_date=long_ago()
    )
    for number in range(-2, (PERIOD.until - FIRST).days + 2, 5):
        start = day_start(FIRST + timedelta(days=number))
        come, go = chance.uniform(6, 9), chance.uniform(11, 19)
        if habit == "night":
            come, go = come + 12, go + 14
        bound = 10**6 if habit == "late clock" and number == 3 else 0
        entered, left = start + timedelta(hours=come), start + timedelta(hours=go)
        make_check_in(session, worker, Direction.IN, entered, clock_bound_ms=bound)
        if habit == "comes twice":
            make_check_in(session, worker, Direction.OUT, entered + timedelta(hours=1))
            make_check_in(session, worker, Direction.IN, entered + timedelta(hours=2))
        if habit == "long" and number == 3:
            left = entered + timedelta(hours=16, minutes=1)
        if habit != "forgets" or chance.random() < 0.7:
            is_by_hand = habit == "by hand" and number == 3
            make_check_in(
                session,
                worker,
                Direction.OUT,
                left,
                grade=Grade.D if is_by_hand else Grade.A,
                method=CheckInMethod.MANUAL if is_by_hand else CheckInMethod.LIVE_CODE,
            )


def list_days(session: Session) -> list[tuple[object, ...]]:
    """Return every stored day without when and as what row it was stored."""
    session.expire_all()
    names = ("project_worker_id", "work_date", *REPLACED)
    days = session.scalars(
        select(WorkDay).order_by(col(WorkDay.project_worker_id), col(WorkDay.work_date))
    )
    return [tuple(getattr(day, name) for name in names) for day in days]


def span_of(site: GateSite) -> dict[str, Any]:
    return {"project_id": site.project_id, "since": FIRST, "until": LAST}


def right_but(day: WorkDay, **changes: object) -> dict[str, Any]:
    """Return the same day with changes, as another row."""
    return day.model_dump(exclude={"id", "created_at"}) | changes


@pytest.mark.parametrize("seed", range(2))
def test_both_ways_draw_the_same_lines(session: Session, site: GateSite, seed: int) -> None:
    chance = random.Random(seed)
    for habit in HABITS:
        live(session, site, habit, chance)
    members = queries.list_team_members(session, team_id=site.team_id, first=FIRST, last=LAST)
    project_id = site.project_id

    anew = drawing.draw_lines_anew(
        session, project_id=project_id, worker_ids=members, period=PERIOD
    )
    work_days.fold_days(session, project_id=project_id, worker_ids=members, since=FIRST, until=LAST)

    assert anew == drawing.draw_lines(
        session, project_id=project_id, worker_ids=members, period=PERIOD
    )


@pytest.mark.parametrize("seed", range(2))
def test_a_team_is_folded_as_each_of_its_workers(
    session: Session, site: GateSite, seed: int
) -> None:
    chance = random.Random(seed)
    for habit in HABITS:
        live(session, site, habit, chance)
    members = queries.list_team_members(session, team_id=site.team_id, first=FIRST, last=LAST)
    span = span_of(site)

    fold_team_days(session, worker_ids=members, **span)

    folded = list_days(session)
    work_days.fold_days(session, worker_ids=members, **span)
    assert folded == list_days(session)


def test_folding_a_team_puts_right_what_was_stored(session: Session, site: GateSite) -> None:
    start = day_start(FIRST + ONE_DAY)
    make_check_in(session, site.worker, Direction.IN, start + timedelta(hours=7))
    make_check_in(session, site.worker, Direction.OUT, start + timedelta(hours=15))
    span = span_of(site)
    fold_team_days(session, worker_ids=[site.worker_id], **span)
    right = list_days(session)
    (day,) = session.scalars(select(WorkDay))
    day.minutes = 1
    session.add(WorkDay(**right_but(day, work_date=LAST)))
    session.flush()

    fold_team_days(session, worker_ids=[site.worker_id], **span)

    assert (len(right), list_days(session)) == (1, right)


def write_log(session: Session, site: GateSite, chance: random.Random) -> None:
    """Write some days of a worker, every other one with anything that gates can report."""
    worker = make_project_worker(
        session, site.team, make_worker_person(session), entered_date=long_ago()
    )
    punches = []
    for number in range(-2, SOME_DAYS + 3):
        start = day_start(FIRST + timedelta(days=number), at=site.project.day_starts_at)
        plain = chance.choice(((3, 13), (3, 7, 9, 14), (3, 8, 10, 12, 13, 16), ()))
        hours = plain if chance.random() < 0.6 else sorted(chance.sample(range(25), 4))
        for place, hour in enumerate(hours):
            is_strange = hours is not plain and chance.random() < 0.4
            at = start + timedelta(hours=hour, seconds=chance.choice((0, 0, 59, 3599)))
            punches.append(write_punch(worker, place, at, chance if is_strange else None))
    session.add_all(punches)
    session.flush()
    annulled = chance.choice(punches)
    session.add(
        CheckInAnnulment(
            project_id=site.project_id, check_in_id=annulled.id, device_id=site.gate.device.id
        )
    )


def write_punch(
    worker: ProjectWorker, place: int, at: datetime, chance: random.Random | None
) -> CheckIn:
    """Return the punch at a place of a day's row: in, out, in; by chance it is anything else."""
    strange: dict[str, Any] = {}
    if chance is not None:
        kept = {"decided_offline": True, "gate_report": {"sequence": 1}}
        strange = chance.choice(
            (
                {"direction": chance.choice(list(Direction))},
                {"grade": Grade.D, "method": CheckInMethod.MANUAL},
                {"grade": Grade.E, "method": CheckInMethod.IMPORTED},
                {"grade": Grade.E, "method": CheckInMethod.CARD_CODE},
                {"grade": Grade.E, "method": CheckInMethod.FORCED_EXIT},
                {"clock_bound_ms": 10**6},
                {"clock_bound_ms": 10**6, **kept},
                {"valid": False},
            )
        )
        if strange.get("method") is CheckInMethod.FORCED_EXIT:
            strange["direction"] = Direction.OUT
    facts = {
        "direction": (Direction.IN, Direction.OUT)[place % 2],
        "method": CheckInMethod.LIVE_CODE,
        "grade": Grade.A,
        "received_at": at + timedelta(hours=30 if "gate_report" in strange else 0),
        "valid": True,
    }
    return CheckIn(
        project_id=worker.project_id,
        source_id=worker.id,
        nonce=uuid4().hex,
        project_worker_id=worker.id,
        occurred_at=at,
        admitted=True,
        reason=ScanReason.OK,
        **(facts | strange),
    )


def write_rest(session: Session, site: GateSite, *, since: date) -> None:
    """Let a rest count on the site from a day on."""
    session.add(
        DayRule(
            project_id=site.project_id,
            from_date=since,
            day_starts_at=site.project.day_starts_at,
            full_day_minutes=540,
            half_day_minutes=270,
            break_minutes=90,
            overtime_cap_minutes=180,
            reason="试行",
            set_by_id=site.person_id,
        )
    )
    session.flush()


def confirm_some(session: Session, chance: random.Random) -> None:
    """Let workers accept some of their days as they are shown."""
    for day in session.scalars(select(WorkDay).order_by(col(WorkDay.id))):
        if day.state is WorkDayState.NEEDS_CONFIRMATION and chance.random() < 0.3:
            session.add(
                DayConfirmation(
                    project_id=day.project_id,
                    project_worker_id=day.project_worker_id,
                    work_date=day.work_date,
                    minutes=day.minutes,
                    units=day.units,
                )
            )
    session.flush()


@dataclass
class Logs:
    """Workers and the days of theirs that are asked for."""

    members: list[UUID]
    span: dict[str, Any]

    @property
    def days(self) -> list[date]:
        """The days asked for."""
        return list_dates(self.span["since"], self.span["until"])


def make_no_day(logs: Logs, worker_id: UUID, day: date) -> WorkDay:
    """Return a day on which nobody came."""
    return WorkDay(
        project_id=logs.span["project_id"],
        project_worker_id=worker_id,
        work_date=day,
        minutes=480,
        units=100,
        state=WorkDayState.COMPLETE,
        rule_version=1,
    )


def fold_recorded(session: Session, logs: Logs, worker_id: str) -> dict[str, int]:
    """Return what a worker's days sum to when nothing that was entered afterwards counts."""
    book = queries.get_day_rules(session, logs.span["project_id"])
    begin, end = work_days.reach(logs.days[0], logs.days[-1], book)
    crossings = [
        record.crossing
        for record in queries.list_crossings(
            session,
            project_id=logs.span["project_id"],
            worker_ids=[UUID(worker_id)],
            since=begin,
            until=end,
        )
        if record.crossing.grade in (Grade.A, Grade.B, Grade.C)
    ]
    days = [day for day in fold(crossings, book) if day.work_date in logs.days]
    return {
        "units": sum(day.units for day in days),
        "minutes": sum(day.minutes for day in days),
        "days": len(days),
    }


@pytest.fixture(params=range(4))
def logs(session: Session, site: GateSite, request: pytest.FixtureRequest) -> Logs:
    """Return some workers' random days, folded by the fold alone; a rest counts for every other."""
    chance = random.Random(request.param)
    if request.param % 2:
        write_rest(session, site, since=FIRST - timedelta(days=9))
    for _ in range(8):
        write_log(session, site, chance)
    members = queries.list_team_members(session, team_id=site.team_id, first=FIRST, last=LAST)
    span = span_of(site) | {"until": FIRST + SOME_DAYS * ONE_DAY}
    work_days.fold_days(session, worker_ids=members, **span)
    confirm_some(session, chance)
    work_days.fold_days(session, worker_ids=members, **span)
    return Logs(members, span)


def test_any_log_is_folded_alike(session: Session, logs: Logs) -> None:
    """Also over days that were stored otherwise, and over days that are no more."""
    folded = list_days(session)
    for number, day in enumerate(session.scalars(select(WorkDay)).all()):
        if number % 3 == 0:
            session.delete(day)
        elif number % 3 == 1:
            day.minutes, day.units = 1, 1
    for worker_id in logs.members:
        exists = {day[1] for day in folded if day[0] == worker_id}
        free = [day for day in logs.days if day not in exists]
        session.add_all(make_no_day(logs, worker_id, day) for day in free)
    session.flush()

    fold_team_days(session, worker_ids=logs.members, **logs.span)

    assert list_days(session) == folded


def test_any_log_is_summed_alike(session: Session, logs: Logs) -> None:
    period = Period(logs.span["since"], logs.span["until"] + ONE_DAY)
    project_id = logs.span["project_id"]
    stored = drawing.draw_lines(
        session, project_id=project_id, worker_ids=logs.members, period=period
    )
    anew = drawing.draw_lines_anew(
        session, project_id=project_id, worker_ids=logs.members, period=period
    )
    assert anew == stored
    for line in anew:
        if "original" in line:
            assert line["original"] == fold_recorded(session, logs, line["project_worker_id"])


def test_summing_stores_no_day(session: Session, site: GateSite) -> None:
    for number, hours in ((0, (7, 15)), (1, (7, 15)), (2, (7,))):
        start = day_start(FIRST + timedelta(days=number))
        for direction, hour in zip(Direction, hours, strict=False):
            make_check_in(session, site.worker, direction, start + timedelta(hours=hour))

    lines = sum_days(session, Asked(site.project_id, [site.worker_id], FIRST, LAST))

    line = lines[str(site.worker_id)]
    assert (line["units"], line["days"], line["needs_confirmation"]) == (250, 3, 1)
    assert session.scalars(select(WorkDay)).all() == []


def test_a_change_of_rules_within_the_month_is_heeded(session: Session, site: GateSite) -> None:
    for habit in HABITS:
        live(session, site, habit, random.Random(1))
    write_rest(session, site, since=FIRST + timedelta(days=9))
    members = queries.list_team_members(session, team_id=site.team_id, first=FIRST, last=LAST)

    lines = sum_days(session, Asked(site.project_id, members, FIRST, LAST))
    fold_team_days(session, worker_ids=members, **span_of(site))

    folded = list_days(session)
    work_days.fold_days(session, worker_ids=members, **span_of(site))
    assert folded == list_days(session)
    drawn = drawing.draw_lines(
        session, project_id=site.project_id, worker_ids=members, period=PERIOD
    )
    assert [line["minutes"] for line in drawn] == [lines[str(one)]["minutes"] for one in members]

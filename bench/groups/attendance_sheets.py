"""A month of 10,000 workers: drawn from its crossings, from its days, and written to Excel."""

import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from time import perf_counter
from uuid import UUID

from openpyxl import Workbook
from sqlalchemy import text

from attendance.drawing import Period, draw_lines
from attendance.partitions import ensure_partitions_for
from attendance.queries import list_team_members
from attendance.sheet_export import PaperSheet, SheetRow, write_rows, write_sheet
from attendance.sheet_queries import SheetWorker
from attendance.sheets import draw_up_sheet
from bench.harness import Sides, bench
from bench.rig import Rig
from bench.sites import ROOT, migrate
from core.clock import ONE_DAY, day_start, local_date, next_month, now
from core.keyring import load_keyring
from db.base import new_id
from db.session import Database

WORKERS = 10_000
DAYS = 30
"""Two crossings each: 600,000."""
MOST_MEGABYTES = 150
PAPER = PaperSheet(lines=("考勤表", "项目"), closing=("签字：",), day_count=DAYS, is_a3=True)

MAKE_PEOPLE = """
INSERT INTO employer (id, created_at, uscc, name)
VALUES (:employer_id, now(), '91330106BENCHSHEET', '某劳务公司');
INSERT INTO project (id, created_at, code, name, category, status, county_code, poster_token,
                     day_starts_at, full_day_minutes, half_day_minutes, arrears_after_days,
                     faces_at_gates)
VALUES (:project_id, now(), 'BENCHSHEET', '工地', '01', '003', '330106', 'benchsheet', '04:00',
        480, 240, 15, false);
INSERT INTO project_party (id, created_at, project_id, employer_id, party_type)
VALUES (:party_id, now(), :project_id, :employer_id, '006');
INSERT INTO team (id, created_at, project_id, party_id, name)
VALUES (:team_id, now(), :project_id, :party_id, '钢筋一班');
INSERT INTO person (id, created_at, name)
SELECT uuidv7(), now(), '工人' || n FROM generate_series(1, :workers) AS n;
INSERT INTO project_worker (id, created_at, project_id, person_id, team_id, work_type,
                            worker_role, is_team_leader, entered_date)
SELECT uuidv7(), now(), :project_id, id, :team_id, '020', '20', false, :first FROM person
WHERE name LIKE '工人%';
"""
MAKE_CROSSINGS = """
INSERT INTO check_in (id, project_id, source_id, nonce, project_worker_id, direction, method,
                      grade, occurred_at, received_at, clock_bound_ms, admitted, valid, reason,
                      decided_offline)
SELECT uuidv7(), :project_id, :project_id, gen_random_uuid()::text, worker.id, crossing.direction,
       crossing.method, crossing.grade, at, at, crossing.bound, true, true, 'ok', false
FROM generate_series(0, :days - 1) AS day
CROSS JOIN (SELECT id, row_number() OVER (ORDER BY id) AS number FROM project_worker
            WHERE project_id = :project_id) AS worker
JOIN (VALUES (0, 'in', 7, 'live_code', 'A', 0), (0, 'out', 17, 'live_code', 'A', 0),
             (1, 'in', 7, 'live_code', 'A', 0),
             (2, 'in', 7, 'live_code', 'A', 0), (2, 'out', 11, 'live_code', 'A', 0),
             (2, 'in', 13, 'live_code', 'A', 0), (2, 'out', 18, 'live_code', 'A', 0),
             (3, 'in', 20, 'live_code', 'A', 0), (3, 'out', 29, 'live_code', 'A', 0),
             (4, 'in', 7, 'live_code', 'A', 0), (4, 'out', 17, 'manual', 'D', 0),
             (5, 'in', 7, 'live_code', 'A', 0), (5, 'out', 14, 'live_code', 'A', 0),
             (5, 'in', 20, 'live_code', 'A', 0), (5, 'out', 26, 'live_code', 'A', 0),
             (6, 'in', 7, 'live_code', 'A', 0), (6, 'out', 17, 'live_code', 'A', 1000000)
     ) AS crossing(habit, direction, hour, method, grade, bound)
  ON habit = CASE WHEN day = number % :days AND number % 2 < :odd THEN 1 + number / 2 % 6
                  ELSE 0 END
CROSS JOIN LATERAL (SELECT CAST(:begin AS timestamptz) + day * interval '1 day'
    + crossing.hour * interval '1 hour'
    + (random() * 3600)::int * interval '1 second' AS at WHERE worker.id IS NOT NULL) AS moment
ORDER BY at
"""
"""Plain days; where `odd` is 1 every other worker has one that is not, by turns: an exit
missing, a lunch outside, a night shift, an exit by hand, two shifts, a clock that was wrong."""
FIRST_AND_LAST = """
SELECT project_worker_id,
       ((occurred_at AT TIME ZONE 'Asia/Shanghai') - interval '4 hours')::date AS day,
       min(occurred_at) FILTER (WHERE direction = 'in') AS first,
       max(occurred_at) FILTER (WHERE direction = 'out') AS last
FROM check_in
WHERE project_id = :project_id AND valid AND occurred_at >= :begin AND occurred_at < :end
GROUP BY 1, 2
"""


MAKE_DAYS = f"""
INSERT INTO work_day (id, created_at, project_id, project_worker_id, work_date, first_in_at,
                      last_out_at, minutes, units, overtime_minutes, state, grades, rule_version)
SELECT uuidv7(), now(), :project_id, project_worker_id, day, first, last, 600, 100, 120, 'complete',
       jsonb_build_object('A', 2), 1
FROM ({FIRST_AND_LAST}) AS days ORDER BY project_worker_id, day
"""  # noqa: S608  words of our own


@dataclass(frozen=True)
class MonthSite:
    """A team of 10,000 and its month."""

    project_id: UUID
    team_id: UUID
    first: date

    @property
    def month(self) -> str:
        """``YYYY-MM``."""
        return f"{self.first:%Y-%m}"

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.first, next_month(self.first))

    @property
    def facts(self) -> dict[str, object]:
        """What the queries about its crossings are asked with."""
        return {
            "project_id": self.project_id,
            "begin": day_start(self.first),
            "end": day_start(next_month(self.first)) + timedelta(hours=4),
        }


@cache
def open_month(rig: Rig, *, odd: int = 0) -> tuple[Database, MonthSite]:
    """Return an installation with the team's month in it, written within seconds."""
    migrate(rig.database_url)
    database = Database(rig.database_url, load_keyring(rig.directory / "keys.json").fields)
    first = (local_date(now()).replace(day=1) - ONE_DAY).replace(day=1)
    site = MonthSite(new_id(), new_id(), first)
    with database.transaction() as session:
        ensure_partitions_for(session, [first], today=local_date(now()))
        session.execute(text("SET LOCAL session_replication_role = replica"))
        facts = {
            "project_id": site.project_id,
            "team_id": site.team_id,
            "employer_id": new_id(),
            "party_id": new_id(),
            "first": first,
            "begin": day_start(first),
            "workers": WORKERS,
            "days": DAYS,
            "odd": odd,
        }
        for statement in (*MAKE_PEOPLE.split(";\n"), MAKE_CROSSINGS):
            if statement.strip():
                session.execute(text(statement), facts)
    _analyze(database)
    return database, site


def find_first_and_last(database: Database, site: MonthSite) -> float:
    """Return how long one query takes that only finds who came when and left when."""
    started = perf_counter()
    with database.transaction() as session:
        found = session.execute(
            text(f"SELECT count(first), count(last) FROM ({FIRST_AND_LAST}) AS days"),  # noqa: S608
            site.facts,
        ).one()
    assert found[0] == WORKERS * DAYS
    return perf_counter() - started


def draw_from_scratch(database: Database, site: MonthSite) -> float:
    """Return how long the sheet takes when not one day has been folded yet."""
    with database.transaction() as session:
        session.execute(text("TRUNCATE work_day CASCADE"))
    started = perf_counter()
    with database.transaction() as session:
        sheet = draw_up_sheet(
            session,
            project_id=site.project_id,
            team_id=site.team_id,
            month=site.month,
            at=now(),
        )
        lines = sheet.lines
    taken = perf_counter() - started
    assert sum(line["days"] for line in lines) == WORKERS * DAYS
    return taken


def draw_from_days(database: Database, site: MonthSite) -> float:
    """Return how long the lines take when every day is folded, as it is once gates are at work."""
    with database.transaction() as session:
        worker_ids = list_team_members(
            session, team_id=site.team_id, first=site.first, last=site.period.until
        )
        started = perf_counter()
        lines = draw_lines(
            session, project_id=site.project_id, worker_ids=worker_ids, period=site.period
        )
        taken = perf_counter() - started
    assert sum(line["days"] for line in lines) == WORKERS * DAYS
    return taken


@bench(unit="s", ratio="<=", target=3)
@contextmanager
def sheet_vs_sql(rig: Rig) -> Generator[Sides]:
    """Crossings become days and a sheet, all stored, against one query that stores nothing."""
    database, site = open_month(rig)
    yield Sides(
        ours=partial(draw_from_scratch, database, site),
        baseline=partial(find_first_and_last, database, site),
    )


@bench(unit="s", ratio="<=", target=3)
@contextmanager
def sheet_of_odd_days_vs_sql(rig: Rig) -> Generator[Sides]:  # noqa: ARG001  has its own server
    """The same where every other worker has a day that is not plain, as on real sites."""
    with Rig() as apart:  # in one table either month would slow down the query about the other
        database, site = open_month(apart, odd=1)
        yield Sides(
            ours=partial(draw_from_scratch, database, site),
            baseline=partial(find_first_and_last, database, site),
        )


@bench(unit="s", ratio="<=", target=0.5)
@contextmanager
def sheet_from_days_vs_sql(rig: Rig) -> Generator[Sides]:
    """The sheet's lines from days that are folded, against the same query over the crossings."""
    database, site = open_month(rig)
    _store_days(database, site)
    yield Sides(
        ours=partial(draw_from_days, database, site),
        baseline=partial(find_first_and_last, database, site),
    )


def _store_days(database: Database, site: MonthSite) -> None:
    """Fold the month as far as a bench of reading needs it."""
    with database.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("TRUNCATE work_day CASCADE"))
        session.execute(text(MAKE_DAYS), site.facts)
    _analyze(database)


def _analyze(database: Database) -> None:
    with database.engine.connect() as connection:
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        autocommit.execute(text("VACUUM ANALYZE"))


@bench(unit="s", ratio="<=", target=0.2)
@contextmanager
def xlsx_10k_vs_openpyxl(rig: Rig) -> Generator[Sides]:  # noqa: ARG001  needs no server
    """The 考勤表 of 10,000 workers as .xlsx, against the same cells by openpyxl write-only."""
    peak = _measure_peak_mb()
    assert peak < MOST_MEGABYTES, f"{peak:.0f} MB at the peak"
    yield Sides(ours=write_with_ours, baseline=write_with_openpyxl)


def write_with_ours() -> float:
    """Return how long our export takes to write the file, colours, header and totals included."""
    started = perf_counter()
    write_sheet(make_rows(), PAPER, BytesIO())
    return perf_counter() - started


def write_with_openpyxl() -> float:
    """Return how long openpyxl takes in its write-only mode for as many plain cells."""
    started = perf_counter()
    book = Workbook(write_only=True)
    sheet = book.create_sheet(PAPER.lines[0])
    for cells in write_rows(make_rows(), PAPER):
        sheet.append(cells)
    book.save(BytesIO())
    return perf_counter() - started


def make_rows() -> Iterator[SheetRow]:
    """Yield a month of each worker as it stands on the sheet."""
    cells = [(day, 100 if day % 7 else 50, "" if day % 9 else "?") for day in range(1, DAYS + 1)]
    for number in range(WORKERS):
        worker = SheetWorker(f"工人{number}", f"33010619900101{number:04d}", "020")
        line = {
            "units": 2_800,
            "minutes": 13_440,
            "days": DAYS,
            "needs_confirmation": 3,
            "grades": {"A": 50, "B": 10},
        }
        yield SheetRow(worker, line, cells, frozenset())


def _measure_peak_mb() -> float:
    """Return the peak memory of a fresh process that writes one file."""
    code = "from bench.groups import attendance_sheets as sheets; print(sheets.write_once())"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return float(done.stdout)


def write_once() -> float:
    """Write one file and return this process's own peak memory in megabytes."""
    write_with_ours()
    status = Path("/proc/self/status").read_text()
    (peak,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(peak.split()[1]) / 1024

"""One run from a seed to the record it leaves, with everything in it real but the time."""

from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TypeVar
from uuid import UUID

from redis import Redis
from sqlalchemy import select
from sqlmodel import Session, col

from attendance.conflicts import ConflictView, list_conflicts
from attendance.day_rules import RuleBook
from attendance.partitions import ensure_partitions
from attendance.queries import get_day_rules
from core.clock import day_start
from core.enums import ConflictKind, Direction, ScanReason
from core.keyring import Keyring
from db.models import CheckIn, CheckInAnnulment, Project, UnreadScan, WorkDay
from db.session import Database
from tests.factories.attendance import fold_waiting, make_gate
from tests.gate.wire_server import serving
from tests.memory import MEMORY
from tests.simulation.machine import Machine
from tests.simulation.observer import Observer
from tests.simulation.plot import Plot
from tests.simulation.server import Line, Server
from tests.simulation.site import Site, found_site
from tests.simulation.true_time import TrueTime, told_by

T = TypeVar("T", CheckIn, UnreadScan, WorkDay)
GATES = 20
WORST_DRIFT = 45e-6
PAGE = 50
TOLD = 3
CONTRADICTION = "~"


@dataclass(frozen=True)
class Record:
    """What stands in the database at the end."""

    check_ins: list[CheckIn]
    annulled: set[UUID]
    unread: int
    conflicts: Counter[tuple[str, ScanReason]]
    """Of crossings, by the nonce that the gate gave."""
    refused: set[str]
    """Nonces of good codes that a gate refused, as listed for the labour manager."""
    days: dict[tuple[UUID, date], WorkDay]
    rules: RuleBook

    @property
    def counted(self) -> dict[str, CheckIn]:
        """Return the check-ins that are work."""
        standing = (row for row in self.check_ins if row.valid and row.id not in self.annulled)
        return {nonce_of(row): row for row in standing}


@dataclass(frozen=True)
class Outcome:
    """What was seen and what was recorded."""

    plot: Plot
    observer: Observer
    record: Record
    waiting: int
    """Scans the server has not taken from some gate."""

    def tell(self, nonces: Iterable[str]) -> str:
        """Return all that is known about some scans, for whoever reads a failure."""
        return "\n".join(
            f"{nonce}\n  seen: {self.observer.sightings.get(nonce)}"
            f"\n  judged: {self.observer.verdicts.get(nonce)}"
            f"\n  heard: {[each for each in self.plot.server.hearings if each.nonce == nonce]}"
            f"\n  kept: {[row for row in self.record.check_ins if nonce_of(row) == nonce]}"
            for nonce in sorted(set(nonces))[:TOLD]
        )


def nonce_of(check_in: CheckIn) -> str:
    """Return the nonce the gate gave, also of a report that contradicts an earlier one."""
    if check_in.nonce.startswith(CONTRADICTION):
        assert check_in.gate_report is not None
        return str(check_in.gate_report["nonce"])
    return check_in.nonce


def simulate(
    database: Database,
    valkey: Redis,
    keyring: Keyring,
    *,
    seed: int,
    first_day: date,
    days: int,
    workers: int,
) -> Outcome:
    """Let days pass on a site; the same seed gives the same days."""
    chance, time = Random(seed), TrueTime(day_start(first_day))
    with TemporaryDirectory(prefix="axm-days-", dir=MEMORY) as directory, told_by(time):
        site = found_site(database, keyring, workers=workers, chance=chance)
        server = Server(database, valkey, keyring, time)
        with (
            serving(server, Path(directory) / "s") as address,
            _machines(server, site, address, Path(directory), chance) as machines,
        ):
            plot = Plot(time, site, server, machines, chance, first_day, days)
            plot.run()
            plot.settle()
            waiting = sum(machine.backlog() for machine in machines)
        with database.transaction() as session:
            record = _read(session, site.project_id)
    return Outcome(plot, Observer(plot.sightings, server.hearings), record, waiting)


@contextmanager
def _machines(
    server: Server, site: Site, address: str, directory: Path, chance: Random
) -> Generator[list[Machine]]:
    with server.database.transaction() as session:
        ensure_partitions(session, today=server.time.now.date())
        project = session.get_one(Project, site.project_id)
        gates = [make_gate(session, project) for _ in range(GATES)]
        names = [(gate.device.name, gate.token) for gate in gates]
    machines = []
    for (name, token), direction in zip(names, [*Direction] * (GATES // 2), strict=True):
        server.lines[token] = Line(delay=chance.uniform(0, 0.4))
        machine = Machine(
            name=name,
            direction=direction,
            token=token,
            address=address,
            time=server.time,
            line=server.lines[token],
            disk=directory / token,
            chance=Random(chance.random()),
            drift=chance.uniform(-WORST_DRIFT, WORST_DRIFT),
        )
        machine.boot()
        machines.append(machine)
    try:
        yield machines
    finally:
        for machine in machines:
            if machine.is_on:
                machine.gate.stop()


def _read(session: Session, project_id: UUID) -> Record:
    fold_waiting(session)
    rows = _all_of(session, CheckIn, project_id)
    days = _all_of(session, WorkDay, project_id)
    conflicts = _all_conflicts(session, project_id)
    refused = [each for each in conflicts if each.conflict.kind is ConflictKind.REFUSED_WRONGLY]
    record = Record(
        check_ins=rows,
        annulled=set(session.scalars(select(col(CheckInAnnulment.check_in_id)))),
        unread=len(_all_of(session, UnreadScan, project_id)),
        conflicts=Counter(
            (nonce_of(each.check_in), each.check_in.reason)
            for each in conflicts
            if each not in refused
        ),
        refused={nonce_of(each.check_in) for each in refused},
        days={(day.project_worker_id, day.work_date): day for day in days},
        rules=get_day_rules(session, project_id),
    )
    session.expunge_all()
    return record


def _all_of(session: Session, table: type[T], project_id: UUID) -> list[T]:
    statement = select(table).where(col(table.project_id) == project_id)
    return list(session.scalars(statement))


def _all_conflicts(session: Session, project_id: UUID) -> list[ConflictView]:
    """Turn the pages as the labour manager's screen does."""
    found: list[ConflictView] = []
    while page := list_conflicts(
        session, project_id=project_id, before=found[-1].id if found else None, limit=PAGE
    ):
        found += page
    return found

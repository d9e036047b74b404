"""The building site of the simulation: its workers, their phones, and what is true of them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

from sqlmodel import Session, select

from core.clock import ONE_DAY, local_date
from core.enums import Direction, ScanReason
from core.keyring import Keyring
from db.models import Contract, ProjectWorker, Team, WorkerCode, WorkerPhone
from db.session import Database
from qr import code as ax1
from qr.service import issue_worker_code
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_contract, make_project, make_project_worker, make_team

FIRST_GENERATION = 2
"""Every worker has had another phone before; a thief may have that one."""


@dataclass
class Worker:
    """A person with a phone; `standing` is the truth about their right to be here."""

    worker_ref: bytes
    worker_id: UUID | None
    """None: works elsewhere."""
    phone_error: timedelta
    generation: int = FIRST_GENERATION
    """Of the keys on the present phone."""
    left_date: date | None = None
    contract_until: date | None = None

    def standing(self, at: datetime, direction: Direction) -> ScanReason:
        """Say whether they may pass then; who stayed for the night leaves on the day after."""
        day = local_date(at)
        if direction is Direction.OUT:
            day -= ONE_DAY
        if self.worker_id is None:
            return ScanReason.NOT_ON_PROJECT
        if self.left_date is not None and day > self.left_date:
            return ScanReason.LEFT_PROJECT
        if self.contract_until is not None and day > self.contract_until:
            return ScanReason.NO_CONTRACT
        return ScanReason.OK


@dataclass(frozen=True)
class Shown:
    """A text held to a reader, and what is true of it."""

    text: str
    fault: ScanReason = ScanReason.OK
    """What is wrong with the text itself, whenever it is shown."""
    worker: Worker | None = None
    step: int | None = None
    is_phones_own: bool = False
    """Made by the worker's present phone."""

    def standing(self, at: datetime, direction: Direction) -> ScanReason:
        """Say what is true of it but for its age."""
        if self.fault is not ScanReason.OK or self.worker is None:
            return self.fault
        return self.worker.standing(at, direction)

    @property
    def use(self) -> tuple[bytes, int] | None:
        """What is used up by going through with it."""
        return (self.worker.worker_ref, self.step) if self.worker and self.step else None

    @property
    def made_at(self) -> datetime:
        """The middle of the time for which it was on the screen, by the phone's clock."""
        assert self.step is not None
        return _instant_of(self.step)


@dataclass(frozen=True)
class Site:
    """A project, its people, and the keys that make their codes."""

    project_id: UUID
    team_id: UUID
    keyring: Keyring
    workers: list[Worker]
    visitor: Worker
    """Works on another project, and has a code."""

    def show(self, worker: Worker, at: datetime) -> Shown:
        """Return what the worker's phone shows."""
        step = ax1.step_at(at + worker.phone_error)
        return self._shown(worker, step, self._holder_key(worker), is_phones_own=True)

    def show_old_phone(self, worker: Worker, at: datetime) -> Shown:
        """Return what the phone before shows, should its gate keys have been renewed."""
        key = self._holder_key(worker, ago=1)
        return self._shown(worker, ax1.step_at(at), key, fault=ScanReason.BAD_HOLDER_TAG)

    def forge(self, worker: Worker, at: datetime, chance: Random) -> Shown:
        """Return what somebody shows who took the day key from a gate."""
        key = chance.randbytes(32)
        return self._shown(worker, ax1.step_at(at), key, fault=ScanReason.BAD_HOLDER_TAG)

    def invent(self, at: datetime, chance: Random) -> Shown:
        """The same for a worker nobody has heard of."""
        nobody = Worker(chance.randbytes(6), None, timedelta())
        key = chance.randbytes(32)
        return self._shown(nobody, ax1.step_at(at), key, fault=ScanReason.UNKNOWN_WORKER)

    def show_of_elsewhere(self, worker: Worker, at: datetime) -> Shown:
        """Return what the worker's phone shows for another project."""
        step = ax1.step_at(at)
        other = UUID(int=self.project_id.int ^ 1)
        gate_key = self._gate_key(worker, step, other)
        code = ax1.make_code(
            worker_ref=worker.worker_ref,
            step=step,
            gate_key=gate_key,
            holder_key=self._holder_key(worker),
        )
        return Shown(ax1.encode(code), ScanReason.BAD_GATE_TAG, worker, step)

    def _shown(
        self,
        worker: Worker,
        step: int,
        holder_key: bytes,
        *,
        fault: ScanReason = ScanReason.OK,
        is_phones_own: bool = False,
    ) -> Shown:
        code = ax1.make_code(
            worker_ref=worker.worker_ref,
            step=step,
            gate_key=self._gate_key(worker, step, self.project_id),
            holder_key=holder_key,
        )
        return Shown(ax1.encode(code), fault, worker, step, is_phones_own)

    def _gate_key(self, worker: Worker, step: int, project_id: UUID) -> bytes:
        day_key = ax1.derive_project_day_key(
            self.keyring.gate_masters[1], project_id=project_id, day=ax1.step_day(step)
        )
        return ax1.derive_gate_key(day_key, worker_ref=worker.worker_ref)

    def _holder_key(self, worker: Worker, *, ago: int = 0) -> bytes:
        return ax1.derive_holder_key(
            self.keyring.holder_masters[1],
            worker_ref=worker.worker_ref,
            key_generation=worker.generation - ago,
        )


def found_site(database: Database, keyring: Keyring, *, workers: int, chance: Random) -> Site:
    """Write the project and its people."""
    with database.transaction() as session:
        project = make_project(session)
        team = make_team(session, project)
        return Site(
            project_id=project.id,
            team_id=team.id,
            keyring=keyring,
            workers=[_engage(session, team, chance) for _ in range(workers)],
            visitor=_engage(session, make_team(session, make_project(session)), chance, here=False),
        )


def dismiss(database: Database, worker: Worker, *, last_day: date) -> None:
    """Write down that a worker leaves after a day."""
    worker.left_date = last_day
    with database.transaction() as session:
        session.get_one(ProjectWorker, worker.worker_id).left_date = last_day


def end_contract(database: Database, worker: Worker, *, last_day: date) -> None:
    """Write down that a worker's contract is not renewed."""
    worker.contract_until = last_day
    with database.transaction() as session:
        theirs = select(Contract).where(Contract.project_worker_id == worker.worker_id)
        session.exec(theirs).one().end_date = last_day


def change_phone(database: Database, worker: Worker) -> None:
    """Give the worker's keys to another phone; the one before is dead from now on."""
    worker.generation += 1
    with database.transaction() as session:
        theirs = select(WorkerCode).where(WorkerCode.worker_ref == worker.worker_ref)
        code = session.exec(theirs).one()
        code.key_generation = worker.generation
        session.add(
            WorkerPhone(
                person_id=code.person_id,
                key_generation=worker.generation,
                sign_in_family_id=uuid4(),
            )
        )


def _engage(session: Session, team: Team, chance: Random, *, here: bool = True) -> Worker:
    person = make_worker_person(session)
    entered = date(2026, 9, 1)
    engaged = make_project_worker(session, team, person, entered_date=entered)
    make_contract(session, engaged, start_date=entered)
    code: WorkerCode = issue_worker_code(session, person_id=person.id)
    code.key_generation = FIRST_GENERATION
    error = timedelta(seconds=chance.uniform(-12, 12))
    return Worker(code.worker_ref, engaged.id if here else None, error)


def _instant_of(step: int) -> datetime:
    return datetime.fromtimestamp((step + 0.5) * ax1.STEP_SECONDS, UTC)

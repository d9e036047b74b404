"""Invented gates, live codes and punches."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import count
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlmodel import Session, col

from attendance.conflict_items import take_up_conflicts
from attendance.due_folds import fold_due_workers
from core.clock import local_date, now
from core.crypto import token_hash
from core.enums import CheckInMethod, DeviceProfile, Direction, Grade, ScanReason
from core.keyring import Keyring
from db.models import (
    CheckIn,
    Device,
    FoldDue,
    Person,
    Project,
    ProjectWorker,
    Team,
    UnreadScan,
    WorkDayObjection,
)
from qr.service import make_live_code
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_contract, make_project, make_project_worker, make_team

_numbers = count(1)


@dataclass(frozen=True)
class Gate:
    """A paired device and the token it shows."""

    device: Device
    device_id: UUID
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What a request of this gate carries."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True)
class GateSite:
    """A project with one gate and one worker under contract."""

    project: Project
    project_id: UUID
    team: Team
    team_id: UUID
    gate: Gate
    person: Person
    person_id: UUID
    worker: ProjectWorker
    worker_id: UUID

    def live_code(self, session: Session, keyring: Keyring, *, at: datetime | None = None) -> str:
        """Return what the worker's phone shows."""
        return make_live_code(session, keyring, person_id=self.person_id, at=at or now())


def fold_waiting(session: Session) -> None:
    """Fold what gates and terminals have brought, as the worker does within seconds."""
    marked = select(col(FoldDue.project_worker_id)).distinct()
    fold_due_workers(session, list(session.scalars(marked)))


def long_ago() -> date:
    """Return an entry day that is past whatever day the tests run on."""
    return local_date(now()) - timedelta(days=60)


def make_gate(session: Session, project: Project, *, name: str | None = None) -> Gate:
    """Write one paired gate."""
    token = f"token-{uuid4().hex}"
    device = Device(
        project_id=project.id,
        name=name or f"闸机 {next(_numbers)}",
        profile=DeviceProfile.GATE,
        token_hash=token_hash(token),
        paired_at=now(),
    )
    session.add(device)
    session.flush()
    return Gate(device, device.id, token)


def make_gate_site(session: Session, *, has_contract: bool = True) -> GateSite:
    """Write a project, its gate, and one worker with card number 1001."""
    project = make_project(session)
    team = make_team(session, project)
    person = make_worker_person(session)
    worker = make_project_worker(session, team, person, entered_date=long_ago(), card_number="1001")
    if has_contract:
        make_contract(session, worker, start_date=long_ago())
    return GateSite(
        project=project,
        project_id=project.id,
        team=team,
        team_id=team.id,
        gate=make_gate(session, project),
        person=person,
        person_id=person.id,
        worker=worker,
        worker_id=worker.id,
    )


def make_check_in(
    session: Session,
    worker: ProjectWorker,
    direction: Direction,
    occurred_at: datetime,
    *,
    valid: bool = True,
    received_at: datetime | None = None,
    clock_bound_ms: int = 0,
    grade: Grade = Grade.B,
    method: CheckInMethod = CheckInMethod.FACE,
    device: Device | None = None,
) -> CheckIn:
    """Write one punch, of a terminal unless told otherwise, without folding it."""
    check_in = CheckIn(
        project_id=worker.project_id,
        source_id=worker.id,
        nonce=uuid4().hex,
        project_worker_id=worker.id,
        device_id=None if device is None else device.id,
        direction=direction,
        method=method,
        grade=grade,
        occurred_at=occurred_at,
        received_at=received_at or occurred_at,
        clock_bound_ms=clock_bound_ms,
        admitted=valid,
        valid=valid,
        reason=ScanReason.OK if valid else ScanReason.LEFT_PROJECT,
    )
    session.add(check_in)
    session.flush()
    return check_in


def make_conflict(
    session: Session,
    project_id: UUID,
    device_id: UUID,
    *,
    worker: ProjectWorker | None = None,
    reason: ScanReason = ScanReason.ALREADY_USED,
    occurred_at: datetime | None = None,
) -> CheckIn:
    """Write one crossing that a gate let through wrongly."""
    at = occurred_at or now()
    check_in = CheckIn(
        project_id=project_id,
        source_id=device_id,
        device_id=device_id,
        nonce=uuid4().hex,
        project_worker_id=None if worker is None else worker.id,
        direction=Direction.IN,
        method=CheckInMethod.LIVE_CODE,
        grade=Grade.E,
        occurred_at=at,
        received_at=at,
        admitted=True,
        valid=reason in (ScanReason.OK, ScanReason.NO_CONTRACT),
        reason=reason,
        decided_offline=True,
    )
    session.add(check_in)
    session.flush()
    take_up_conflicts(session, project_id=project_id)
    return check_in


def make_unread_scan(
    session: Session, project_id: UUID, device_id: UUID, *, content: str = '{"code": 1}'
) -> UnreadScan:
    """Write something a gate uploaded that is no scan."""
    unread = UnreadScan(
        project_id=project_id,
        device_id=device_id,
        digest=sha256(content.encode()).digest(),
        content=content,
    )
    session.add(unread)
    session.flush()
    return unread


def make_objection(
    session: Session, worker: ProjectWorker, work_date: date, *, note: str = "这天我在"
) -> WorkDayObjection:
    """Write a worker's word against a day."""
    objection = WorkDayObjection(
        project_id=worker.project_id,
        project_worker_id=worker.id,
        work_date=work_date,
        note=note,
    )
    session.add(objection)
    session.flush()
    return objection

"""Issuing a worker's 安薪码: the keys for the phone, and a code made by the server."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from core.clock import local_date
from core.keyring import Keyring
from db.models import ProjectWorker, WorkerCode
from projects.queries import list_current_projects
from qr import code, queries
from qr.errors import NoProjectError

KIT_DAYS = 8
"""Today and the next seven: as long as a gate's own keys last."""


@dataclass(frozen=True, slots=True)
class GateKey:
    """The phone's key for one project and Shanghai day."""

    project_id: UUID
    day: date
    key: bytes


@dataclass(frozen=True, slots=True)
class CodeKit:
    """Everything a phone needs to show live codes for eight days without a network."""

    worker_ref: bytes
    key_generation: int
    holder_key: bytes
    gate_keys: list[GateKey]
    server_time: datetime


def get_code_kit(session: Session, keyring: Keyring, *, person_id: UUID, at: datetime) -> CodeKit:
    """Return the worker's keys; on no project there are no gate keys, which is not an error."""
    worker_code = issue_worker_code(session, person_id=person_id)
    today = local_date(at)
    days = [today + timedelta(days=ahead) for ahead in range(KIT_DAYS)]
    places = list_current_projects(session, person_id, today)
    return CodeKit(
        worker_ref=worker_code.worker_ref,
        key_generation=worker_code.key_generation,
        holder_key=_holder_key(keyring, worker_code, today),
        gate_keys=[
            GateKey(place.project_id, day, _gate_key(keyring, worker_code, place.project_id, day))
            for place in places
            for day in days
            if place.left_date is None or day <= place.left_date
        ],
        server_time=at,
    )


def make_live_code(
    session: Session,
    keyring: Keyring,
    *,
    person_id: UUID,
    at: datetime,
    project_id: UUID | None = None,
) -> str:
    """Return the code the worker's phone would show now.

    For the project given, or the one entered last; NoProjectError when there is none.
    """
    place = _choose_place(list_current_projects(session, person_id, local_date(at)), project_id)
    worker_code = issue_worker_code(session, person_id=person_id)
    step = code.step_at(at)
    live_code = code.make_code(
        worker_ref=worker_code.worker_ref,
        step=step,
        gate_key=_gate_key(keyring, worker_code, place.project_id, code.step_day(step)),
        holder_key=_holder_key(keyring, worker_code, code.step_day(step)),
    )
    return code.encode(live_code)


def issue_worker_code(session: Session, *, person_id: UUID) -> WorkerCode:
    """Return the person's code, created on first use.

    Safe when two requests are first at once: the second waits for the first one's row and reads
    it. Should the 48 random bits ever be taken, the next round draws others.
    """
    while (worker_code := queries.find_worker_code(session, person_id)) is None:
        drawn = WorkerCode(person_id=person_id, worker_ref=secrets.token_bytes(code.REF_BYTES))
        session.execute(insert(WorkerCode).values(drawn.model_dump()).on_conflict_do_nothing())
    return worker_code


def _choose_place(places: list[ProjectWorker], project_id: UUID | None) -> ProjectWorker:
    wanted = [place for place in places if project_id in (None, place.project_id)]
    if not wanted:
        raise NoProjectError
    return wanted[-1]


def _gate_key(keyring: Keyring, worker_code: WorkerCode, project_id: UUID, day: date) -> bytes:
    master = keyring.gate_master_on(day)
    day_key = code.derive_project_day_key(master, project_id=project_id, day=day)
    return code.derive_gate_key(day_key, worker_ref=worker_code.worker_ref)


def _holder_key(keyring: Keyring, worker_code: WorkerCode, day: date) -> bytes:
    return code.derive_holder_key(
        keyring.holder_master_on(day),
        worker_ref=worker_code.worker_ref,
        key_generation=worker_code.key_generation,
    )

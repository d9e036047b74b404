"""Every SELECT about uploaded scans: whose codes, what is known already, what was not right."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    and_,
    any_,
    case,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from attendance.facts import PrintedCard
from attendance.rejudge import Holder
from attendance.rules import CLOCK_TRUST_MS, Span
from core.enums import CheckInMethod, Grade
from db.base import enum_type
from db.models import (
    CheckIn,
    CheckInAnnulment,
    CheckInLook,
    Contract,
    ProjectWorker,
    WorkerCard,
    WorkerCode,
    WorkerPhone,
)

IS_STANDING: ColumnElement[bool] = ~(
    select(col(CheckInAnnulment.id))
    .where(
        col(CheckInAnnulment.project_id) == col(CheckIn.project_id),
        col(CheckInAnnulment.check_in_id) == col(CheckIn.id),
    )
    .exists()
)
"""The turnstile did turn, as far as its gate has said."""

_WAS_LOOKED_AT = and_(
    col(CheckIn.method) == CheckInMethod.CARD_CODE,
    select(col(CheckInLook.id))
    .where(
        col(CheckInLook.project_id) == col(CheckIn.project_id),
        col(CheckInLook.check_in_id) == col(CheckIn.id),
    )
    .exists(),
)
GRADE = case((_WAS_LOOKED_AT, literal(Grade.B, enum_type(Grade))), else_=col(CheckIn.grade))
"""What a crossing is worth now: a look at the face comes after the check-in was written."""


def among(column: Mapped[Any], values: Collection[object]) -> ColumnElement[bool]:
    """Return `column = ANY(values)`: one bound value and one plan, where `IN` binds every value.

    As text, which costs a tenth of what the driver takes to write an array.
    """
    kind = cast("ColumnElement[Any]", column).type
    spelled = ",".join(map(_spell, values))
    return column == any_(sql_cast(literal(f"{{{spelled}}}", Text), ARRAY(kind)))


def _spell(value: object) -> str:
    """Return a value as an element of PostgreSQL's text for arrays."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, bytes):
        return rf"\\x{value.hex()}"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


HAS_WAITED: ColumnElement[bool] = and_(
    col(CheckIn.decided_offline), col(CheckIn.gate_report)["sequence"].astext.is_not(None)
)
"""One of our own gates kept it until it could be sent; what terminals send late says so itself."""


def list_holders(
    session: Session, *, project_id: UUID, worker_refs: Collection[bytes]
) -> dict[bytes, Holder]:
    """Return whom the codes were issued to, registered on this project or not."""
    here = and_(
        col(ProjectWorker.person_id) == WorkerCode.person_id,
        col(ProjectWorker.project_id) == project_id,
    )
    statement = (
        select(col(WorkerCode.worker_ref), col(WorkerCode.key_generation), col(ProjectWorker.id))
        .add_columns(col(ProjectWorker.entered_date), col(ProjectWorker.left_date))
        .add_columns(col(Contract.start_date), col(Contract.end_date))
        .outerjoin(ProjectWorker, here)
        .outerjoin(Contract, col(Contract.project_worker_id) == ProjectWorker.id)
        .where(among(col(WorkerCode.worker_ref), worker_refs))
    )
    earlier = _list_earlier_phones(session, worker_refs)
    holders: dict[bytes, Holder] = {}
    for ref, generation, worker_id, entered, left, start, end in session.execute(statement):
        known = holders.get(ref)
        contracts = known.contracts if known else ()
        if start is not None:
            contracts = (*contracts, Span(start, end))
        stay = Span(entered, left) if worker_id is not None else None
        holders[ref] = Holder(generation, worker_id, stay, contracts, earlier.get(ref, ()))
    return holders


def _list_earlier_phones(
    session: Session, worker_refs: Collection[bytes]
) -> dict[bytes, tuple[tuple[int, datetime], ...]]:
    """Return which generations of keys have ended, and when the next phone was given its own."""
    statement = (
        select(col(WorkerCode.worker_ref), col(WorkerPhone.key_generation))
        .add_columns(col(WorkerPhone.created_at))
        .join(WorkerCode, col(WorkerCode.person_id) == WorkerPhone.person_id)
        .where(among(col(WorkerCode.worker_ref), worker_refs), col(WorkerPhone.key_generation) > 1)
    )
    earlier: dict[bytes, tuple[tuple[int, datetime], ...]] = {}
    for ref, generation, given_at in session.execute(statement):
        earlier[ref] = (*earlier.get(ref, ()), (generation - 1, given_at))
    return earlier


def list_cards(session: Session, digests: Collection[bytes]) -> dict[bytes, PrintedCard]:
    """Return the printed cards with these digests, revoked ones too."""
    statement = (
        select(col(WorkerCard.digest), col(WorkerCode.worker_ref), col(WorkerCard.revoked_at))
        .join(WorkerCode, col(WorkerCode.person_id) == WorkerCard.person_id)
        .where(among(col(WorkerCard.digest), digests))
    )
    return {
        digest: PrintedCard(worker_ref, revoked_at)
        for digest, worker_ref, revoked_at in session.execute(statement)
    }


def list_check_ins(
    session: Session, *, project_id: UUID, source_id: UUID, nonces: Collection[str]
) -> dict[str, CheckIn]:
    """Return what a source has reported under these nonces; the first report of each."""
    statement = (
        select(CheckIn)
        .where(
            col(CheckIn.project_id) == project_id,
            col(CheckIn.source_id) == source_id,
            among(col(CheckIn.nonce), nonces),
        )
        .order_by(col(CheckIn.received_at).desc())
    )
    return {check_in.nonce: check_in for check_in in session.scalars(statement)}


def list_used_steps(
    session: Session,
    *,
    project_id: UUID,
    worker_ids: Collection[UUID],
    steps: Collection[int],
    since: datetime,
    until: datetime,
) -> set[tuple[UUID, int]]:
    """Return the (worker, step) pairs of valid check-ins between two instants.

    By the gates' clocks and by arrival, as `attendance.queries.list_crossings`: a crossing that
    was verified at a gate with a wrong clock is found by its arrival.
    """
    theirs = select(col(CheckIn.project_worker_id), col(CheckIn.code_step)).where(
        col(CheckIn.project_id) == project_id,
        among(col(CheckIn.project_worker_id), worker_ids),
        col(CheckIn.valid),
        among(col(CheckIn.code_step), steps),
        IS_STANDING,
    )
    by_gate = theirs.where(col(CheckIn.occurred_at).between(since, until))
    by_arrival = theirs.where(
        col(CheckIn.received_at).between(since, until),
        col(CheckIn.clock_bound_ms) > literal_column(str(CLOCK_TRUST_MS)),
    )
    return {
        (worker_id, step) for worker_id, step in session.execute(union_all(by_gate, by_arrival))
    }


def find_look(session: Session, *, project_id: UUID, check_in_id: UUID) -> CheckInLook | None:
    """Return what a gate has said about a guard who looked at the face."""
    statement = select(CheckInLook).where(
        col(CheckInLook.project_id) == project_id,
        col(CheckInLook.check_in_id) == check_in_id,
    )
    return session.scalars(statement).one_or_none()


def find_annulment(
    session: Session, *, project_id: UUID, check_in_id: UUID
) -> CheckInAnnulment | None:
    """Return what a gate has said about a turnstile that did not turn."""
    statement = select(CheckInAnnulment).where(
        col(CheckInAnnulment.project_id) == project_id,
        col(CheckInAnnulment.check_in_id) == check_in_id,
    )
    return session.scalars(statement).one_or_none()

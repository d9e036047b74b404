"""Every SELECT about uploaded scans: whose codes, what is known already, what was not right."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    literal,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from attendance.facts import PrintedCard
from attendance.rejudge import Holder
from attendance.rules import CLOCK_TRUST_MS, Span
from core.enums import CheckInMethod, Grade
from db.base import enum_type
from db.bulk import each_of, is_any
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


HAS_WAITED: ColumnElement[bool] = and_(
    col(CheckIn.decided_offline), col(CheckIn.gate_report)["sequence"].astext.is_not(None)
)
"""One of our own gates kept it until it could be sent; what terminals send late says so itself."""


# Put together once: that costs more than PostgreSQL takes to answer.
_HOLDERS = (
    select(col(WorkerCode.worker_ref), col(WorkerCode.key_generation), col(ProjectWorker.id))
    .add_columns(col(ProjectWorker.entered_date), col(ProjectWorker.left_date))
    .add_columns(col(Contract.start_date), col(Contract.end_date))
    .outerjoin(
        ProjectWorker,
        and_(
            col(ProjectWorker.person_id) == WorkerCode.person_id,
            col(ProjectWorker.project_id) == bindparam("project_id"),
        ),
    )
    .outerjoin(Contract, col(Contract.project_worker_id) == ProjectWorker.id)
    .where(is_any(col(WorkerCode.worker_ref), "worker_refs"))
)
_EARLIER_PHONES = (
    select(col(WorkerCode.worker_ref), col(WorkerPhone.key_generation))
    .add_columns(col(WorkerPhone.created_at))
    .join(WorkerCode, col(WorkerCode.person_id) == WorkerPhone.person_id)
    .where(is_any(col(WorkerCode.worker_ref), "worker_refs"), col(WorkerPhone.key_generation) > 1)
)
_CARDS = (
    select(col(WorkerCard.digest), col(WorkerCode.worker_ref), col(WorkerCard.revoked_at))
    .join(WorkerCode, col(WorkerCode.person_id) == WorkerCard.person_id)
    .where(is_any(col(WorkerCard.digest), "digests"))
)
_NONCES = each_of(col(CheckIn.nonce), "nonces")
_REPORTED = (
    select(CheckIn)
    .where(
        col(CheckIn.project_id) == bindparam("project_id"),
        col(CheckIn.source_id) == bindparam("source_id"),
        col(CheckIn.nonce) == _NONCES.c.value,
        col(CheckIn.occurred_at) >= bindparam("since"),
    )
    .order_by(col(CheckIn.occurred_at))
    .lateral()
)
_KNOWN = aliased(CheckIn, _REPORTED)
_CHECK_INS = (
    select(_KNOWN)
    .select_from(_NONCES)
    .join(_REPORTED, true())
    .order_by(col(_KNOWN.received_at).desc())
)
_WORKERS = each_of(col(CheckIn.project_worker_id), "worker_ids")
_COUNTED = select(col(CheckIn.project_worker_id), col(CheckIn.code_step)).where(
    col(CheckIn.project_id) == bindparam("project_id"), col(CheckIn.valid), IS_STANDING
)
_BY_GATE = (
    _COUNTED.where(
        col(CheckIn.project_worker_id) == _WORKERS.c.value,
        col(CheckIn.occurred_at).between(bindparam("since"), bindparam("until")),
    )
    .order_by(col(CheckIn.occurred_at))
    .lateral()
)
_BY_ARRIVAL = _COUNTED.where(
    is_any(col(CheckIn.project_worker_id), "worker_ids"),
    col(CheckIn.received_at).between(bindparam("since"), bindparam("until")),
    col(CheckIn.clock_bound_ms) > literal_column(str(CLOCK_TRUST_MS)),
)
_USED_STEPS = union_all(select(_BY_GATE).select_from(_WORKERS).join(_BY_GATE, true()), _BY_ARRIVAL)


def list_holders(
    session: Session, *, project_id: UUID, worker_refs: Collection[bytes]
) -> dict[bytes, Holder]:
    """Return whom the codes were issued to, registered on this project or not."""
    facts = {"project_id": project_id, "worker_refs": worker_refs}
    earlier = _list_earlier_phones(session, worker_refs)
    holders: dict[bytes, Holder] = {}
    for ref, generation, worker_id, entered, left, start, end in session.execute(_HOLDERS, facts):
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
    earlier: dict[bytes, tuple[tuple[int, datetime], ...]] = {}
    found = session.execute(_EARLIER_PHONES, {"worker_refs": worker_refs})
    for ref, generation, given_at in found:
        earlier[ref] = (*earlier.get(ref, ()), (generation - 1, given_at))
    return earlier


def list_cards(session: Session, digests: Collection[bytes]) -> dict[bytes, PrintedCard]:
    """Return the printed cards with these digests, revoked ones too."""
    return {
        digest: PrintedCard(worker_ref, revoked_at)
        for digest, worker_ref, revoked_at in session.execute(_CARDS, {"digests": digests})
    }


def list_check_ins(
    session: Session,
    *,
    project_id: UUID,
    source_id: UUID,
    nonces: Collection[str],
    since: datetime,
) -> dict[str, CheckIn]:
    """Return what a source has reported under these nonces; the first report of each.

    Of crossings `since` an instant, so that nobody asks two years of partitions.
    """
    facts = {"project_id": project_id, "source_id": source_id, "nonces": nonces, "since": since}
    return {check_in.nonce: check_in for check_in in session.scalars(_CHECK_INS, facts)}


def list_used_steps(
    session: Session,
    *,
    project_id: UUID,
    uses: Collection[tuple[UUID, int]],
    since: datetime,
    until: datetime,
) -> set[tuple[UUID, int]]:
    """Return which of these (worker, step) pairs belong to valid check-ins between two instants.

    By the gates' clocks and by arrival, as `attendance.queries.list_crossings`: a crossing that
    was verified at a gate with a wrong clock is found by its arrival.
    """
    worker_ids = {worker_id for worker_id, _ in uses}
    facts = {"project_id": project_id, "worker_ids": worker_ids, "since": since, "until": until}
    found = session.execute(_USED_STEPS, facts)
    return {(worker_id, step) for worker_id, step in found}.intersection(uses)


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

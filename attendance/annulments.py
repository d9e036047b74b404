"""Taking back a crossing that did not happen, or was not that of the card's holder."""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from attendance import queries, rules, scan_queries, work_days
from attendance.conflict_items import take_up_strangers
from attendance.errors import AnnulmentTooLateError, ScanNotFoundError
from core.clock import local_date
from core.enums import AnnulmentReason
from db.models import CheckIn, CheckInAnnulment, Device

ANNULLED_WITHIN = timedelta(minutes=15)
"""Long enough for a gate to notice, too short to take a working day away later."""
ONE_DAY = timedelta(days=1)


def annul_scan(
    session: Session,
    *,
    device: Device,
    nonce: str,
    at: datetime,
    reason: AnnulmentReason = AnnulmentReason.NOT_OPENED,
) -> CheckInAnnulment:
    """Record that a crossing this gate reported did not happen, and fold its day without it.

    The check-in itself stays. Who came with somebody else's card is for the labour manager to
    look at, see `take_up_strangers`. Repeating gives the first answer, at any time. Raises
    ScanNotFoundError for a nonce this gate never used, AnnulmentTooLateError after 15 minutes.
    """
    check_in = queries.find_check_in(
        session, project_id=device.project_id, source_id=device.id, nonce=nonce
    )
    if check_in is None:
        raise ScanNotFoundError
    known = _find(session, check_in)
    if known is not None:
        return known
    if at - check_in.received_at > ANNULLED_WITHIN:
        raise AnnulmentTooLateError
    annulment = CheckInAnnulment(
        project_id=check_in.project_id, check_in_id=check_in.id, device_id=device.id
    )
    session.execute(
        insert(CheckInAnnulment)
        .values(annulment.model_dump())
        .on_conflict_do_nothing(index_elements=["project_id", "check_in_id"])
    )
    if reason is AnnulmentReason.NOT_THE_HOLDER:
        take_up_strangers(session, project_id=check_in.project_id, check_in_ids=[check_in.id])
    _fold_without(session, check_in)
    stored = _find(session, check_in)
    assert stored is not None
    return stored


def is_annulled(session: Session, check_in: CheckIn) -> bool:
    """Tell whether a gate has taken the crossing back."""
    return _find(session, check_in) is not None


def _find(session: Session, check_in: CheckIn) -> CheckInAnnulment | None:
    return scan_queries.find_annulment(
        session, project_id=check_in.project_id, check_in_id=check_in.id
    )


def _fold_without(session: Session, check_in: CheckIn) -> None:
    if check_in.valid and check_in.project_worker_id:
        day = local_date(rules.date_check_in(check_in))
        work_days.fold_days(
            session,
            project_id=check_in.project_id,
            worker_ids=[check_in.project_worker_id],
            since=day - 2 * ONE_DAY,
            until=day + ONE_DAY,
        )

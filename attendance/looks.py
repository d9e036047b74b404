"""A guard compared the photo of a card's holder with the face, after the gate had opened."""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from attendance import annulments, queries, rules, scan_queries, work_days
from attendance.errors import (
    AnnulledError,
    LookTooLateError,
    NothingToLookAtError,
    ScanNotFoundError,
)
from core.clock import ONE_DAY, local_date
from core.enums import CheckInMethod
from db.models import CheckIn, CheckInLook, Device

LOOKED_WITHIN = timedelta(minutes=15)
"""Longer than anybody stands at a gate; nobody remembers a face for a day."""


def confirm_look(session: Session, *, device: Device, nonce: str, at: datetime) -> CheckInLook:
    """Record that it was the holder of the card, and fold the day with a crossing of grade B.

    The check-in itself stays as it is. Repeating gives the first answer, at any time. Raises
    ScanNotFoundError for a nonce this gate never used, NothingToLookAtError unless it is a card
    that counts, AnnulledError after an annulment, which is how a gate says that it was somebody
    else, LookTooLateError after 15 minutes.
    """
    check_in = queries.find_check_in(
        session, project_id=device.project_id, source_id=device.id, nonce=nonce
    )
    if check_in is None:
        raise ScanNotFoundError
    if check_in.method is not CheckInMethod.CARD_CODE or not check_in.valid:
        raise NothingToLookAtError
    known = _find(session, check_in)
    if known is not None:
        return known
    if annulments.is_annulled(session, check_in):
        raise AnnulledError
    if at - check_in.received_at > LOOKED_WITHIN:
        raise LookTooLateError
    look = CheckInLook(project_id=check_in.project_id, check_in_id=check_in.id, device_id=device.id)
    session.execute(
        insert(CheckInLook)
        .values(look.model_dump())
        .on_conflict_do_nothing(index_elements=["project_id", "check_in_id"])
    )
    _fold_again(session, check_in)
    stored = _find(session, check_in)
    assert stored is not None
    return stored


def _find(session: Session, check_in: CheckIn) -> CheckInLook | None:
    return scan_queries.find_look(session, project_id=check_in.project_id, check_in_id=check_in.id)


def _fold_again(session: Session, check_in: CheckIn) -> None:
    assert check_in.project_worker_id is not None
    queries.lock_workers(session, [check_in.project_worker_id])
    at = rules.date_check_in(check_in)
    day = local_date(at)
    work_days.fold_days(
        session,
        project_id=check_in.project_id,
        worker_ids=[check_in.project_worker_id],
        since=day - ONE_DAY,
        until=day + ONE_DAY,
    )

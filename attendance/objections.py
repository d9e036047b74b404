"""A worker's word for or against a day, with pictures, and what the labour manager answers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from attendance import day_queries, queries, work_days
from attendance.day_rules import RuleBook
from attendance.due_folds import fold_due_of
from attendance.errors import (
    CorrectionUnfitError,
    DayNotUnsureError,
    NotOnProjectThatDayError,
    ObjectionAnsweredError,
    ObjectionNotFoundError,
    ProjectNeededError,
    TooManyPhotosError,
)
from attendance.manual import DayEntry, record_entries
from core.clock import ONE_DAY, local_date
from core.day_enums import EntryOutcome, ObjectionOutcome
from core.enums import WorkDayState
from db.models import (
    DayConfirmation,
    ObjectionPhoto,
    ObjectionReply,
    ProjectWorker,
    WorkDayObjection,
)
from evidence.blobs import FolderBlobs
from evidence.pictures import redraw
from identity.principal import Principal
from identity.queries import list_managers
from notifications.service import Telling, notify, notify_many
from notifications.templates import Template
from projects.queries import list_current_projects

MOST_PHOTOS = 3


def object_to_day(
    session: Session,
    *,
    person_id: UUID,
    work_date: date,
    note: str,
    at: datetime,
    project_id: UUID | None = None,
) -> WorkDayObjection:
    """Record that the worker finds a day wrong; the day itself stays as it is.

    The project's labour managers are told. The same words again are the objection that waits for
    its answer: a thumb taps twice on a slow network. Raises NotOnProjectThatDayError, and
    ProjectNeededError when the worker was on several projects and named none.
    """
    place = _find_place(session, person_id, work_date, at, project_id)
    queries.lock_workers(session, [place.id])  # a repeat waits for the first
    waiting = day_queries.find_waiting_objection(
        session, project_id=place.project_id, worker_id=place.id, day=work_date, note=note
    )
    if waiting is not None:
        return waiting
    objection = WorkDayObjection(
        project_id=place.project_id,
        project_worker_id=place.id,
        work_date=work_date,
        note=note,
    )
    session.add(objection)
    session.flush()
    notify_many(
        session,
        template=Template.DAY_OBJECTED,
        tellings=[
            Telling(manager_id, str(objection.id), {"work_date": str(work_date)})
            for manager_id in list_managers(session, place.project_id)
        ],
        project_id=place.project_id,
    )
    return objection


def confirm_day(
    session: Session,
    *,
    person_id: UUID,
    work_date: date,
    minutes: int,
    units: int,
    at: datetime,
    project_id: UUID | None = None,
) -> DayConfirmation:
    """Record that the worker accepts an uncertain day as shown (`units` in hundredths of a 工日).

    The day is certain from now on, until new check-ins make another day of it. Raises
    DayNotUnsureError when the day is certain or looks different by now, and as `object_to_day`.
    """
    fold_due_of(session, person_id=person_id)
    place = _find_place(session, person_id, work_date, at, project_id)
    queries.lock_workers(session, [place.id])
    day = day_queries.find_work_day(session, project_worker_id=place.id, day=work_date)
    if day is None or day.state is not WorkDayState.NEEDS_CONFIRMATION:
        raise DayNotUnsureError
    if (day.minutes, day.units) != (minutes, units):
        raise DayNotUnsureError
    confirmation = DayConfirmation(
        project_id=place.project_id,
        project_worker_id=place.id,
        work_date=work_date,
        minutes=minutes,
        units=units,
    )
    session.add(confirmation)
    session.flush()
    work_days.fold_days(
        session,
        project_id=place.project_id,
        worker_ids=[place.id],
        since=work_date,
        until=work_date,
    )
    return confirmation


def add_objection_photo(
    session: Session,
    blobs: FolderBlobs,
    *,
    person_id: UUID,
    objection_id: UUID,
    content: bytes,
) -> ObjectionPhoto:
    """Keep a picture with the worker's own objection, drawn anew; the same one is kept once.

    Raises ObjectionNotFoundError, TooManyPhotosError, UploadTooLargeError, TooManyPixelsError,
    PictureUnreadableError.
    """
    objection = day_queries.get_own_objection(
        session, person_id=person_id, objection_id=objection_id
    )
    digest = blobs.put(redraw(content))
    kept = day_queries.list_photos(session, objection_id=objection_id)
    same = [photo for photo in kept if photo.digest == digest]
    if same:
        return same[0]
    if len(kept) >= MOST_PHOTOS:
        raise TooManyPhotosError(most=MOST_PHOTOS)
    photo = ObjectionPhoto(
        project_id=objection.project_id, objection_id=objection_id, digest=digest
    )
    session.add(photo)
    session.flush()
    return photo


def get_own_objection_photo(
    session: Session,
    blobs: FolderBlobs,
    *,
    person_id: UUID,
    objection_id: UUID,
    photo_id: UUID,
) -> bytes:
    """Return a JPEG that goes with the person's own objection; ObjectionNotFoundError."""
    day_queries.get_own_objection(session, person_id=person_id, objection_id=objection_id)
    return _read_photo(session, blobs, objection_id, photo_id)


def get_objection_photo(
    session: Session,
    blobs: FolderBlobs,
    *,
    project_id: UUID,
    objection_id: UUID,
    photo_id: UUID,
) -> bytes:
    """Return a JPEG that goes with an objection on the project; ObjectionNotFoundError."""
    day_queries.get_objection(session, project_id=project_id, objection_id=objection_id)
    return _read_photo(session, blobs, objection_id, photo_id)


def accept_objection(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    objection_id: UUID,
    reason: str,
    in_at: datetime | None,
    out_at: datetime | None,
    at: datetime,
) -> ObjectionReply:
    """Enter what was missing as new check-ins (grade D), and tell the worker.

    What was recorded stays; a locked sheet too. Raises ObjectionNotFoundError,
    ObjectionAnsweredError, CorrectionUnfitError.
    """
    objection = day_queries.get_objection(session, project_id=project_id, objection_id=objection_id)
    reply = _reply(session, principal, objection, ObjectionOutcome.ACCEPTED, reason)
    if not _is_of_day(queries.get_day_rules(session, project_id), objection, in_at, out_at):
        raise CorrectionUnfitError(outcome=EntryOutcome.IMPOSSIBLE)
    (result,) = record_entries(
        session,
        principal=principal,
        project_id=project_id,
        entries=[DayEntry(objection.project_worker_id, in_at, out_at)],
        reason=reason[:200],
        at=at,
        heeds_locks=False,
    )
    if result.outcome is not EntryOutcome.RECORDED:
        raise CorrectionUnfitError(outcome=result.outcome)
    _tell(session, objection, Template.OBJECTION_ACCEPTED)
    return reply


def reject_objection(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    objection_id: UUID,
    reason: str,
) -> ObjectionReply:
    """Keep to the day as it is and say why; the worker is told and may object again or complain.

    Raises ObjectionNotFoundError, ObjectionAnsweredError.
    """
    objection = day_queries.get_objection(session, project_id=project_id, objection_id=objection_id)
    reply = _reply(session, principal, objection, ObjectionOutcome.REJECTED, reason)
    _tell(session, objection, Template.OBJECTION_REJECTED)
    return reply


def _find_place(
    session: Session, person_id: UUID, day: date, at: datetime, project_id: UUID | None
) -> ProjectWorker:
    places = [] if day > local_date(at) else list_current_projects(session, person_id, day)
    meant = [place for place in places if project_id in (None, place.project_id)]
    if not meant:
        raise NotOnProjectThatDayError
    if len(meant) > 1:
        raise ProjectNeededError(projects=[str(place.project_id) for place in meant])
    return meant[0]


def _is_of_day(
    book: RuleBook,
    objection: WorkDayObjection,
    in_at: datetime | None,
    out_at: datetime | None,
) -> bool:
    """Tell whether the times are of the day in question; a night shift ends on the next one."""
    if in_at is not None:
        return book.work_date(in_at) == objection.work_date
    return out_at is None or book.work_date(out_at) - objection.work_date in (0 * ONE_DAY, ONE_DAY)


def _reply(
    session: Session,
    principal: Principal,
    objection: WorkDayObjection,
    outcome: ObjectionOutcome,
    reason: str,
) -> ObjectionReply:
    reply = ObjectionReply(
        project_id=objection.project_id,
        objection_id=objection.id,
        outcome=outcome,
        reason=reason,
        replied_by_id=principal.person_id,
    )
    inserted = session.execute(
        insert(ObjectionReply)
        .values(reply.model_dump())
        .on_conflict_do_nothing(index_elements=["project_id", "objection_id"])
        .returning(col(ObjectionReply.id))
    )
    if inserted.first() is None:
        raise ObjectionAnsweredError
    return reply


def _tell(session: Session, objection: WorkDayObjection, template: Template) -> None:
    place = session.get_one(ProjectWorker, objection.project_worker_id)
    notify(
        session,
        template=template,
        person_id=place.person_id,
        key=str(objection.id),
        project_id=objection.project_id,
        work_date=str(objection.work_date),
    )


def _read_photo(session: Session, blobs: FolderBlobs, objection_id: UUID, photo_id: UUID) -> bytes:
    for photo in day_queries.list_photos(session, objection_id=objection_id):
        if photo.id == photo_id:
            return blobs.get(photo.digest)
    raise ObjectionNotFoundError

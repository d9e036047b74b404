"""Invented objections to days."""

from datetime import date

from sqlmodel import Session

from db.models import ObjectionPhoto, ProjectWorker, WorkDayObjection
from tests.factories.files import DIGEST


def make_objection(
    session: Session, worker: ProjectWorker, day: date, *, note: str = "这天我加班到晚上九点"
) -> WorkDayObjection:
    """Write what a worker says against a day."""
    objection = WorkDayObjection(
        project_id=worker.project_id, project_worker_id=worker.id, work_date=day, note=note
    )
    session.add(objection)
    session.flush()
    return objection


def make_objection_address(session: Session, worker: ProjectWorker, day: date) -> dict[str, str]:
    """Write an objection with a picture; return what stands in the address of both."""
    objection = make_objection(session, worker, day)
    photo = ObjectionPhoto(project_id=worker.project_id, objection_id=objection.id, digest=DIGEST)
    session.add(photo)
    session.flush()
    return {"objection_id": str(objection.id), "photo_id": str(photo.id)}

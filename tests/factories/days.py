"""Invented objections to days, and imported sheets."""

from datetime import date
from uuid import UUID

from sqlmodel import Session

from db.models import ObjectionPhoto, ProjectWorker, SheetImport, WorkDayObjection
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


def make_sheet_import(session: Session, project_id: UUID) -> SheetImport:
    """Write down that a foreign sheet was imported, without its days."""
    sheet_import = SheetImport(project_id=project_id, month="2026-10", file_hash=DIGEST, days=1)
    session.add(sheet_import)
    session.flush()
    return sheet_import

"""Invented printed cards, and kiosks to show them at."""

from uuid import UUID

from sqlmodel import Session

from core.clock import now
from core.enums import DeviceProfile, Role
from db.models import Project, ProjectWorker
from identity.principal import Principal
from qr.cards import IssuedCard, issue_card
from tests.factories.attendance import Gate, make_gate
from tests.factories.identity import make_person, make_principal


def make_manager(session: Session, project_id: UUID) -> Principal:
    """Write the labour manager of a project."""
    person = make_person(session, name="赵主管")
    return make_principal(person.id, Role.LABOUR_MANAGER, project_id=project_id)


def make_card(
    session: Session, worker: ProjectWorker, *, replace_because: str | None = None
) -> IssuedCard:
    """Make a worker's card, as a labour manager of the project does."""
    issued = issue_card(
        session,
        principal=make_manager(session, worker.project_id),
        project_id=worker.project_id,
        worker_id=worker.id,
        replace_because=replace_because,
        at=now(),
    )
    session.flush()
    return issued


def make_kiosk(session: Session, project: Project) -> Gate:
    """Write a paired kiosk."""
    kiosk = make_gate(session, project)
    kiosk.device.profile = DeviceProfile.KIOSK
    session.flush()
    return kiosk

"""Who acts for a company: ``/v1/employers/{uscc}/administrators``."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from api.deps import AdminDep, SessionDep
from api.problems import problems
from api.schemas.administrators import AppointmentIn, AppointmentOut, DismissalIn
from api.strict_json import StrictRouter
from core.clock import now
from identity import grants
from identity.errors import (
    EmployerNotFoundError,
    GrantNotFoundError,
    NotSignedInError,
    RoleRequiredError,
)

router = StrictRouter(prefix="/employers/{uscc}/administrators", tags=["persons"])
NOT_ADMIN = (NotSignedInError, RoleRequiredError, EmployerNotFoundError)
UsccPath = Annotated[str, Path(pattern=r"^[0-9A-Z]{18}$", examples=["91330106MA2AXM0010"])]


@router.get("", responses=problems(*NOT_ADMIN))
def list_employer_admins(
    session: SessionDep, _admin: AdminDep, uscc: UsccPath
) -> list[AppointmentOut]:
    """List who acts for a company.

    For administrators of the installation. They may release bank files as the second person.
    """
    return [AppointmentOut.of(each) for each in grants.list_employer_admins(session, uscc=uscc)]


@router.post("", status_code=201, responses=problems(*NOT_ADMIN))
def appoint_employer_admin(
    session: SessionDep, admin: AdminDep, uscc: UsccPath, body: AppointmentIn
) -> AppointmentOut:
    """Appoint somebody to act for a company.

    For administrators of the installation, by name and phone. Repeating it changes nothing.
    """
    appointed = grants.appoint_employer_admin(
        session, principal=admin, uscc=uscc, **body.model_dump(), at=now()
    )
    return AppointmentOut.of(appointed)


@router.post(
    "/{grant_id}/dismiss",
    status_code=204,
    responses=problems(*NOT_ADMIN, GrantNotFoundError),
)
def dismiss_employer_admin(
    session: SessionDep, admin: AdminDep, uscc: UsccPath, grant_id: UUID, body: DismissalIn
) -> None:
    """End somebody's acting for a company.

    For administrators of the installation. What they did stays on record.
    """
    grants.dismiss_employer_admin(
        session, principal=admin, uscc=uscc, grant_id=grant_id, reason=body.reason, at=now()
    )

"""The desk: pages of the people who make the pay, their sign-in and their rights.

A cookie of its own, so that somebody who is a worker too keeps both apart.
"""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from api.deps import SessionDep, SettingsDep, get_batch_releaser
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.pages.sign_in import CookieJar
from core.clock import now
from core.enums import Role
from identity.errors import NotSignedInError, RoleRequiredError
from identity.principal import Principal
from identity.service import find_principal_by_refresh
from projects.errors import ProjectNotFoundError

COOKIE = "desk"
HOME = "/desk"
DESK_ROLES = (Role.LABOUR_MANAGER, Role.EMPLOYER_ADMIN)


class DeskRoute(PageRoute):
    """A page for people at a desk."""

    home: ClassVar[str] = HOME

    @classmethod
    def make_sign_in_address(cls, _request: Request) -> str:
        """Return where staff sign in."""
        return f"{HOME}/sign-in"


def get_desk_staff(request: Request, session: SessionDep) -> Principal:
    """Return whom this browser's desk is signed in as; NotSignedInError for nobody."""
    token = request.cookies.get(COOKIE)
    principal = find_principal_by_refresh(session, token, now()) if token else None
    if principal is None or principal.role not in DESK_ROLES:
        raise NotSignedInError
    return principal


DeskStaffDep = Annotated[Principal, Depends(get_desk_staff)]


def get_desk_manager(project_id: UUID, staff: DeskStaffDep) -> Principal:
    """Return the labour manager of the project in the path; another's project does not exist."""
    if staff.role is not Role.LABOUR_MANAGER:
        raise RoleRequiredError(roles=[Role.LABOUR_MANAGER.value])
    if staff.project_id != project_id:
        raise ProjectNotFoundError
    return staff


DeskManagerDep = Annotated[Principal, Depends(get_desk_manager)]


def get_desk_releaser(project_id: UUID, staff: DeskStaffDep, session: SessionDep) -> Principal:
    """Return who may release bank files of the project in the path, as over HTTP."""
    return get_batch_releaser(project_id, staff, session)


DeskReleaserDep = Annotated[Principal, Depends(get_desk_releaser)]


def get_desk_jar(settings: SettingsDep) -> CookieJar:
    """Return the jar of the desk's own cookie."""
    return CookieJar(settings, COOKIE)


DeskJarDep = Annotated[CookieJar, Depends(get_desk_jar)]


def render_desk(
    request: Request, template: str, staff: Principal, *, status: int = 200, **context: Any
) -> HTMLResponse:
    """Return a page of the desk, with the menu of whoever is signed in."""
    return render(request, template, status=status, staff=staff, home=HOME, **context)

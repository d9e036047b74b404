"""Vendors' terminals of a project, and what they sent: ``/v1/projects/{id}/terminals``."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from api.deps import KeyringDep, ProjectManagerDep, SessionDep, SettingsDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.terminals import (
    MessageReadingIn,
    RereadingOut,
    TerminalIn,
    TerminalMessageBodyOut,
    TerminalMessageOut,
    TerminalOfferOut,
    TerminalSettingsIn,
)
from api.strict_json import StrictRouter
from attendance import rereading
from core.clock import now
from core.enums import MessageState
from devices import inbox, terminal_queries
from devices.errors import (
    DeviceMessageNotFoundError,
    DeviceNameTakenError,
    DeviceNotFoundError,
    DeviceRevokedError,
    NotATerminalError,
    WrongTerminalSettingsError,
)
from identity.errors import NotSignedInError, RoleRequiredError
from projects.errors import ProjectNotFoundError

router = StrictRouter(tags=["devices"], prefix="/projects/{project_id}")
NOT_YOURS = (NotSignedInError, RoleRequiredError, ProjectNotFoundError)
NO_TERMINAL = (DeviceNotFoundError, DeviceRevokedError, NotATerminalError)


@router.post(
    "/terminals",
    status_code=201,
    responses=problems(*NOT_YOURS, DeviceNameTakenError, WrongTerminalSettingsError),
)
def create_terminal(
    session: SessionDep,
    settings: SettingsDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    body: TerminalIn,
) -> TerminalOfferOut:
    """Connect a vendor's terminal and get its address.

    For the project's labour manager. The address holds the terminal's secret and is shown once.
    """
    offer = inbox.create_terminal(
        session,
        project_id=project_id,
        name=body.name,
        vendor=body.vendor,
        direction=body.direction,
        serial_number=body.serial_number,
        allowed_networks=[str(network) for network in body.allowed_networks],
        settings=body.settings,
    )
    return TerminalOfferOut.of(offer, base_url=str(settings.public_base_url))


@router.put(
    "/terminals/{device_id}",
    status_code=204,
    responses=problems(*NOT_YOURS, *NO_TERMINAL, WrongTerminalSettingsError),
)
def set_up_terminal(
    session: SessionDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    device_id: UUID,
    body: TerminalSettingsIn,
) -> None:
    """Change how a terminal stands and who may call.

    For the project's labour manager. Replaces everything but name, vendor and address.
    """
    inbox.set_up_terminal(
        session,
        project_id=project_id,
        device_id=device_id,
        direction=body.direction,
        serial_number=body.serial_number,
        allowed_networks=[str(network) for network in body.allowed_networks],
        settings=body.settings,
    )


@router.post(
    "/terminals/{device_id}/secret",
    status_code=201,
    responses=problems(*NOT_YOURS, *NO_TERMINAL),
)
def renew_secret(
    session: SessionDep,
    settings: SettingsDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    device_id: UUID,
) -> TerminalOfferOut:
    """Give a terminal a new address.

    For the project's labour manager. The old address ends at once.
    """
    offer = inbox.renew_secret(session, project_id=project_id, device_id=device_id)
    return TerminalOfferOut.of(offer, base_url=str(settings.public_base_url))


@router.post("/terminals/{device_id}/reread", responses=problems(*NOT_YOURS, DeviceNotFoundError))
def reread_messages(
    session: SessionDep,
    keyring: KeyringDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    device_id: UUID,
) -> RereadingOut:
    """Read a terminal's unread messages again.

    For the project's labour manager, after the terminal's settings were corrected. Up to 1,000 at
    once; repeating stores nothing twice.
    """
    result = rereading.reread_messages(
        session, keyring, project_id=project_id, device_id=device_id, at=now()
    )
    return RereadingOut.of(result)


@router.get("/terminal-messages", responses=problems(*NOT_YOURS))
def list_terminal_messages(
    session: SessionDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    page: PageDep,
    state: Annotated[MessageState, Query()] = MessageState.UNREAD,
) -> Page[TerminalMessageOut]:
    """List what terminals sent in the last 7 days.

    For the project's labour manager. Newest first, without the contents.
    """
    listed = terminal_queries.list_messages(
        session, project_id=project_id, state=state, before=page.before, limit=page.limit + 1
    )
    return make_page(listed, limit=page.limit, to_item=TerminalMessageOut.of)


@router.post(
    "/terminal-messages/{message_id}/open",
    responses=problems(*NOT_YOURS, DeviceMessageNotFoundError),
)
def read_terminal_message(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    message_id: UUID,
    body: MessageReadingIn,
) -> TerminalMessageBodyOut:
    """Open one message of a terminal.

    For the project's labour manager, with a reason; who opened what is recorded.
    """
    message, content = inbox.read_message(
        session, project_id=project_id, message_id=message_id, reader=manager, reason=body.reason
    )
    return TerminalMessageBodyOut.of_body(message, content)

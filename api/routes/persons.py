"""Other people's data, with a reason: ``/v1/persons``."""

from uuid import UUID

from api.deps import SessionDep, UnmaskerDep
from api.problems import problems
from api.schemas.persons import UnmaskedOut, UnmaskIn
from api.strict_json import StrictRouter
from identity import service
from identity.errors import (
    FieldNotRecordedError,
    PersonNotFoundError,
    ReasonTooShortError,
    RoleRequiredError,
)

router = StrictRouter(prefix="/persons", tags=["persons"])


@router.post(
    "/{person_id}/unmask",
    responses=problems(
        RoleRequiredError, PersonNotFoundError, FieldNotRecordedError, ReasonTooShortError
    ),
)
def unmask(
    session: SessionDep, principal: UnmaskerDep, person_id: UUID, body: UnmaskIn
) -> UnmaskedOut:
    """Show one full number of a worker.

    For the labour manager of the worker's project and inspectors of its county. Every call is
    recorded with the reason, and the worker can read it under `/v1/me/accesses`.
    """
    value = service.unmask(
        session,
        principal=principal,
        person_id=person_id,
        field=body.field,
        reason=body.reason,
    )
    return UnmaskedOut(field=body.field, value=value)

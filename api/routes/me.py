"""The signed-in person: ``/v1/me``."""

from api.deps import PrincipalDep, SessionDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.me import AccessOut, MeOut
from api.strict_json import StrictRouter
from core.clock import local_date, now
from identity import service
from identity.errors import NotSignedInError, PersonNotFoundError

router = StrictRouter(prefix="/me", tags=["me"])


@router.get("", responses=problems(NotSignedInError, PersonNotFoundError))
def get_me(session: SessionDep, principal: PrincipalDep) -> MeOut:
    """Tell who is signed in.

    For anybody with an access token. Lists every role the person can sign in as and the projects
    they work on today. Identity and phone numbers are masked.
    """
    return MeOut.of(principal, *service.get_me(session, principal, on=local_date(now())))


@router.get("/accesses", responses=problems(NotSignedInError))
def list_accesses(session: SessionDep, principal: PrincipalDep, page: PageDep) -> Page[AccessOut]:
    """List who looked at your full numbers.

    Every look at an unmasked identity number, phone or bank card of yours, newest first, with the
    looker's role and the reason they gave.
    """
    entries = service.list_accesses(
        session, person_id=principal.person_id, before=page.before, limit=page.limit
    )
    return make_page(entries, limit=page.limit, to_item=AccessOut.of)

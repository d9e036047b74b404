"""What somebody is to one case, and which cases they can see."""

from datetime import date

from sqlmodel import Session

from cases import desk_queries, divisions
from cases.step import WORKER
from core.case_enums import Office
from core.enums import Role
from identity.principal import Principal


def find_offices(
    session: Session, principal: Principal, county_code: str, *, on: date
) -> frozenset[Office]:
    """Return what the caller is to a case of this county, beyond having complained."""
    own = principal.county_code
    if principal.role is not Role.INSPECTOR or own is None:
        return WORKER if principal.role is Role.WORKER else frozenset()
    if own != county_code:
        return frozenset({Office.SUPERIOR}) if divisions.is_above(own, county_code) else frozenset()
    is_head = desk_queries.is_head(session, principal.person_id, county_code, on=on)
    return frozenset({Office.INSPECTOR, Office.HEAD} if is_head else {Office.INSPECTOR})


def may_decide(offices: frozenset[Office]) -> bool:
    """Tell whether these offices decide on requests."""
    return bool(offices & {Office.HEAD, Office.SUPERIOR})

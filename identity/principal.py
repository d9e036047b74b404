"""The signed-in caller as a value: one person acting in one role for one scope."""

from dataclasses import dataclass
from uuid import UUID

from core.enums import Role


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever an access token speaks for; at most one of the three scopes is set."""

    person_id: UUID
    role: Role
    sign_in_family_id: UUID
    """The sign-in this token descends from; ending it ends every later refresh."""
    project_id: UUID | None
    employer_id: UUID | None
    county_code: str | None
    kiosk_id: UUID | None = None
    """The kiosk where a card and PIN signed in: no phone, and perhaps somebody who helps."""

    @property
    def is_assisted(self) -> bool:
        """Whether what is said now was said at a kiosk, with a card and PIN."""
        return self.kiosk_id is not None

    @property
    def scope(self) -> str | None:
        """The scope in one word, e.g. ``project:<id>`` or ``county:330106``; None for none."""
        return format_scope(self.project_id, self.employer_id, self.county_code)


def format_scope(
    project_id: UUID | None, employer_id: UUID | None, county_code: str | None
) -> str | None:
    """Return the one scope that is set as ``kind:value``, or None."""
    if project_id is not None:
        return f"project:{project_id}"
    if employer_id is not None:
        return f"employer:{employer_id}"
    return None if county_code is None else f"county:{county_code}"

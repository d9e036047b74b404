"""Decisions about signing in and about looking at personal data, as pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from core.enums import Role
from core.masking import mask_name
from core.text import count_seen
from identity.errors import ChooseIdentityError, ReasonTooShortError, UnknownChoiceError
from identity.principal import Principal, format_scope

ROTATION_GRACE = timedelta(seconds=30)
WORKER_LIFETIME = timedelta(days=90)
STAFF_LIFETIME = timedelta(hours=12)
REASON_LENGTH = 5


class PersonalField(StrEnum):
    """What may be unmasked, one field at a time (PIPL §6: no more than the purpose needs)."""

    ID_NUMBER = "id_number"
    PHONE = "phone"
    BANK_CARD = "bank_card"


class SeenField(StrEnum):
    """What of a person somebody saw whole, as it is recorded and shown to that person."""

    NAME = "name"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    BANK_CARD = "bank_card"


class RefreshVerdict(StrEnum):
    """What to do with a presented refresh token."""

    GOOD = "good"
    ENDED = "ended"
    REUSED = "reused"
    """A rotated token came back late: somebody holds a copy, so the whole family ends."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One person in one role for one scope: what a phone number can sign in as."""

    person_id: UUID
    name: str
    role: Role
    scope_label: str
    grant_id: UUID | None
    project_id: UUID | None
    employer_id: UUID | None
    county_code: str | None

    def as_principal(self, family_id: UUID) -> Principal:
        """Return the principal this identity acts as within one sign-in."""
        return Principal(
            person_id=self.person_id,
            role=self.role,
            sign_in_family_id=family_id,
            project_id=self.project_id,
            employer_id=self.employer_id,
            county_code=self.county_code,
        )

    @property
    def scope(self) -> str | None:
        """The scope as ``kind:value``, or None."""
        return format_scope(self.project_id, self.employer_id, self.county_code)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of a number's identities the caller wants; None leaves a part open."""

    person_id: UUID | None = None
    role: Role | None = None
    scope: str | None = None

    def matches(self, identity: Identity) -> bool:
        """Tell whether every part that was chosen agrees."""
        return (
            self.person_id in (None, identity.person_id)
            and self.role in (None, identity.role)
            and self.scope in (None, identity.scope)
        )


def choose_identity(identities: Sequence[Identity], choice: Choice) -> Identity:
    """Return the one identity that is meant.

    Raises ChooseIdentityError while several remain, UnknownChoiceError when none does.
    """
    wanted = [identity for identity in identities if choice.matches(identity)]
    if not wanted:
        raise UnknownChoiceError
    if len(wanted) > 1:
        raise ChooseIdentityError(choices=[_describe(identity) for identity in wanted])
    return wanted[0]


def compute_expiry(role: Role, at: datetime) -> datetime:
    """Return when an unused refresh token ends.

    A worker keeps the phone in the pocket and signs in rarely; staff see other people's data
    and share office computers.
    """
    return at + (WORKER_LIFETIME if role is Role.WORKER else STAFF_LIFETIME)


def judge_refresh(
    *,
    at: datetime,
    expires_at: datetime,
    rotated_at: datetime | None,
    revoked_at: datetime | None,
) -> RefreshVerdict:
    """Decide on a known refresh token.

    A rotated token stays good for 30 seconds: on a site's poor network the answer with the new
    token is often lost or asked for twice, and ending the sign-in then would lock out an honest
    phone. After that a second use means a copy (RFC 9700 §4.14.2).
    """
    if revoked_at is not None or expires_at <= at:
        return RefreshVerdict.ENDED
    if rotated_at is not None and at > rotated_at + ROTATION_GRACE:
        return RefreshVerdict.REUSED
    return RefreshVerdict.GOOD


def check_reason(reason: str) -> None:
    """Refuse a reason nobody could answer for later."""
    if count_seen(reason) < REASON_LENGTH:
        raise ReasonTooShortError(minimum=REASON_LENGTH)


def _describe(identity: Identity) -> dict[str, str | None]:
    return {
        "person_id": str(identity.person_id),
        "masked_name": mask_name(identity.name),
        "role": identity.role.value,
        "scope": identity.scope,
        "scope_label": identity.scope_label,
    }

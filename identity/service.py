"""Signing in and out, and looking at a person's data with a reason."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from redis import Redis
from sqlmodel import Session

from core.crypto import token_hash
from core.enums import Role
from core.keyring import Keyring
from db.base import new_id
from db.models import AuditEntry, Person, ProjectWorker, SignIn
from db.session import blind_index
from identity import audit, codes, queries, rules
from identity.errors import (
    FieldNotRecordedError,
    PersonNotFoundError,
    SignInEndedError,
)
from identity.principal import Principal
from identity.queries import Engagement
from identity.rules import Choice, Identity, PersonalField, RefreshVerdict
from identity.tokens import KIOSK_LIFETIME, issue_access_token
from notifications.service import send_code

PHONE = "person.phone"
CODE = "sign_in.code"
UNMASK = "person.unmask"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a successful sign-in hands to the caller; the refresh token is not kept anywhere."""

    principal: Principal
    access_token: str
    refresh_token: str
    refresh_expires_at: datetime


@dataclass(frozen=True, slots=True)
class AssistedSignIn:
    """A short sign-in at a kiosk; it ends by itself and cannot be refreshed."""

    principal: Principal
    access_token: str


class _UnknownNumberError(Exception):
    """Undoes the message to a number nobody can sign in with."""


def request_code(session: Session, valkey: Redis, *, phone: str) -> None:
    """Text a sign-in code to the number if somebody can sign in with it.

    Unknown numbers get no message: a form that texts anybody is abused to run up bills. Whether
    a number is known stays hidden, because both cases count against the limits, do the same
    work and return nothing. Raises CodeThrottledError, SignInUnavailableError.
    """
    number_index = blind_index(session, PHONE, phone)
    codes.check_limits(valkey, number_index=number_index)
    code = codes.new_code()
    codes.remember(valkey, number_index=number_index, digest=_digest(session, phone, code))
    is_known = bool(queries.list_number_identities(session, number_index))
    with suppress(_UnknownNumberError), session.begin_nested():
        send_code(session, phone=phone, code=code, key=f"sign_in:{new_id()}")
        if not is_known:
            raise _UnknownNumberError


def sign_in(
    session: Session,
    valkey: Redis,
    keyring: Keyring,
    *,
    phone: str,
    code: str,
    choice: Choice,
    at: datetime,
) -> SignedIn:
    """Exchange a texted code for tokens and use the code up.

    Raises WrongCodeError; ChooseIdentityError when the number is several people or roles (the
    code then stays good for the second call); UnknownChoiceError; SignInUnavailableError.
    """
    number_index = blind_index(session, PHONE, phone)
    codes.check_code(valkey, number_index=number_index, digest=_digest(session, phone, code))
    identities = queries.list_number_identities(session, number_index)
    identity = rules.choose_identity(identities, choice)
    codes.use_up(valkey, number_index=number_index)
    return _open_sign_in(session, keyring, identity, family_id=new_id(), at=at)


def refresh(
    session: Session, keyring: Keyring, *, refresh_token: str, at: datetime
) -> SignedIn | SignInEndedError:
    """Exchange a refresh token for a new pair; the old one is good for 30 seconds more.

    A token that comes back later was copied: the whole family ends. That must outlive the
    refusal, so the refusal is returned, not raised.
    """
    sign_in_row = queries.find_sign_in(session, token_hash(refresh_token))
    if sign_in_row is None:
        return SignInEndedError()
    verdict = _judge(session, sign_in_row, at)
    if verdict is RefreshVerdict.REUSED:
        sign_out(session, family_id=sign_in_row.family_id, at=at)
    identity = _current_identity(session, sign_in_row)
    if verdict is not RefreshVerdict.GOOD or identity is None:
        return SignInEndedError()
    sign_in_row.rotated_at = sign_in_row.rotated_at or at
    return _open_sign_in(session, keyring, identity, family_id=sign_in_row.family_id, at=at)


def sign_in_at_kiosk(
    session: Session, keyring: Keyring, *, person_id: UUID, kiosk_id: UUID, at: datetime
) -> AssistedSignIn:
    """Sign a worker in at a kiosk for ten minutes, once a card and PIN were found good.

    The row and the token name the kiosk, so that what is confirmed now can be told from what the
    worker's own phone confirmed. Raises UnknownChoiceError for somebody who is no worker.
    """
    identities = queries.list_person_identities(session, person_id)
    identity = rules.choose_identity(identities, Choice(role=Role.WORKER))
    family_id = new_id()
    session.add(
        SignIn(
            family_id=family_id,
            person_id=person_id,
            role=identity.role,
            kiosk_id=kiosk_id,
            token_hash=token_hash(secrets.token_urlsafe(32)),  # nobody gets this token
            expires_at=at + KIOSK_LIFETIME,
        )
    )
    principal = replace(identity.as_principal(family_id), kiosk_id=kiosk_id)
    return AssistedSignIn(principal, issue_access_token(keyring, principal, at))


def find_principal_by_refresh(
    session: Session, refresh_token: str, at: datetime
) -> Principal | None:
    """Return whom an unrotated refresh token signs in, without rotating it (the web cookie)."""
    sign_in_row = queries.find_sign_in(session, token_hash(refresh_token))
    if sign_in_row is None or sign_in_row.rotated_at is not None:
        return None
    if _judge(session, sign_in_row, at) is not RefreshVerdict.GOOD:
        return None
    identity = _current_identity(session, sign_in_row)
    return None if identity is None else identity.as_principal(sign_in_row.family_id)


def sign_out(session: Session, *, family_id: UUID, at: datetime) -> None:
    """End every refresh token of the sign-in; its access tokens run out within 15 minutes."""
    for sign_in_row in queries.list_family(session, family_id):
        sign_in_row.revoked_at = sign_in_row.revoked_at or at


def get_me(
    session: Session, principal: Principal, *, on: date
) -> tuple[Person, list[Identity], list[Engagement]]:
    """Return the caller, every role they hold and the projects they are on that day."""
    return (
        queries.get_person(session, principal.person_id),
        queries.list_person_identities(session, principal.person_id),
        queries.list_engagements(session, principal.person_id, on),
    )


def unmask(
    session: Session, *, principal: Principal, person_id: UUID, field: PersonalField, reason: str
) -> str:
    """Return a full personal value and record who looked and why, in one transaction.

    A labour manager sees workers of the own project, an inspector those of the own county, also
    after they left: last wages are paid then. Raises ReasonTooShortError, PersonNotFoundError,
    FieldNotRecordedError.
    """
    rules.check_reason(reason)
    engagement = queries.find_engagement_in_scope(
        session, person_id, project_id=principal.project_id, county_code=principal.county_code
    )
    if engagement is None:
        raise PersonNotFoundError
    value = _personal_value(queries.get_person(session, person_id), engagement, field)
    if value is None:
        raise FieldNotRecordedError
    audit.record(
        session,
        actor=principal,
        action=UNMASK,
        subject_kind="person",
        subject_id=person_id,
        reason=reason.strip(),
        field=field.value,
    )
    return value


def list_accesses(
    session: Session, *, person_id: UUID, before: UUID | None, limit: int
) -> Sequence[AuditEntry]:
    """Return who looked at the person's full data, newest first (PIPL §44: the right to know).

    One row more than `limit` when there are more.
    """
    return queries.list_accesses(session, person_id, action=UNMASK, before=before, limit=limit)


def _digest(session: Session, phone: str, code: str) -> bytes:
    # Keyed: a bare hash of six digits is undone by trying a million of them.
    return blind_index(session, CODE, f"{phone}|{code}")


def _open_sign_in(
    session: Session, keyring: Keyring, identity: Identity, *, family_id: UUID, at: datetime
) -> SignedIn:
    refresh_token = secrets.token_urlsafe(32)
    expires_at = rules.compute_expiry(identity.role, at)
    session.add(
        SignIn(
            family_id=family_id,
            person_id=identity.person_id,
            role=identity.role,
            grant_id=identity.grant_id,
            token_hash=token_hash(refresh_token),
            expires_at=expires_at,
        )
    )
    principal = identity.as_principal(family_id)
    access_token = issue_access_token(keyring, principal, at)
    return SignedIn(principal, access_token, refresh_token, expires_at)


def _judge(session: Session, sign_in_row: SignIn, at: datetime) -> RefreshVerdict:
    return rules.judge_refresh(
        at=at,
        expires_at=sign_in_row.expires_at,
        rotated_at=sign_in_row.rotated_at,
        revoked_at=queries.find_revoked_at(session, sign_in_row.family_id),
    )


def _current_identity(session: Session, sign_in_row: SignIn) -> Identity | None:
    """Return what the sign-in may act as today; None once its role was taken away."""
    choices = queries.list_person_identities(session, sign_in_row.person_id)
    return next(
        (
            identity
            for identity in choices
            if identity.role is sign_in_row.role and identity.grant_id == sign_in_row.grant_id
        ),
        None,
    )


def _personal_value(person: Person, engagement: ProjectWorker, field: PersonalField) -> str | None:
    if field is PersonalField.BANK_CARD:
        return engagement.bank_card
    return person.phone if field is PersonalField.PHONE else person.id_number

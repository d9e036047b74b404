"""A fresh code by text message for one act that must not rest on a sign-in alone.

The code is bound to a person and to what exactly is to be done: it proves nothing else, and ends
five minutes after it was sent, when it is used, or after five wrong tries.
"""

from collections.abc import Mapping
from uuid import UUID

from redis import Redis
from sqlmodel import Session

from db.base import new_id
from db.session import blind_index
from identity import codes
from identity.errors import StepUpCodeWrongError, StepUpPhoneMissingError, WrongCodeError
from identity.queries import get_person
from notifications.service import notify_number
from notifications.templates import Template

SUBJECT = "step_up.subject"
CODE = "step_up.code"
PHONE = "step_up.phone"


def request_step_up(
    session: Session,
    valkey: Redis,
    *,
    person_id: UUID,
    subject: str,
    template: Template,
    values: Mapping[str, str],
) -> None:
    """Text the person a code for `subject`, told what it is for by `template` and `values`.

    Raises StepUpPhoneMissingError, CodeThrottledError, SignInUnavailableError.
    """
    phone = get_person(session, person_id).phone
    if phone is None:
        raise StepUpPhoneMissingError
    codes.check_limits(valkey, number_index=blind_index(session, PHONE, phone))
    code = codes.new_code()
    codes.remember(
        valkey,
        number_index=_key(session, person_id, subject),
        digest=_digest(session, person_id, subject, code),
    )
    notify_number(
        session,
        template=template,
        phone=phone,
        key=f"step_up:{new_id()}",
        project_id=None,
        code=code,
        **values,
    )


def check_step_up(
    session: Session, valkey: Redis, *, person_id: UUID, subject: str, code: str
) -> None:
    """Use the code up; StepUpCodeWrongError unless it was sent to the person for `subject`.

    Not the 401 of a sign-in: the caller's own sign-in is still good.
    """
    key = _key(session, person_id, subject)
    try:
        codes.check_code(
            valkey, number_index=key, digest=_digest(session, person_id, subject, code)
        )
        codes.use_up(valkey, number_index=key)
    except WrongCodeError as error:
        raise StepUpCodeWrongError from error


def _key(session: Session, person_id: UUID, subject: str) -> bytes:
    return blind_index(session, SUBJECT, f"{person_id}|{subject}")


def _digest(session: Session, person_id: UUID, subject: str, code: str) -> bytes:
    return blind_index(session, CODE, f"{person_id}|{subject}|{code}")

"""Use cases of a person's wishes: the language of texts, and which of them to leave out."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.enums import Language
from db.models import MessagePreference
from db.session import blind_index
from notifications import queries
from notifications.delivery.queries import upsert_number
from notifications.queries import Reader
from notifications.service import PHONE


def get_preference(session: Session, *, person_id: UUID) -> Reader:
    """Return how a person is told; Chinese and everything, until they say otherwise.

    Whoever wrote 退订 back from their phone has said so.
    """
    reader = queries.list_readers(session, [person_id])[person_id]
    has_refused = _find_refusal(session, reader) is not None
    return replace(reader, wants_optional=reader.wants_optional and not has_refused)


def set_preference(
    session: Session, *, person_id: UUID, language: Language, wants_optional: bool, at: datetime
) -> Reader:
    """Record how a person wants to be told; what the law asks for is sent all the same.

    The latest word counts: wanting messages again takes an earlier 退订 back.
    """
    wish = queries.find_preference(session, person_id)
    wish = wish or MessagePreference(person_id=person_id, language=language)
    wish.language, wish.wants_optional = language, wants_optional
    session.add(wish)
    session.flush()
    refused = _find_refusal(session, queries.list_readers(session, [person_id])[person_id])
    if wants_optional and refused is not None:
        upsert_number(session, refused, at=at, opted_out_at=None)
    return get_preference(session, person_id=person_id)


def _find_refusal(session: Session, reader: Reader) -> bytes | None:
    """Return the blind index of a number that wrote 退订, None of any other."""
    if reader.phone is None:
        return None
    index = blind_index(session, PHONE, reader.phone)
    status = queries.list_number_statuses(session, [index]).get(index)
    return index if status is not None and status.opted_out_at is not None else None

"""Whose code this is, on any project: for inspectors and passers-by, who decide about no gate."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.clock import local_date
from core.enums import ScanReason
from core.keyring import Keyring
from projects.queries import list_current_projects
from qr import code, queries
from qr.tag_keys import TagKeys

Identified = tuple[ScanReason, UUID | None]
"""OK and the person, or why not."""


def identify(session: Session, keyring: Keyring, *, text: str, at: datetime) -> Identified:
    """Return whose live code or printed card this is; nothing is recorded and no step used up.

    A live code is proved by both tags for a project the worker is on; a card proves only that
    somebody holds it.
    """
    try:
        live_code = code.decode(text)
    except code.MalformedCodeError:
        return _identify_card(session, text)
    return _identify_phone(session, keyring, live_code, at)


def _identify_phone(
    session: Session, keyring: Keyring, live_code: code.LiveCode, at: datetime
) -> Identified:
    worker_code = queries.find_code_by_ref(session, live_code.worker_ref)
    if worker_code is None:
        return ScanReason.UNKNOWN_WORKER, None
    keys = TagKeys(keyring)
    places = list_current_projects(session, worker_code.person_id, local_date(at))
    if not any(keys.is_gate_tag_good(live_code, place.project_id) for place in places):
        return ScanReason.BAD_GATE_TAG, None
    freshness = code.judge_freshness(live_code, at)
    if freshness is not ScanReason.OK:
        return freshness, None
    if not keys.is_holder_tag_good(live_code, worker_code.key_generation):
        return ScanReason.BAD_HOLDER_TAG, None
    return ScanReason.OK, worker_code.person_id


def _identify_card(session: Session, text: str) -> Identified:
    try:
        digest = code.card_digest(code.decode_card(text))
    except code.MalformedCodeError:
        return ScanReason.MALFORMED_CODE, None
    card = queries.find_card(session, digest)
    if card is None:
        return ScanReason.UNKNOWN_WORKER, None
    if card.revoked_at is not None:
        return ScanReason.REVOKED_CARD, None
    return ScanReason.OK, card.person_id

"""What uploaded texts claim: live codes with their tags checked, cards with their holders."""

from collections.abc import Collection
from contextlib import suppress
from functools import lru_cache
from uuid import UUID

from sqlmodel import Session

from attendance import scan_queries
from attendance.judgement import check_tags
from attendance.rejudge import CardClaim, Claim
from core.keyring import Keyring
from qr import code as ax
from qr.tag_keys import TagKeys

KEYRINGS_KEPT = 2
"""The one in force, and the one before it in a transaction that is under way."""
_keys_of = lru_cache(KEYRINGS_KEPT)(TagKeys)

Claims = dict[str, Claim | CardClaim]


def read_claims(
    session: Session, keyring: Keyring, project_id: UUID, texts: Collection[str]
) -> Claims:
    """Return what each text that is a code claims; the number of statements stays the same."""
    codes: dict[str, ax.LiveCode] = {}
    digests: dict[str, bytes] = {}
    for text in texts:
        try:
            codes[text] = ax.decode(text)
        except ax.MalformedCodeError:
            with suppress(ax.MalformedCodeError):
                digests[text] = ax.read_card_digest(text)
    cards = scan_queries.list_cards(session, digests.values()) if digests else {}
    refs = {code.worker_ref for code in codes.values()}
    refs |= {card.worker_ref for card in cards.values()}
    holders = scan_queries.list_holders(session, project_id=project_id, worker_refs=refs)
    keys = _keys_of(keyring)
    claims: Claims = {
        text: check_tags(code, holders.get(code.worker_ref), project_id, keys)
        for text, code in codes.items()
    }
    for text, digest in digests.items():
        card = cards.get(digest)
        holder = holders.get(card.worker_ref) if card else None
        claims[text] = CardClaim(holder, card.revoked_at if card else None)
    return claims

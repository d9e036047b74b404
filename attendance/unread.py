"""Keeping what a gate sent that is no scan: for somebody to read, sealed, each thing once."""

import hashlib
import json
from collections.abc import Sequence

import structlog
from limits import parse
from redis import Redis, RedisError
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from db.models import Device, UnreadScan
from db.throttle import count_try

KEY = ["project_id", "device_id", "digest"]
REFUSED_PER_DEVICE = parse("60/hour")
"""Enough to see what is wrong with a gate; one that repeats itself fills no table."""
LONGEST_REFUSED = 2_000
"""Characters kept of a refused call; the gate itself has all of it."""
PURPOSE = "refused-scan"

log = structlog.get_logger(__name__)


def keep_unread(session: Session, *, device: Device, contents: Sequence[str]) -> None:
    """Keep what is no scan as it came; what is known already is kept once."""
    if contents:
        rows = [
            UnreadScan(
                project_id=device.project_id,
                device_id=device.id,
                digest=hashlib.sha256(content.encode()).digest(),
                content=content,
            ).model_dump()
            for content in contents
        ]
        session.execute(insert(UnreadScan).on_conflict_do_nothing(index_elements=KEY), rows)


def keep_refused(
    session: Session, valkey: Redis, *, device: Device, reason: str, body: str
) -> None:
    """Keep the beginning of a call that was refused as a whole, and why; some of each hour."""
    try:
        is_enough = count_try(valkey, [REFUSED_PER_DEVICE], PURPOSE, str(device.id))
    except RedisError as error:
        log.warning("refused_scan_without_valkey", error=type(error).__name__)
        return
    if not is_enough:
        refused = {"refused": reason, "body": body[:LONGEST_REFUSED]}
        keep_unread(session, device=device, contents=[json.dumps(refused)])

"""The usual backlog of a gate: its own people's codes, never reported before.

Judged by what the hot lane knows by heart and stored by two statements, the second of which stores
all of it or nothing. Whatever is anything else `attendance.offline` takes in, which asks the
database about everything and costs three times as much.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, text
from sqlmodel import Session

from attendance import rules, used_steps
from attendance.findings import Finding, judge_report, make_check_in
from attendance.judgement import Finders, check_tags
from attendance.offline import USE_MARGIN, ScanOutcome, first_instant, is_stranger
from attendance.partitions import partition_name
from attendance.rejudge import Arrival, CardClaim, Claim, ScanReport
from attendance.roster import Gate, NotOnRosterError
from attendance.storing import INSERT, LINES, MARK, NewCheckIn
from core.clock import local_date
from core.enums import ScanStatus
from qr import code as ax
from qr.tag_keys import TagKeys

LOCK = text(
    """
WITH gate AS MATERIALIZED (
  SELECT id FROM device WHERE id = :device_id AND revoked_at IS NULL FOR NO KEY UPDATE
), worker AS MATERIALIZED (
  SELECT id FROM project_worker
  WHERE id = ANY (CAST(:worker_ids AS uuid[])) AND EXISTS (SELECT FROM gate)
  ORDER BY id FOR NO KEY UPDATE
)
SELECT count(*) FROM worker
WHERE NOT EXISTS (
  SELECT FROM unnest(CAST(:partitions AS text[])) AS name WHERE to_regclass(name) IS NULL
)
"""
).bindparams(bindparam("device_id", type_=Uuid))
STORE = text(
    f"""
WITH {LINES}, heard AS MATERIALIZED (
  -- Each in the order of one index, or the planner may take another that leads past all rows.
  SELECT FROM line WHERE (
    SELECT known.id FROM check_in AS known
    WHERE known.project_id = :project_id AND known.source_id = :device_id
      AND known.nonce = line.nonce AND known.occurred_at >= :since
    ORDER BY known.occurred_at LIMIT 1
  ) IS NOT NULL OR (
    SELECT known.id FROM check_in AS known
    WHERE known.project_id = :project_id AND known.project_worker_id = line.project_worker_id
      AND known.code_step = line.code_step AND known.valid
      AND known.occurred_at BETWEEN :first AND :last
    ORDER BY known.occurred_at LIMIT 1
  ) IS NOT NULL
  UNION ALL
  SELECT FROM check_in AS known
  WHERE known.project_id = :project_id
    AND known.project_worker_id = ANY (CAST(:worker_ids AS uuid[]))
    AND known.received_at BETWEEN :first AND :last AND known.valid
    AND known.clock_bound_ms > {rules.CLOCK_TRUST_MS}
), stored AS (
  {INSERT} WHERE NOT EXISTS (SELECT FROM heard)
  ON CONFLICT (project_id, source_id, nonce, occurred_at) DO NOTHING
  RETURNING id
), {MARK}
SELECT count(*) FROM stored
"""  # noqa: S608  constants of our own
).bindparams(bindparam("project_id", type_=Uuid), bindparam("device_id", type_=Uuid))


class NotPlainError(Exception):
    """Something in an upload has to be asked about; nothing of it may be committed."""


class Known(msgspec.Struct, frozen=True):
    """What is known by heart of a gate and its site."""

    gate: Gate
    find: Finders
    keys: TagKeys


def take_plain_scans(
    session: Session, known: Known, *, scans: Sequence[ScanReport], arrival: Arrival
) -> list[ScanOutcome]:
    """Store what a gate uploads, if it is plain, with marks for the days it touches.

    One outcome for each scan, in the same order, as `attendance.offline.take_scans` would give.
    Raises NotPlainError; the transaction is to be rolled back then.
    """
    if len({scan.nonce for scan in scans}) < len(scans):
        raise NotPlainError
    findings = [judge_report(scan, _read_claim(scan.code, known), arrival) for scan in scans]
    oldest_fresh = used_steps.oldest_fresh_step(arrival.received_at)
    if any(_is_odd(finding, oldest_fresh) for finding in findings):
        raise NotPlainError
    used: set[tuple[UUID, int]] = set()
    made = [make_check_in(each, each.report.nonce, used, arrival) for each in findings]
    worker_ids = {each.named.hex for each in findings if each.named}
    days = {local_date(each.occurred_at) for each in made}
    _lock(session, known.gate, worker_ids, {partition_name(day) for day in days})
    _store(session, known.gate, worker_ids, made, since=first_instant(findings, arrival))
    return [ScanOutcome(each.nonce, ScanStatus.RECORDED, each) for each in made]


def _read_claim(code: str, known: Known) -> Claim | CardClaim | None:
    """Return what a code claims; NotPlainError if the database has to say whose it is."""
    try:
        try:
            live = ax.decode(code)
        except ax.MalformedCodeError:
            return _read_card(code, known)
        owner = known.find.by_ref(live.worker_ref)
    except NotOnRosterError:
        raise NotPlainError from None
    claim = check_tags(live, owner.holder if owner else None, known.gate.project_id, known.keys)
    if claim.is_gate_tag_good and not claim.is_holder_tag_good:
        raise NotPlainError  # perhaps of an earlier phone
    return claim


def _read_card(code: str, known: Known) -> CardClaim | None:
    try:
        digest = ax.read_card_digest(code)
    except ax.MalformedCodeError:
        return None
    card = known.find.by_card(digest)
    return CardClaim(card.owner.holder, card.revoked_at) if card else None


def _is_odd(finding: Finding, oldest_fresh: int) -> bool:
    """Tell whether more hangs on a scan than its own row.

    Somebody else's card is listed for the labour manager, and an online gate may be opening for a
    step that is still fresh.
    """
    is_fresh = finding.use is not None and finding.use[1] >= oldest_fresh
    return is_fresh or is_stranger(finding.report)


def _lock(
    session: Session, gate: Gate, worker_ids: Collection[str], partitions: Collection[str]
) -> None:
    """Let one upload of a gate at a time go on, and one of each worker, as `attendance.offline`."""
    facts = {
        "device_id": gate.id,
        "worker_ids": _write_array(worker_ids),
        "partitions": _write_array(partitions),
    }
    if session.scalar(LOCK, facts) != len(worker_ids) or not worker_ids:
        raise NotPlainError


def _store(
    session: Session,
    gate: Gate,
    worker_ids: Collection[str],
    check_ins: Sequence[NewCheckIn],
    *,
    since: datetime,
) -> None:
    facts = {
        "lines": msgspec.json.encode(check_ins).decode(),
        "project_id": gate.project_id,
        "device_id": gate.id,
        "worker_ids": _write_array(worker_ids),
        "since": since,
        "first": min(each.occurred_at for each in check_ins) - USE_MARGIN,
        "last": max(each.occurred_at for each in check_ins) + USE_MARGIN,
    }
    if session.scalar(STORE, facts) != len(check_ins):
        raise NotPlainError


def _write_array(words: Collection[str]) -> str:
    """Return an array as PostgreSQL reads it, many times cheaper than one of UUIDs."""
    return "{" + ",".join(words) + "}"

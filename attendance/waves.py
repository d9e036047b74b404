"""The one statement that stores a wave of scans: nonces, steps, check-ins and fold marks at once.

The database decides what was there before, in the same transaction that makes the check-ins
durable. So several API processes agree, nothing is remembered that did not happen, and a lost
cache opens no gate twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from attendance.judgement import ScanRecord
from attendance.rules import CLOCK_TRUST_MS
from core.clock import SHANGHAI
from core.enums import ScanReason
from db.direct import DirectConnection

ASKED_AGAIN = timedelta(days=1)
"""A gate asks again within seconds, and later it uploads; each month looked through costs time."""
SESSION_SETTINGS = {
    "application_name": "anxinma hot lane",
    # A wave waits this long for somebody else's lock; then each of its scans goes its own way.
    "lock_timeout": "1s",
    # The wave is small and the tables are not: always by index, planned once.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_sort": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}

STORE_WAVE = f"""
WITH scan AS (
  -- One parameter: the server reads JSON faster than the driver writes fourteen arrays.
  SELECT * FROM json_to_recordset($1) AS scan (
    id uuid, project_id uuid, device_id uuid, nonce text, project_worker_id uuid,
    direction text, method text, grade text, occurred_at timestamptz, received_at timestamptz,
    clock_bound_ms int, reason text, code_step bigint, presented text
  )
), unheard AS (
  -- Neither as a join nor without the order: over a partition that was empty when this was
  -- planned, both would let the planner take an index that leads past all rows of the project.
  SELECT * FROM scan WHERE (
    SELECT known.id FROM check_in AS known
    WHERE known.project_id = scan.project_id AND known.source_id = scan.device_id
      AND known.nonce = scan.nonce AND known.occurred_at >= $2
    ORDER BY known.occurred_at LIMIT 1
  ) IS NULL
), claim AS (
  INSERT INTO used_step (project_id, project_worker_id, code_step, check_in_id)
  SELECT project_id, project_worker_id, code_step, id FROM unheard
  WHERE reason = 'ok' AND code_step IS NOT NULL
  ORDER BY project_id, project_worker_id, code_step
  ON CONFLICT DO NOTHING
  RETURNING check_in_id
), judged AS MATERIALIZED (
  SELECT *, CASE
    WHEN reason = 'ok' AND code_step IS NOT NULL AND id NOT IN (SELECT check_in_id FROM claim)
    THEN 'already_used' ELSE reason END AS final_reason
  FROM unheard
), stored AS (
  INSERT INTO check_in (
    id, project_id, source_id, device_id, nonce, project_worker_id, direction, method, grade,
    occurred_at, received_at, clock_bound_ms, admitted, valid, reason, decided_offline,
    code_step, presented
  )
  SELECT
    id, project_id, device_id, device_id, nonce, project_worker_id, direction, method, grade,
    occurred_at, received_at, clock_bound_ms, final_reason = 'ok', final_reason = 'ok',
    final_reason, false, code_step, CASE WHEN final_reason <> 'ok' THEN presented END
  FROM judged
  ON CONFLICT (project_id, source_id, nonce, occurred_at) DO NOTHING
  RETURNING id, reason, project_id, project_worker_id, (
    CASE WHEN clock_bound_ms <= {CLOCK_TRUST_MS} THEN occurred_at ELSE received_at END
    AT TIME ZONE '{SHANGHAI.key}'
  )::date AS day
), mark AS (
  INSERT INTO fold_due (project_id, project_worker_id, check_in_id, day)
  SELECT project_id, project_worker_id, id, day FROM stored WHERE reason = 'ok'
)
SELECT id, reason FROM stored
UNION ALL
SELECT check_in_id, NULL FROM claim WHERE check_in_id NOT IN (SELECT id FROM stored)
"""  # noqa: S608  two constants of our own

RELEASE_CLAIMS = "DELETE FROM used_step WHERE check_in_id = ANY($1)"


@dataclass(slots=True)
class StoredWave:
    """What became of a wave."""

    reasons: dict[UUID, ScanReason] = field(default_factory=dict)
    """Of each check-in that is now durable; a scan whose report is known already has none."""


async def store_wave(connection: DirectConnection, records: Sequence[ScanRecord]) -> StoredWave:
    """Store records of distinct reports, each entirely or not at all; durable when this returns.

    Raises LostDatabaseError when that is unknown, RefusedStatementError when nothing was stored.
    """
    rows = msgspec.json.encode(sorted(records, key=_by_report))
    answers = await connection.fetch(STORE_WAVE, rows.decode(), _first_instant(records))
    wave = StoredWave()
    orphans = []
    for check_in_id, reason in answers:
        if reason is None:
            orphans.append(check_in_id)
        else:
            wave.reasons[check_in_id] = ScanReason(reason)
    if orphans:  # another process stored the same report first, and used its own step up
        await connection.fetch(RELEASE_CLAIMS, orphans)
    return wave


def _first_instant(records: Sequence[ScanRecord]) -> datetime:
    """Return when the oldest question can lie that one of these repeats; before it nobody looks."""
    return min(min(record.occurred_at, record.received_at) for record in records) - ASKED_AGAIN


def _by_report(record: ScanRecord) -> tuple[int, int, str]:
    """Waves of several processes lock their rows in one order, or they would wait in a circle."""
    return record.project_id.int, record.device_id.int, record.nonce

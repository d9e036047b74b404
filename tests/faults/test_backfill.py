"""The API dies once in a backlog of 3,000 scans; `tests.faults.backfill` uploads two million."""

from pathlib import Path

from core.settings import Settings
from tests.faults.backfill import Run

SCANS = 3_000
MOST_GROWN_MEGABYTES = 40
"""Pools, caches and the interpreter's own reserves; the scans' bodies alone are less than this."""


def test_a_backlog_outlives_a_killed_server_and_is_stored_once(
    live_settings: Settings, tmp_path: Path
) -> None:
    run = Run(live_settings, tmp_path)
    with run.running():
        outcome = run.upload(SCANS)

    assert (outcome.stored, outcome.counted) == (SCANS, SCANS)
    assert outcome.missing == set()
    assert outcome.repeated == 0
    assert outcome.asked > 0
    assert outcome.grown_megabytes < MOST_GROWN_MEGABYTES

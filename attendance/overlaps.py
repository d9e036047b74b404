"""Minutes that stand on two projects at once; pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from uuid import UUID

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PlacedSpan:
    """From when to when somebody surely was on one project, counted for a day there."""

    project_worker_id: UUID
    work_date: date
    since: datetime
    until: datetime


def compute_overlaps(spans: Sequence[PlacedSpan]) -> dict[tuple[UUID, date], int]:
    """Return the minutes of each day that another project counts too; both days are named."""
    overlaps: dict[tuple[UUID, date], int] = defaultdict(int)
    for one, other in combinations(spans, 2):
        if one.project_worker_id == other.project_worker_id:
            continue
        shared = min(one.until, other.until) - max(one.since, other.since)
        if shared >= MINUTE:
            for span in (one, other):
                overlaps[span.project_worker_id, span.work_date] += shared // MINUTE
    return dict(overlaps)

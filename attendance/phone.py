"""Phone punches at a project's poster: grade C, whatever the phone's location says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from redis import Redis, RedisError
from sqlmodel import Session

from attendance import phone_queries, queries, rules, work_days
from attendance.conflict_items import take_up_signals
from attendance.errors import NotOnThisProjectError, TooManyPunchesError
from attendance.facts import PhoneWorker
from attendance.fences import Fence, make_fence
from attendance.phone_rules import (
    DOUBLE_TAP,
    TRAVEL_WINDOW,
    Finding,
    Location,
    Sighting,
    judge_location,
    see,
    tell_worker,
)
from core.clock import ONE_DAY, local_date
from core.enums import CheckInMethod, Direction, Notice
from db.models import CheckIn, Project, ProjectFence
from db.throttle import count_try
from identity import consents
from projects.queries import find_fence, get_project_by_poster

PUNCHES = (RateLimitItemPerMinute(10), RateLimitItemPerHour(60))
"""For each person; a day's work is two to six."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PunchIn:
    """What a phone sends: `nonce` is chosen once for each punch and repeated with it."""

    poster_token: str
    direction: Direction
    nonce: str
    location: Location | None
    notice_version: str | None = None
    """Of the notice that the worker agreed to just now; needed once."""


@dataclass(frozen=True, slots=True)
class PunchView:
    """A phone punch as its worker sees it."""

    check_in: CheckIn
    finding: Finding
    says: list[str]

    @property
    def id(self) -> UUID:
        """What pages are ordered by."""
        return self.check_in.id

    @property
    def location(self) -> Location | None:
        """What the phone said; for nobody but its worker."""
        kept = self.check_in.location
        return None if kept is None else Location.from_json(kept)


def check_in_at_poster(
    session: Session, valkey: Redis, *, person_id: UUID, punch: PunchIn, at: datetime
) -> PunchView:
    """Record a phone punch by our own clock and fold the days it touches.

    The same nonce again, or the same way again within a minute, is the punch it repeats. A
    location is used and kept only with the worker's consent. Who has left the project is recorded
    but not counted. Raises TooManyPunchesError, UnknownPosterError, NotOnThisProjectError.
    """
    _count_punch(valkey, person_id)
    project = get_project_by_poster(session, punch.poster_token)
    worker = phone_queries.find_phone_worker(session, project_id=project.id, person_id=person_id)
    if worker is None:
        raise NotOnThisProjectError
    queries.lock_workers(session, [worker.project_worker_id])  # a repeat waits for the first
    nonce, known = _find_same(session, project, person_id, punch)
    known = known or _find_double_tap(session, project, worker, punch, at)
    if known is not None:
        return view_punch(known)
    location = _use_location(session, person_id, punch, at)
    finding = _judge(session, project, person_id, location, at)
    check_in = CheckIn(
        project_id=project.id,
        source_id=person_id,
        nonce=nonce,
        direction=punch.direction,
        location=None if location is None else location.to_json(),
        gate_report=finding.to_report(),
        **_judge_standing(worker, punch.direction, at),
    )
    return _record(session, check_in, finding)


def list_punches(
    session: Session, *, person_id: UUID, before: UUID | None, limit: int
) -> list[PunchView]:
    """Return up to `limit` of the person's phone punches made before one, newest first."""
    found = phone_queries.list_phone_punches(
        session, person_id=person_id, before=before, limit=limit
    )
    return [view_punch(check_in) for check_in in found]


def view_punch(check_in: CheckIn) -> PunchView:
    """Return a phone punch as its worker sees it."""
    finding = Finding.from_report(check_in.gate_report)
    assert finding is not None
    says = tell_worker(check_in.direction, check_in.reason, finding.signals)
    return PunchView(check_in, finding, says)


def _count_punch(valkey: Redis, person_id: UUID) -> None:
    """Refuse a phone that runs wild; without Valkey everybody may go to work."""
    try:
        wait = count_try(valkey, PUNCHES, "attendance", "phone-punch", str(person_id))
    except RedisError as error:
        log.warning("phone_punch_not_counted", error=type(error).__name__)
        return
    if wait:
        raise TooManyPunchesError(retry_after=wait)


def _find_same(
    session: Session, project: Project, person_id: UUID, punch: PunchIn
) -> tuple[str, CheckIn | None]:
    """Return the nonce to record under, and what is recorded under it already."""
    known = _find_report(session, project, person_id, punch.nonce)
    if known is None or known.direction is punch.direction:
        return punch.nonce, known
    nonce = rules.name_contradiction(punch.nonce, punch.direction)
    return nonce, _find_report(session, project, person_id, nonce)


def _find_report(session: Session, project: Project, person_id: UUID, nonce: str) -> CheckIn | None:
    return queries.find_check_in(session, project_id=project.id, source_id=person_id, nonce=nonce)


def _find_double_tap(
    session: Session, project: Project, worker: PhoneWorker, punch: PunchIn, at: datetime
) -> CheckIn | None:
    return phone_queries.find_punch_since(
        session,
        project_id=project.id,
        project_worker_id=worker.project_worker_id,
        direction=punch.direction,
        since=at - DOUBLE_TAP,
    )


def _use_location(
    session: Session, person_id: UUID, punch: PunchIn, at: datetime
) -> Location | None:
    """Return the location if its owner agreed to its use, now or before (个人信息保护法 §29)."""
    if punch.notice_version is not None:
        consents.agree(
            session,
            person_id=person_id,
            notice=Notice.LOCATION,
            version=punch.notice_version,
            at=at,
        )
    if punch.location is None:
        return None
    may_use = consents.has_agreed(session, person_id=person_id, notice=Notice.LOCATION)
    return punch.location if may_use else None


def _judge(
    session: Session,
    project: Project,
    person_id: UUID,
    location: Location | None,
    at: datetime,
) -> Finding:
    stored = find_fence(session, project.id)
    fence = _read(stored) if stored else None
    before = _find_sighting(session, person_id, at) if location else None
    return judge_location(location, fence=fence, before=before, at=at)


def _find_sighting(session: Session, person_id: UUID, at: datetime) -> Sighting | None:
    seen = phone_queries.find_last_seen(session, person_id=person_id, since=at - TRAVEL_WINDOW)
    if seen is None:
        return None
    if seen.location is not None:
        return see(Location.from_json(seen.location), seen.at)
    assert seen.fence is not None
    fence = _read(seen.fence)
    return Sighting(seen.at, fence.centre, fence.reach_m)


def _read(stored: ProjectFence) -> Fence:
    return make_fence(stored.points, stored.radius_m, stored.datum)


def _judge_standing(worker: PhoneWorker, direction: Direction, at: datetime) -> dict[str, Any]:
    """Return the columns that say whose punch it is and what it is worth."""
    reason = rules.judge_standing(
        worker.stay, worker.contracts, direction=direction, on=local_date(at)
    )
    return {
        "project_worker_id": worker.project_worker_id,
        "method": CheckInMethod.POSTER,
        "grade": rules.grade_method(CheckInMethod.POSTER),
        "occurred_at": at,
        "received_at": at,
        "admitted": rules.is_work(reason),
        "valid": rules.is_work(reason),
        "reason": reason,
    }


def _record(session: Session, check_in: CheckIn, finding: Finding) -> PunchView:
    session.add(check_in)
    session.flush()
    if check_in.valid:
        _fold(session, check_in)
        if finding.signals:
            take_up_signals(session, check_in)
    return view_punch(check_in)


def _fold(session: Session, check_in: CheckIn) -> None:
    assert check_in.project_worker_id is not None
    day = local_date(check_in.occurred_at)
    work_days.fold_days(
        session,
        project_id=check_in.project_id,
        worker_ids={check_in.project_worker_id},
        # A punch can move its neighbours' exits, and before dawn it counts for the day before.
        since=day - 2 * ONE_DAY,
        until=day + ONE_DAY,
    )

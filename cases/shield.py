"""Watching over people who complained; what is found is for inspectors alone."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from cases import desk, desk_queries, shield_rules, workflow
from cases import shield_queries as queries
from cases.desk_errors import SignNotFoundError
from cases.shield_queries import Watch
from cases.shield_rules import WINDOW_DAYS, Watched
from core.case_enums import CaseState
from core.clock import local_date
from db.models import Contract, ProjectWorker, RetaliationSign
from identity.principal import Principal
from notifications.service import notify
from notifications.templates import Template

CHUNK = 200
WATCHED_STATES = (*workflow.OPEN, CaseState.CLOSED)
WINDOW = timedelta(days=WINDOW_DAYS)
NEAR = timedelta(days=7)


def watch_chunk(session: Session, *, after: UUID | None, at: datetime) -> UUID | None:
    """Look after a chunk of complainants; return where the next chunk begins, None at the end.

    Running again, or after having been killed, finds the same signs and tells nobody twice.
    """
    watches = queries.list_watches(
        session,
        since=at - shield_rules.WATCHED,
        after=after,
        limit=CHUNK,
        states=WATCHED_STATES,
    )
    for watch in watches:
        _look_after(session, watch, at)
    return watches[-1].case.id if watches else None


def settle_sign(
    session: Session,
    *,
    principal: Principal,
    number: str,
    sign_id: UUID,
    finding: str,
    at: datetime,
) -> None:
    """Write down what came of a sign.

    Raises CaseNotFoundError, ConflictOfInterestError, SignNotFoundError.
    """
    case, _ = desk.lock_unbiased(session, principal, number)
    sign = queries.find_sign(session, case.id, sign_id)
    if sign is None:
        raise SignNotFoundError
    sign.settled_at, sign.settled_by, sign.finding = at, principal.person_id, finding


def _look_after(session: Session, watch: Watch, at: datetime) -> None:
    for kind, facts in shield_rules.judge(_gather(session, watch, at)).items():
        sign = RetaliationSign(created_at=at, case_id=watch.case.id, kind=kind, facts=facts)
        if queries.add_sign(session, sign):
            _tell_inspectors(session, watch)


def _tell_inspectors(session: Session, watch: Watch) -> None:
    """Tell those who handle the case, or everybody in the bureau while nobody does."""
    handlers = desk_queries.list_handlers_now(session, watch.case.id)
    people = {handler.person_id for handler in handlers}
    if not people:
        known = desk_queries.list_inspectors(session, [watch.case.county_code])
        people = {person.id for person in known}
    for person_id in sorted(people):
        notify(
            session,
            template=Template.RETALIATION_SEEN,
            person_id=person_id,
            key=f"retaliation:{watch.case.id}",
            number=watch.case.number,
        )


def _gather(session: Session, watch: Watch, at: datetime) -> Watched:
    worker, filed_at = watch.worker, watch.complaint.created_at
    filed = local_date(filed_at)
    crew = queries.list_crew(session, worker)
    first, last = filed - WINDOW, filed + WINDOW
    left = worker.left_date if worker.left_date and worker.left_date >= filed else None
    contracts = queries.list_contracts(session, [worker.id, *(mate.id for mate in crew)])
    before, after = _find_rates(contracts, worker.id, filed_at)
    return Watched(
        left_date=left,
        crew_left=_count_left(crew, left),
        crew_size=len(crew),
        denied=queries.count_denied(session, worker, since=filed_at),
        own=queries.count_days(session, [worker.id], first=first, turn=filed, last=last),
        crew=queries.count_days(
            session, [mate.id for mate in crew], first=first, turn=filed, last=last
        ),
        is_window_over=local_date(at) > filed + WINDOW,
        rate_before_fen=before,
        rate_after_fen=after,
        crew_rate_fell=any(_fell(contracts, mate.id, filed_at) for mate in crew),
    )


def _count_left(crew: Sequence[ProjectWorker], left: date | None) -> int:
    if left is None:
        return 0
    days = [mate.left_date for mate in crew if mate.left_date is not None]
    return sum(abs(day - left) <= NEAR for day in days)


def _find_rates(
    contracts: Sequence[Contract], worker_id: UUID, filed_at: datetime
) -> tuple[int | None, int | None]:
    """Return the rate agreed before the filing and the latest one agreed after it."""
    own = [contract for contract in contracts if contract.project_worker_id == worker_id]
    before = [contract.unit_price_fen for contract in own if contract.created_at < filed_at]
    after = [contract.unit_price_fen for contract in own if contract.created_at >= filed_at]
    return (before[-1] if before else None, after[-1] if after else None)


def _fell(contracts: Sequence[Contract], worker_id: UUID, filed_at: datetime) -> bool:
    before, after = _find_rates(contracts, worker_id, filed_at)
    return before is not None and after is not None and after < before

"""Setting what a project counts as a day, and having its unlocked days counted anew."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from attendance import fold_queries
from attendance.day_rules import DayRules
from attendance.due_folds import wake_fold
from attendance.errors import DayRulesTooEarlyError
from attendance.folding import RULE_VERSION
from core.clock import ONE_DAY, month_start, next_month
from db.models import DayRule, RefoldDue
from identity.principal import Principal


def set_day_rules(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    from_date: date,
    rules: DayRules,
    reason: str,
    at: datetime,
) -> DayRule:
    """Let days from a date on count by these rules; a job folds those that are on no locked sheet.

    Of rules from the same date the ones set last count. Raises DayRulesTooEarlyError.
    """
    locked = fold_queries.find_last_locked_month(session, project_id)
    if locked is not None and from_date < next_month(month_start(locked)):
        raise DayRulesTooEarlyError(earliest=str(next_month(month_start(locked))))
    rule = DayRule(
        project_id=project_id,
        from_date=from_date,
        day_starts_at=rules.day_starts_at,
        full_day_minutes=rules.full_day_minutes,
        half_day_minutes=rules.half_day_minutes,
        break_minutes=rules.break_minutes,
        overtime_cap_minutes=rules.overtime_cap_minutes,
        reason=reason,
        set_by_id=principal.person_id,
    )
    session.add(rule)
    session.flush()
    # The night before belongs to the new rules in part.
    _mark(session, fold_queries.select_everybody(project_id, since=from_date - ONE_DAY))
    wake_fold(session, source=str(rule.id), at=at)
    return rule


def mark_outdated(session: Session) -> None:
    """Have unlocked days folded again that an earlier version of the fold has made."""
    _mark(session, fold_queries.select_outdated(RULE_VERSION))


def _mark(session: Session, workers: Select[UUID, UUID, date]) -> None:
    statement = insert(RefoldDue).from_select(
        ["project_id", "project_worker_id", "since_date"], workers
    )
    earlier = func.least(RefoldDue.since_date, statement.excluded.since_date)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["project_id", "project_worker_id"], set_={"since_date": earlier}
        )
    )

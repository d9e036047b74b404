"""农民工工资专用账户: does it hold what is due, and may it be closed (条例 §26, §27)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from cases.desk_queries import list_inspectors
from core.clock import local_date
from db.models import ClosingNotice, Project, WageAccountEntry
from identity import audit
from identity.principal import Principal
from identity.queries import list_managers
from notifications.service import Telling, notify_many
from notifications.templates import Template
from payroll import account_queries as queries
from payroll.account_errors import (
    AccountNotClosableError,
    ClosingAnnouncedError,
    ClosingNotAnnouncedError,
)
from payroll.account_queries import UnpaidMonth
from projects.queries import find_closing_notice, lock_project

WATCHED = timedelta(days=7)
"""Before wages are due: time for 人工费 to come in."""
NOTICE = timedelta(days=30)
"""条例 §27: 公示30日."""
INFLOWS_SHOWN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Account:
    """A wage account on a day; amounts in fen."""

    latest: WageAccountEntry | None
    """None where no statement was ever taken over."""
    labour_costs_fen: int
    """人工费 that came in within 90 days."""
    unpaid: list[UnpaidMonth]
    notice: ClosingNotice | None
    last_import_at: datetime | None
    """When the last statement that counts was taken over."""

    @property
    def unpaid_fen(self) -> int:
        """What all published payslips still wait for."""
        return sum(month.unpaid_fen for month in self.unpaid)

    @property
    def missing_fen(self) -> int | None:
        """What the account lacks for it; None as long as its balance is unknown."""
        return None if self.latest is None else compute_missing(self.latest, self.unpaid)


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """What could stand in the way of closing an account."""

    complete_date: date | None
    unpaid_months: Sequence[str]
    disputes: int
    drafts: int


def get_wage_account(session: Session, *, project_id: UUID, at: datetime) -> Account:
    """Return the account of a project as the last statement left it."""
    today = local_date(at)
    return Account(
        latest=queries.find_latest_entry(session, project_id),
        labour_costs_fen=queries.sum_labour_costs(session, project_id, since=today - INFLOWS_SHOWN),
        unpaid=queries.list_unpaid_months(session, project_id),
        notice=find_closing_notice(session, project_id),
        last_import_at=queries.find_last_import(session, project_id),
    )


def watch_wage_accounts(session: Session, *, at: datetime) -> None:
    """Tell managers and inspectors where the next wages are not covered, once for each month.

    An account nobody has told us of is not watched: no balance is no empty account.
    """
    until = local_date(at) + WATCHED
    for project in queries.list_projects_due(session, until=until):
        due = [
            month
            for month in queries.list_unpaid_months(session, project.id)
            if month.due_date <= until
        ]
        latest = queries.find_latest_entry(session, project.id)
        if latest is not None and compute_missing(latest, due) > 0:
            _tell_low(session, project, due[-1])


def announce_closing(
    session: Session, *, principal: Principal, project_id: UUID, at: datetime
) -> ClosingNotice:
    """Announce for 30 days that the account will be closed, and tell everybody who worked there.

    Raises AccountNotClosableError with every reason, ClosingAnnouncedError.
    """
    project = lock_project(session, project_id)
    standing = find_closing_notice(session, project_id)
    if standing is not None:
        raise ClosingAnnouncedError(last_date=standing.last_date.isoformat())
    today = local_date(at)
    check_closable(_gather(session, project), today=today)
    notice = ClosingNotice(
        created_at=at,
        project_id=project_id,
        announced_date=today,
        last_date=today + NOTICE,
        announced_by=principal.person_id,
    )
    session.add(notice)
    _tell_workers(session, notice)
    _record(session, principal, project_id, "payroll.closing-announced", "工资专户注销公示")
    session.flush()
    return notice


def withdraw_closing(
    session: Session, *, principal: Principal, project_id: UUID, reason: str, at: datetime
) -> ClosingNotice:
    """Take the notice back; ClosingNotAnnouncedError where none stands."""
    lock_project(session, project_id)
    notice = find_closing_notice(session, project_id)
    if notice is None:
        raise ClosingNotAnnouncedError
    notice.withdrawn_at = at
    notice.withdrawal = reason
    _record(session, principal, project_id, "payroll.closing-withdrawn", reason)
    session.flush()
    return notice


def compute_missing(latest: WageAccountEntry, unpaid: Sequence[UnpaidMonth]) -> int:
    """Return what the balance lacks for these wages, in fen; 0 where it is enough."""
    return max(0, sum(month.unpaid_fen for month in unpaid) - latest.balance_fen)


def check_closable(facts: ClosingFacts, *, today: date) -> None:
    """Refuse while the work goes on or anybody may still have to be paid."""
    is_done = facts.complete_date is not None and facts.complete_date <= today
    open_points = {
        ("工程还没有完工", "the work is not done"): not is_done,
        (
            f"{'、'.join(facts.unpaid_months)} 的工资没有发完",
            f"wages of {', '.join(facts.unpaid_months)}",
        ): bool(facts.unpaid_months),
        (f"{facts.disputes} 张工资条有疑问", f"{facts.disputes} disputes"): facts.disputes > 0,
        (f"{facts.drafts} 张工资表没有公布", f"{facts.drafts} draft sheets"): facts.drafts > 0,
    }
    reasons = [point for point, is_open in open_points.items() if is_open]
    if reasons:
        raise AccountNotClosableError(
            reasons="；".join(chinese for chinese, _ in reasons),
            reasons_en="; ".join(english for _, english in reasons),
        )


def _gather(session: Session, project: Project) -> ClosingFacts:
    unpaid = queries.list_unpaid_months(session, project.id)
    return ClosingFacts(
        complete_date=project.complete_date,
        unpaid_months=[month.month for month in unpaid],
        disputes=queries.count_disputes(session, project.id),
        drafts=queries.count_drafts(session, project.id),
    )


def _tell_low(session: Session, project: Project, due: UnpaidMonth) -> None:
    inspectors = [person.id for person in list_inspectors(session, [project.county_code])]
    told = dict.fromkeys([*list_managers(session, project.id), *inspectors])
    values = {"month": due.month, "last_date": due.due_date.isoformat()}
    tellings = [Telling(each, f"{project.id}:{due.month}", values) for each in told]
    notify_many(session, template=Template.WAGE_ACCOUNT_LOW, tellings=tellings)


def _tell_workers(session: Session, notice: ClosingNotice) -> None:
    values = {"last_date": notice.last_date.isoformat()}
    tellings = [
        Telling(person_id, str(notice.id), values)
        for person_id in queries.list_workers(session, notice.project_id)
    ]
    notify_many(
        session,
        template=Template.WAGE_ACCOUNT_CLOSING,
        tellings=tellings,
        project_id=notice.project_id,
    )


def _record(
    session: Session, principal: Principal, project_id: UUID, action: str, reason: str
) -> None:
    audit.record(
        session,
        actor=principal,
        action=action,
        subject_kind="project",
        subject_id=project_id,
        reason=reason,
    )

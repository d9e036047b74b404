"""Use case of the worker: what a year paid, month by month."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col

from core.clock import local_date
from db.models import ProjectWorker
from payroll import arrears_queries as queries
from payroll.arrears_queries import PaidSlip, Post
from payroll.status_facts import compute_latest_due
from payroll.status_queries import UnpaidWork, list_work_without_payslip


@dataclass(frozen=True, slots=True)
class YearMonth:
    """One month on one project; amounts and days are None where there is no payslip yet."""

    month: str
    project_name: str
    employer_name: str
    payslip_id: UUID | None
    units: str | None
    """工日, decimal text."""
    due_date: date
    due_fen: int | None
    paid_fen: int
    paid_date: date | None
    """When the last of it arrived."""

    @property
    def open_fen(self) -> int | None:
        """What has not arrived, whether or not it is due by now."""
        return None if self.due_fen is None else max(self.due_fen - self.paid_fen, 0)


@dataclass(frozen=True, slots=True)
class PayYear:
    """A worker's year."""

    year: int
    months: list[YearMonth]

    @property
    def due_fen(self) -> int:
        """What the payslips of the year come to."""
        return sum(month.due_fen or 0 for month in self.months)

    @property
    def paid_fen(self) -> int:
        """What banks say has arrived of it."""
        return sum(month.paid_fen for month in self.months)

    @property
    def open_fen(self) -> int:
        """What has not."""
        return sum(month.open_fen or 0 for month in self.months)


def get_my_year(session: Session, *, person_id: UUID, year: int, at: datetime) -> PayYear:
    """Return the months of a year in which the worker was paid, or is to be."""
    months = [_make_paid(slip) for slip in queries.list_year(session, person_id, year=year)]
    theirs = col(ProjectWorker.person_id) == person_id
    running = local_date(at).replace(day=1)
    missing = [
        work
        for work in list_work_without_payslip(session, theirs, before=running)
        if work.month.startswith(f"{year:04d}-")
    ]
    posts = queries.map_posts(session, {work.project_worker_id for work in missing})
    months += [_make_missing(work, posts[work.project_worker_id]) for work in missing]
    return PayYear(year, sorted(months, key=lambda month: (month.month, month.project_name)))


def _make_paid(slip: PaidSlip) -> YearMonth:
    payslip = slip.payslip
    return YearMonth(
        month=payslip.month,
        project_name=payslip.content["project_name"],
        employer_name=payslip.content["employer_name"],
        payslip_id=payslip.id,
        units=payslip.content["work_time"]["units"],
        due_date=payslip.due_date,
        due_fen=slip.owed_fen,
        paid_fen=sum(payment.amount_fen for payment in slip.payments),
        paid_date=max((payment.settled_date for payment in slip.payments), default=None),
    )


def _make_missing(work: UnpaidWork, post: Post) -> YearMonth:
    return YearMonth(
        month=work.month,
        project_name=post.project_name,
        employer_name=post.employer_name,
        payslip_id=None,
        units=None,
        due_date=compute_latest_due(work),
        due_fen=None,
        paid_fen=0,
        paid_date=None,
    )

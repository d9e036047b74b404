"""Which months something can be entered for: within the engagement, by now, and not shown yet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from core.clock import month_start, next_month
from payroll.term_errors import EntryMonthAheadError, EntryOutsideEngagementError, MonthShownError


@dataclass(frozen=True, slots=True)
class OpenMonths:
    """The months of one worker's pay as `YYYY-MM`, which sorts as it reads."""

    today: date
    entered: date
    left: date | None
    shown: Collection[str]
    """Months whose pay sheet workers have been shown."""

    def check_pay_month(self, month: str) -> None:
        """Raise unless a payslip of the month can still count what is entered for it.

        EntryMonthAheadError beyond the next month, EntryOutsideEngagementError before the worker
        came, MonthShownError once the month was published.
        """
        latest = _following(_name(self.today))
        if month > latest:
            raise EntryMonthAheadError(latest=latest)
        if month < _name(self.entered):
            self._refuse(month)
        if month in self.shown:
            raise MonthShownError(month=month, open_month=self._find_open(month))

    def check_worked_month(self, month: str) -> None:
        """Raise EntryOutsideEngagementError unless the worker was on the project in the month.

        A month with a pay sheet counts: whoever left and came back has only the later day on
        record.
        """
        left = None if self.left is None else _name(self.left)
        is_engaged = month >= _name(self.entered) and (left is None or month <= left)
        if not (is_engaged or month in self.shown):
            self._refuse(month)

    def _refuse(self, month: str) -> None:
        raise EntryOutsideEngagementError(
            month=month,
            entered=self.entered.isoformat(),
            left="" if self.left is None else f"、{self.left.isoformat()} 退场",
            left_en="" if self.left is None else f" and left on {self.left.isoformat()}",
        )

    def _find_open(self, month: str) -> str:
        while month in self.shown:
            month = _following(month)
        return month


def _name(day: date) -> str:
    return f"{day:%Y-%m}"


def _following(month: str) -> str:
    return _name(next_month(month_start(month)))

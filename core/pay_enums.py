"""The words of pay terms: closed sets that only payroll uses."""

from enum import StrEnum


class DayKind(StrEnum):
    """What a day is for overtime (劳动法 §44)."""

    WORKING = "working"
    REST = "rest"
    HOLIDAY = "holiday"
    """法定节假日, not the days off around it."""


class AllowancePer(StrEnum):
    """How often an allowance is paid."""

    DAY = "day"
    """For each day attended."""
    MONTH = "month"
    """Once in a month with any work."""


class PayEntryKind(StrEnum):
    """What somebody enters beside the attendance of a month."""

    PIECE = "piece"
    """计件: a measured quantity at a price."""
    SUPPLEMENT = "supplement"
    """补发: what an earlier month lacked."""
    DEDUCTION = "deduction"


class DeductionKind(StrEnum):
    """Why something may be taken off a wage (工资支付暂行规定 §15, §16)."""

    INCOME_TAX = "income_tax"
    SOCIAL_INSURANCE = "social_insurance"
    """The worker's own share."""
    COURT_ORDER = "court_order"
    DAMAGE = "damage"
    """Compensation for damage the worker did; bounded, and only with the worker's consent."""
    AGREED = "agreed"
    """Anything else the worker agreed to; bounded like damage."""

"""Why banks send wages back: what to tell the worker, and who has to put it right by when."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.calendar import WorkingDays

CORRECTION_DAYS = 3
"""Working days in which the reason of a rejection should be gone."""


class RejectionOwner(StrEnum):
    """Who has to act."""

    WORKER = "worker"
    """Only the worker names another card (条例 §31)."""
    LABOUR_MANAGER = "labour_manager"
    """Asks the bank what was wrong."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """What a bank's words mean."""

    words: tuple[str, ...]
    say: str
    """Everyday words, short enough for a text message."""
    owner: RejectionOwner
    needs_other_card: bool = False
    """Sent to the same account again, the money would only come back again."""


REJECTIONS = (
    Rejection(("户名", "姓名"), "卡上名字和你的名字对不上", RejectionOwner.WORKER),
    Rejection(("冻结", "止付", "挂失", "锁定"), "卡被冻结或挂失", RejectionOwner.WORKER),
    Rejection(("睡眠", "休眠", "未激活"), "卡很久没用，要到银行激活", RejectionOwner.WORKER),
    Rejection(("限额", "超限", "二类", "Ⅱ类", "II类"), "卡的收款额度不够", RejectionOwner.WORKER),
    Rejection(
        ("销户", "注销", "不存在", "无此", "账号", "卡号"),
        "卡号不对或卡已注销",
        RejectionOwner.WORKER,
        needs_other_card=True,
    ),
)
"""The first that matches a bank's reason counts."""
UNEXPLAINED = Rejection((), "银行退回，没说清原因", RejectionOwner.LABOUR_MANAGER)


def explain_rejection(reason: str) -> Rejection:
    """Return what a bank's wording means."""
    return next(
        (each for each in REJECTIONS if any(word in reason for word in each.words)), UNEXPLAINED
    )


def compute_correction_date(day: date, working_days: WorkingDays) -> date:
    """Return by when a rejection of this day should be put right."""
    return working_days.add_working_days(day, CORRECTION_DAYS).due_date

"""Decisions about messages: what they may say, how long they are, who may send them and when."""

import math
import re
import string
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from enum import Enum, auto

from core.clock import month_start
from core.enums import NotificationState
from notifications.errors import TemplateError
from notifications.templates import SIGNATURE, TEXTS, Template

SINGLE_SEGMENT_UNITS = 70
JOINED_SEGMENT_UNITS = 67
"""3GPP TS 23.040: a UCS-2 message holds 70 UTF-16 units, 67 in each part of a longer one."""
MAX_SEGMENTS = 2
FREE_TEXT_LENGTH = 20

LINK = re.compile(r"://|www\.|[a-z0-9-]+\.[a-z]{2,}", re.IGNORECASE)
LINK_AROUND = re.compile(rf"[!-~]*(?:{LINK.pattern})[!-~]*", re.IGNORECASE)
PERSONAL_NUMBER = re.compile(r"\d{14,18}[\dXx]")
"""ID numbers have 15 or 18 characters, bank cards 16 to 19."""
LONG_NUMBER = re.compile(r"\d{10,}[\dXx]")
AMOUNT = re.compile(r"[\d.,]*\d\s*[元块万]|[¥￥]")
EMPLOYER = re.compile(r"公司|集团|企业|工程局|工程处|项目部")
UNFIT_CHARACTER = re.compile(
    r"[^\u0020-\u007e\u00b7\u2010-\u2027\u2190-\u2193\u3000-\u9fff\uff00-\uffef]"
)
"""Everything but plain ASCII, Chinese and its punctuation: control characters, emoji, …"""


def _show_pattern(pattern: str) -> Callable[[str], str]:
    """Return a check that lets only full matches through, unchanged."""

    def show(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"does not match {pattern}")
        return value

    return show


def _show_month(value: str) -> str:
    first = month_start(value)
    return f"{first.year}年{first.month}月"


def _show_date(value: str) -> str:
    day = date.fromisoformat(value)
    return f"{day.year}年{day.month}月{day.day}日"


def _show_free_text(value: str) -> str:
    """Make somebody else's words fit: no link, number, amount, emoji or line break."""
    text = UNFIT_CHARACTER.sub(" ", LINK_AROUND.sub("", value))
    text = AMOUNT.sub("**", LONG_NUMBER.sub("****", text))
    text = " ".join(text.split())
    if len(text) > FREE_TEXT_LENGTH:
        text = text[: FREE_TEXT_LENGTH - 1] + "…"
    return text or "未说明"


VARIABLES: dict[str, Callable[[str], str]] = {
    "code": _show_pattern(r"\d{6}"),
    "month": _show_month,
    "work_date": _show_date,
    "number": _show_pattern(r"[A-Z0-9-]{4,20}"),
    "reason": _show_free_text,
}
"""How the value of each placeholder is checked and shown: `month` arrives as ``YYYY-MM`` and reads
``2026年10月``, dates arrive as ISO 8601; only `reason` may be free text, and is made to fit."""


def render(template: Template, values: Mapping[str, str]) -> str:
    """Return the signed body of a message.

    Raises TemplateError when a value is missing, unknown or malformed, or when the text breaks a
    rule for messages.
    """
    text = TEXTS[template].text
    expected = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    if expected != values.keys():
        raise TemplateError(f"{template} takes {sorted(expected)}, not {sorted(values)}")
    shown = {name: _show(template, name, value) for name, value in values.items()}
    body = SIGNATURE + text.format_map(shown)
    check_body(body)
    return body


def _show(template: Template, name: str, value: str) -> str:
    try:
        return VARIABLES[name](value)
    except (KeyError, ValueError) as error:
        raise TemplateError(f"{template}: cannot show {name!r}") from error


def check_body(body: str) -> None:
    """Raise TemplateError unless the body may be sent to any phone in the country."""
    problems = [
        (LINK.search(body), "a link: carriers refuse it"),
        (PERSONAL_NUMBER.search(body), "an ID or card number"),
        (AMOUNT.search(body) and EMPLOYER.search(body), "an amount together with an employer"),
        (UNFIT_CHARACTER.search(body), "a line break, emoji or other unfit character"),
        (count_segments(body) > MAX_SEGMENTS, f"more than {MAX_SEGMENTS} segments"),
    ]
    found = [what for is_found, what in problems if is_found]
    if found:
        raise TemplateError(f"a message must not hold {'; '.join(found)}")


def count_segments(body: str) -> int:
    """Return how many UCS-2 segments the body is sent and charged as."""
    units = len(body.encode("utf-16-le")) // 2
    if units <= SINGLE_SEGMENT_UNITS:
        return 1
    return math.ceil(units / JOINED_SEGMENT_UNITS)


STATES_BEFORE: dict[NotificationState, frozenset[NotificationState]] = {
    NotificationState.PENDING: frozenset(),
    NotificationState.SENDING: frozenset({NotificationState.PENDING, NotificationState.SENDING}),
    NotificationState.SENT: frozenset({NotificationState.SENDING}),
    NotificationState.DELIVERED: frozenset({NotificationState.SENDING, NotificationState.SENT}),
    NotificationState.FAILED: frozenset({NotificationState.SENDING, NotificationState.SENT}),
}
"""The states from which each state may be entered; nothing leads back."""


def is_forward(state: NotificationState, to: NotificationState) -> bool:
    """Tell whether a message in `state` may enter the state `to`."""
    return state in STATES_BEFORE[to]


class ClaimVerdict(Enum):
    """Whether a worker may send a message now."""

    SEND = auto()
    """Nobody has tried, or the last try is known to have had no effect."""
    LOOK_UP = auto()
    """Somebody tried and never told the outcome: ask the provider first."""
    BUSY = auto()
    """Somebody else is at it."""
    SETTLED = auto()
    """It was sent, or it never will be."""


def judge_claim(
    state: NotificationState, *, claimed_at: datetime | None, at: datetime, lease: timedelta
) -> ClaimVerdict:
    """Tell what a worker that wants to send the message must do."""
    if not is_forward(state, NotificationState.SENDING):
        return ClaimVerdict.SETTLED
    if claimed_at is None:
        return ClaimVerdict.SEND
    return ClaimVerdict.BUSY if at < claimed_at + lease else ClaimVerdict.LOOK_UP


def is_expired(template: Template, *, created_at: datetime, at: datetime) -> bool:
    """Tell whether the message has become useless to its reader."""
    expires_after = TEXTS[template].expires_after
    return expires_after is not None and at >= created_at + expires_after

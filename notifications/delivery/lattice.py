"""How a message moves: states that only go forward, who may send it now, who tries it next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from core.enums import NotificationState

RANKS = {
    NotificationState.PENDING: 0,
    NotificationState.SENDING: 1,
    NotificationState.SENT: 2,
    NotificationState.DELIVERED: 3,
    NotificationState.FAILED: 4,
    NotificationState.MERGED: 5,
}
"""`failed` stands above `delivered`: providers report the parts of a long text one by one under
one id, and whoever misses one part cannot read the message. The largest rank wins in whatever
order reports arrive and however often."""

TRIES_BEFORE_SWITCH = 2
SECOND_TRY_AFTER = timedelta(minutes=30)
"""A phone that was off or out of reach gets one more try at the same gateway."""


def join(state: NotificationState, reported: NotificationState) -> NotificationState:
    """Return the state of a message at one gateway after one more report."""
    return max(state, reported, key=RANKS.__getitem__)


def is_forward(state: NotificationState, to: NotificationState) -> bool:
    """Tell whether a message in `state` may enter the state `to`; sending may be tried again."""
    is_retry = state is to is NotificationState.SENDING
    return is_retry or RANKS[to] > RANKS[state]


def can_fail(state: NotificationState, *, segments: int) -> bool:
    """Tell whether a reported failure counts.

    Of a text in parts another part may have been lost; one that arrived whole has arrived, and
    must not be sent again.
    """
    has_arrived = state is NotificationState.DELIVERED and segments == 1
    return not has_arrived and is_forward(state, NotificationState.FAILED)


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


def choose_next(order: Sequence[str], gateway: str) -> str | None:
    """Return the gateway after this one, or None after the last; data, so names may be gone."""
    later = order[order.index(gateway) + 1 :] if gateway in order else order
    return later[0] if later else None


@dataclass(frozen=True, slots=True)
class Rung:
    """The next try at a message that was taken but did not arrive."""

    gateway: str
    wait: timedelta


def climb(order: Sequence[str], gateway: str, *, rung: int, may_pass: bool) -> Rung | None:
    """Return the next try after a reported failure, or None if no gateway is left.

    The next gateway tries at once. Without one, what may pass by itself (`may_pass`: a phone that
    was off) gets one more try at the same gateway.
    """
    following = choose_next(order, gateway)
    if following is not None:
        return Rung(following, timedelta(0))
    if may_pass and rung < len(order):
        return Rung(gateway, SECOND_TRY_AFTER)
    return None

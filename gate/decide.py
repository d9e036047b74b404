"""The gate's own judgement of a code, from what it holds: pure, and the same every time.

It follows the order the server judges in. What a gate cannot know, the server judges on arrival:

    shape, project (gate tag), freshness    the same
    left, blocked, no contract, lost card   as of the last sync
    used before                             at this gate only, not at the others
    the worker's own phone (holder tag)     never: only the server holds the keys
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import timedelta

from core.clock import local_date
from core.enums import ScanReason, Tone
from gate.clock import Reading
from gate.state.lists import Lists
from gate.wire import Worker
from qr import code as ax1

NO_DAY_KEY = "no_day_key"
"""The gate was offline for so long that its keys ran out, or it never had any."""
UNKNOWN_CARD = "unknown_card"
"""Revoked, or of nobody on this project."""

Crossing = tuple[bytes, int]
"""(worker_ref, step): opens one gate once."""


@dataclass(frozen=True, slots=True)
class Window:
    """The steps that are fresh; `last` is None while the clock is unsure."""

    first: int
    last: int | None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the gate thinks of a code."""

    reason: str
    crossing: Crossing | None = None
    """Set when the code is genuine for this project."""
    needs_look: bool = False
    """A card opens for whoever holds it: a person must look at the face."""

    @property
    def is_admitted(self) -> bool:
        """Tell whether the turnstile may open."""
        return self.reason == ScanReason.OK


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate does and says about one scan, and who decided it."""

    admitted: bool
    reason: str
    say: str
    tone: Tone
    is_offline: bool
    worker: Worker | None = None
    look: str | None = None
    """Nonce of an admitted card's scan, until a guard has said whether the face matches."""


def window_of(reading: Reading) -> Window:
    """Return the fresh steps: ± 2 as on the server, more once the clock may be off by a step.

    Without a contact since boot only the floor is known. A code is then good from the floor on,
    for as long as day keys reach: a screenshot from before the power cut stays dead, and nobody is
    locked out because a battery is empty. Such scans say so, and the server judges them again.
    """
    if reading.bound is None:
        return Window(ax1.step_at(reading.floor) - ax1.MAX_STEP_DIFFERENCE, None)
    slack = ax1.MAX_STEP_DIFFERENCE + reading.bound // timedelta(seconds=ax1.STEP_SECONDS)
    centre = ax1.step_at(reading.at)
    return Window(centre - slack, centre + slack)


def decide(text: str, *, lists: Lists, reading: Reading, used: Container[Crossing]) -> Ruling:
    """Judge a code by the gate's lists, its clock and the crossings it has seen."""
    try:
        code = ax1.decode(text)
    except ax1.MalformedCodeError:
        return _decide_card(text, lists, reading)
    return _decide_live_code(code, lists, reading, used)


def is_card(text: str) -> bool:
    """Tell whether the text is a printed card: it opens for whoever holds it."""
    return ax1.tell_kind(text) is ax1.CodeKind.CARD


def crossing_of(text: str) -> Crossing | None:
    """Return what the code claims to be, believed or not; None if it is no live code."""
    try:
        code = ax1.decode(text)
    except ax1.MalformedCodeError:
        return None
    return code.worker_ref, code.step


def judge_freshness(step: int, window: Window) -> ScanReason:
    """Return OK, EXPIRED_CODE or FUTURE_CODE."""
    if step < window.first:
        return ScanReason.EXPIRED_CODE
    if window.last is not None and step > window.last:
        return ScanReason.FUTURE_CODE
    return ScanReason.OK


def _decide_live_code(
    code: ax1.LiveCode, lists: Lists, reading: Reading, used: Container[Crossing]
) -> Ruling:
    freshness = judge_freshness(code.step, window_of(reading))
    keys = lists.keys_of(day=ax1.step_day(code.step), suite=code.suite)
    if not keys:
        # A step of a day without a key says nothing genuine; of two refusals give the truer.
        return Ruling(NO_DAY_KEY if freshness is ScanReason.OK else freshness)
    if not _is_of_project(code, keys):
        return Ruling(ScanReason.BAD_GATE_TAG)
    if freshness is not ScanReason.OK:
        return Ruling(freshness)
    crossing = (code.worker_ref, code.step)
    if blocked := lists.blocks.get(code.worker_ref):
        return Ruling(blocked, crossing)
    return Ruling(ScanReason.ALREADY_USED if crossing in used else ScanReason.OK, crossing)


def _decide_card(text: str, lists: Lists, reading: Reading) -> Ruling:
    try:
        digest = ax1.card_digest(ax1.decode_card(text))
    except ax1.MalformedCodeError:
        return Ruling(ScanReason.MALFORMED_CODE)
    # The list of cards is believed for as long as the day keys that came with it.
    last_day = lists.last_day
    if last_day is None or (reading.is_sure and local_date(reading.at) > last_day):
        return Ruling(NO_DAY_KEY)
    worker_ref = lists.cards.get(digest)
    if worker_ref is None:
        return Ruling(UNKNOWN_CARD)
    return Ruling(lists.blocks.get(worker_ref, ScanReason.OK), needs_look=True)


def _is_of_project(code: ax1.LiveCode, day_keys: tuple[bytes, ...]) -> bool:
    return any(
        ax1.is_gate_tag_good(
            code, ax1.derive_gate_key(key, worker_ref=code.worker_ref, suite=code.suite)
        )
        for key in day_keys
    )

"""What a gate decides and says, and how good a check-in is as evidence; pure."""

import hashlib
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from core.clock import ONE_DAY
from core.enums import CheckInMethod, Direction, Grade, ScanReason, Tone, WorkDayState
from qr.code import (
    CARD_TEXT_LENGTH,
    MalformedCodeError,
    encode_card_reference,
    read_card_digest,
)

CLOCK_TRUST_MS = 120_000
"""A gate clock further off than this is not believed; the index on `check_in` says the same."""
LONGEST_WAIT = timedelta(days=31)
"""No gate is without a network for longer than its keys last; see `gate`."""
MAX_AHEAD = timedelta(minutes=10)
"""A punch this far after its own arrival has not happened yet: the terminal's clock is wrong."""
INT32_MAX = 2**31 - 1
PRESENTED_CHARACTERS = 64
CONTRADICTION = "~"
"""Begins the nonces we give; no gate can choose one like it."""
PERSONAL_DIGITS = re.compile(r"\d(?:[ ·._-]{0,2}\d){6,}(?:[ ·._-]?[Xx])?")
"""Identity cards and phone numbers, also in groups of digits."""
MACHINE_WORD = re.compile(r"[a-z_]{1,64}")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
JSON_ESCAPES = re.compile(r"(?:\\u[0-9A-Fa-f]{4})+")
NAME = re.compile(r"([\u3400-\u9fff\U00020000-\U0003ffff])[\u3400-\u9fff\U00020000-\U0003ffff]+")

GRADES = {
    CheckInMethod.FACE: Grade.B,
    CheckInMethod.FINGERPRINT: Grade.B,
    CheckInMethod.PALM: Grade.B,
    CheckInMethod.POSTER: Grade.C,
    CheckInMethod.MANUAL: Grade.D,
}
"""Grades a method gives by itself; a card nobody compared with a face is worth no more than E."""

SAYINGS: dict[ScanReason, tuple[Tone, str]] = {
    ScanReason.MALFORMED_CODE: (Tone.REFUSE, "这不是安薪码，请打开安薪码再刷"),
    ScanReason.UNKNOWN_WORKER: (Tone.REFUSE, "查不到这个码，请找劳资专管员登记"),
    ScanReason.BAD_GATE_TAG: (Tone.REFUSE, "这个码不是本工地的，请刷新安薪码再试"),
    ScanReason.BAD_HOLDER_TAG: (Tone.REFUSE, "这个码已换手机，请用新手机上的安薪码"),
    ScanReason.EXPIRED_CODE: (Tone.NOTICE, "码已过期，请刷新后再刷，截图不能用"),
    ScanReason.FUTURE_CODE: (Tone.NOTICE, "手机时间快了，请把手机时间设为自动"),
    ScanReason.ALREADY_USED: (Tone.NOTICE, "这个码刚刷过，请等新码出来再刷"),
    ScanReason.NOT_ON_PROJECT: (Tone.REFUSE, "您没有在本工地登记，请找劳资专管员"),
    ScanReason.LEFT_PROJECT: (Tone.REFUSE, "您已办理退场，请找劳资专管员"),
    ScanReason.NO_CONTRACT: (Tone.REFUSE, "您还没有签合同，请先找劳资专管员签合同"),
    ScanReason.REVOKED_CARD: (Tone.REFUSE, "这张卡已挂失或停用，请用新卡"),
    ScanReason.WRONG_CLOCK: (Tone.NOTICE, "考勤机的时间不对，请找劳资专管员"),
}
LOOK_AT_FACE = "请门卫核对本人"
"""Said for a card: it opens for whoever holds it."""
WELCOMES = {Direction.IN: "请进，注意安全", Direction.OUT: "辛苦了，慢走"}
ATTEND_TYPES = {
    CheckInMethod.LIVE_CODE: "010",
    CheckInMethod.CARD_CODE: "010",
    CheckInMethod.FACE: "001",
    CheckInMethod.FINGERPRINT: "003",
    CheckInMethod.PALM: "004",
    CheckInMethod.ACCESS_CARD: "006",
    CheckInMethod.POSTER: "010",
    CheckInMethod.MANUAL: "011",
    CheckInMethod.IMPORTED: "011",
    CheckInMethod.FORCED_EXIT: "007",
}
"""National 考勤方式 (attendType). 002 iris, 005 ID card, 008 one-key opening and 009 emergency lane
have no method here: no terminal of ours reports the first two, the others name nobody."""
PROVED = {
    ScanReason.OK,
    ScanReason.ALREADY_USED,
    ScanReason.NOT_ON_PROJECT,
    ScanReason.LEFT_PROJECT,
    ScanReason.NO_CONTRACT,
}
"""Reasons judged only after the holder tag was found good: the worker's own phone was there."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included; None is without end."""

    first: date
    last: date | None

    def covers(self, day: date) -> bool:
        """Tell whether the day lies within."""
        return self.first <= day and (self.last is None or day <= self.last)

    def lets_pass(self, direction: Direction, day: date) -> bool:
        """Tell the same of a passage: a shift that began on the last day may end on the next."""
        is_end = direction is Direction.OUT and self.covers(day - ONE_DAY)
        return is_end or self.covers(day)


def judge_standing(
    stay: Span | None, contracts: Iterable[Span], *, direction: Direction, on: date
) -> ScanReason:
    """Say whether somebody may pass that day (条例 §28: no contract, no entry).

    `stay` runs from 进场 to 退场; None when the person was never registered. An exit still passes
    on the day after either has ended: it ends a night shift, and nobody is kept inside.
    """
    if stay is None or on < stay.first:
        return ScanReason.NOT_ON_PROJECT
    if not stay.lets_pass(direction, on):
        return ScanReason.LEFT_PROJECT
    has_contract = any(contract.lets_pass(direction, on) for contract in contracts)
    return ScanReason.OK if has_contract else ScanReason.NO_CONTRACT


def judge_card(
    *, is_issued: bool, revoked_at: datetime | None, at: datetime, bound_ms: int
) -> ScanReason:
    """Say whether a printed card was good when it was scanned, `bound_ms` being the clock's error.

    OK means that its holder's standing decides, see `judge_standing`. A card that may have been
    scanned before it was revoked counts: uncertainty favours the worker.
    """
    if not is_issued:
        return ScanReason.UNKNOWN_WORKER
    if revoked_at is not None and at - timedelta(milliseconds=bound_ms) >= revoked_at:
        return ScanReason.REVOKED_CARD
    return ScanReason.OK


def is_work(reason: ScanReason) -> bool:
    """Tell whether a punch that a terminal let through counts as work.

    A missing contract is the employer's failing (条例 §28) and costs the worker no day.
    """
    return reason in (ScanReason.OK, ScanReason.NO_CONTRACT)


def is_in_future(occurred_at: datetime, received_at: datetime) -> bool:
    """Tell whether a punch claims to be later than its own arrival allows."""
    return occurred_at - received_at > MAX_AHEAD


def grade_live_code(reason: ScanReason) -> Grade:
    """Return A when the holder tag was proved, E when nothing was."""
    return Grade.A if reason in PROVED else Grade.E


def grade_card(reason: ScanReason, *, is_looked_at: bool) -> Grade:
    """Return B for a good card whose photo a guard compared with the face, E for any other."""
    return Grade.B if is_looked_at and reason in PROVED else Grade.E


def grade_method(method: CheckInMethod) -> Grade:
    """Return the grade of a terminal's own report."""
    return GRADES.get(method, Grade.E)


def compute_offset_ms(scanned_at: datetime, received_at: datetime) -> int:
    """Return device clock minus server clock, in milliseconds, within 32 bits (± 24 days)."""
    offset = round((scanned_at - received_at).total_seconds() * 1_000)
    return max(-INT32_MAX, min(INT32_MAX, offset))


def choose_instant(
    occurred_at: datetime,
    received_at: datetime,
    clock_bound_ms: int,
    *,
    has_waited: bool = False,
) -> datetime:
    """Return when it happened: by the gate's clock, or by ours when the gate's is not believed.

    Of a scan that has waited at its gate ours says nothing. The gate's word is then the best guess
    at its day, as long as it can be true; the fold counts such a day as uncertain.
    """
    if clock_bound_ms <= CLOCK_TRUST_MS:
        return occurred_at
    can_be_true = received_at - LONGEST_WAIT <= occurred_at <= received_at
    return occurred_at if has_waited and can_be_true else received_at


def earliest_report(said_at: datetime, received_at: datetime) -> datetime:
    """Return the oldest instant at which a report can lie that is a repetition of this one.

    A device repeats what was not answered, with the same words: it lies where it lay, or where a
    better clock had put it within `LONGEST_WAIT` of now.
    """
    return min(said_at, received_at - LONGEST_WAIT)


class Dated(Protocol):
    """A check-in, as far as its date goes."""

    occurred_at: datetime
    received_at: datetime
    clock_bound_ms: int
    decided_offline: bool
    gate_report: dict[str, Any] | None


def date_check_in(check_in: Dated) -> datetime:
    """Return when a check-in happened; one of our own gates numbers what it keeps for later."""
    report = check_in.gate_report or {}
    return choose_instant(
        check_in.occurred_at,
        check_in.received_at,
        check_in.clock_bound_ms,
        has_waited=check_in.decided_offline and report.get("sequence") is not None,
    )


def choose_words(reason: ScanReason, direction: Direction) -> tuple[Tone, str]:
    """Return the tone and the sentence for the gate's loudspeaker."""
    if reason is ScanReason.OK:
        return Tone.WELCOME, WELCOMES[direction]
    return SAYINGS[reason]


def choose_card_words(reason: ScanReason, direction: Direction) -> tuple[Tone, str]:
    """Return the same for a printed card: who opens with it is looked at by a person."""
    tone, say = choose_words(reason, direction)
    if reason is ScanReason.OK:
        return Tone.NOTICE, f"{say}，{LOOK_AT_FACE}"
    return tone, say


def name_contradiction(nonce: str, *facts: object) -> str:
    """Return the nonce of a report that says otherwise than the first report of its own nonce."""
    words = "|".join((nonce, *(str(fact) for fact in facts)))
    return CONTRADICTION + hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def make_presentable(text: str) -> str:
    """Return the start of what was scanned, fit to keep: no control characters, nobody's facts.

    Readers also read identity cards and phone numbers: seven digits in a row are starred, in
    groups too, and Chinese words but for their first character, as any may be a name. Of a
    printed card its digest is kept: the code itself would open the next gate.
    """
    if MACHINE_WORD.fullmatch(text):
        return text
    if len(text) == CARD_TEXT_LENGTH:
        with suppress(MalformedCodeError):
            return encode_card_reference(read_card_digest(text))
    printable = start = _decode_escapes(text)[: 2 * PRESENTED_CHARACTERS]
    if not start.isprintable():
        printable = "".join(c if c.isprintable() else "·" for c in start)
    without_numbers = PERSONAL_DIGITS.sub(_star_number, printable)
    return NAME.sub(r"\1**", without_numbers)[:PRESENTED_CHARACTERS]


def _star_number(found: re.Match[str]) -> str:
    return found[0] if DATE.fullmatch(found[0]) else "***"


def _decode_escapes(text: str) -> str:
    """Return JSON with its escaped characters read: they would hide a name from nobody but us."""
    if "\\u" not in text:
        return text
    return JSON_ESCAPES.sub(_read_escapes, text[: 12 * PRESENTED_CHARACTERS])


def _read_escapes(found: re.Match[str]) -> str:
    units = bytes.fromhex(found[0].replace("\\u", ""))
    return units.decode("utf-16-be", "replace")


def name_missing(
    state: WorkDayState, first_in_at: datetime | None, last_out_at: datetime | None
) -> str | None:
    """Return in plain words what a day lacks, or None."""
    if state is WorkDayState.COMPLETE:
        return None
    if state is WorkDayState.CONFIRMED:
        return "记录不全，你已确认按现在的算"
    if first_in_at is None and last_out_at is None:
        return "刷卡时闸机的时间不准，不能确定是不是这一天，暂按半天算，请和劳资专管员核对"
    if last_out_at is None:
        return "缺出场记录：有进场，没有出场，暂按半天算，请和劳资专管员核对"
    if first_in_at is None:
        return "缺进场记录：有出场，没有进场，暂按半天算，请和劳资专管员核对"
    return "有一次进出场对不上，请和劳资专管员核对"

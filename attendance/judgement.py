"""What a gate's scan is worth: the one judgement behind every door, and the record it leaves; pure.

The facts come from whoever asks: the hot lane's roster in memory, or the database. What is made
for every scan is a `msgspec.Struct`: a frozen dataclass takes as long to make as an HMAC.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from attendance import rules
from attendance.rejudge import Arrival, CardClaim, Claim, Dating, Holder, judge
from core.enums import CheckInMethod, Direction, Grade, ScanReason, Tone
from qr import code as ax
from qr.tag_keys import TagKeys


class ShownWorker(msgspec.Struct, frozen=True):
    """What the guard sees of a worker whose phone or card was proved."""

    masked_name: str
    trade: str
    team: str


@dataclass(frozen=True, slots=True)
class CodeHolder:
    """Whom a live code or card was issued to, and what a guard may see of them."""

    holder: Holder
    shown: ShownWorker | None


@dataclass(frozen=True, slots=True)
class HeldCard:
    """Whom a printed card was made for, and since when it no longer counts."""

    owner: CodeHolder
    revoked_at: datetime | None


class Scan(msgspec.Struct, frozen=True):
    """One question of a gate."""

    project_id: UUID
    device_id: UUID
    code: str
    direction: Direction
    nonce: str
    scanned_at: datetime
    received_at: datetime

    @property
    def offset_ms(self) -> int:
        """How far the gate's clock is ahead of ours."""
        return rules.compute_offset_ms(self.scanned_at, self.received_at)


class Judgement(msgspec.Struct, frozen=True):
    """What is known of a scan once its code has been looked at."""

    reason: ScanReason
    method: CheckInMethod = CheckInMethod.LIVE_CODE
    code_step: int | None = None
    owner: CodeHolder | None = None


class Answer(msgspec.Struct, frozen=True):
    """What the gate is told; the check-in behind it is stored, admitted or not."""

    check_in_id: UUID
    reason: ScanReason
    tone: Tone
    say: str
    worker: ShownWorker | None

    @property
    def admitted(self) -> bool:
        """Whether the gate opens."""
        return self.reason is ScanReason.OK


class ScanRecord(msgspec.Struct, frozen=True):
    """The check-in a judgement leaves, before it is known whether its step was used already."""

    id: UUID
    project_id: UUID
    device_id: UUID
    nonce: str
    project_worker_id: UUID | None
    direction: Direction
    method: CheckInMethod
    grade: Grade
    occurred_at: datetime
    received_at: datetime
    clock_bound_ms: int
    reason: ScanReason
    code_step: int | None
    presented: str
    """Kept only when refused."""

    @property
    def admitted(self) -> bool:
        """Whether the gate opens."""
        return self.reason is ScanReason.OK

    @property
    def happened_at(self) -> datetime:
        """When it happened, by the better of the two clocks."""
        return rules.choose_instant(self.occurred_at, self.received_at, self.clock_bound_ms)

    def as_used(self) -> "ScanRecord":
        """Return the record of a scan whose step has opened a gate before."""
        return msgspec.structs.replace(self, reason=ScanReason.ALREADY_USED)


@dataclass(frozen=True, slots=True)
class Finders:
    """Where facts about codes and cards come from; None: issued to nobody."""

    by_ref: Callable[[bytes], CodeHolder | None]
    by_card: Callable[[bytes], HeldCard | None]
    """By the card's digest."""


def judge_scan(scan: Scan, find: Finders, keys: TagKeys) -> Judgement:
    """Judge in a fixed order; validity comes before repetition, or a revoked code slips through."""
    try:
        code = ax.decode(scan.code)
    except ax.MalformedCodeError:
        return _judge_card(scan, find)
    owner = find.by_ref(code.worker_ref)
    claim = check_tags(code, owner.holder if owner else None, scan.project_id, keys)
    reason = judge(claim, scan.direction, *_here_and_now(scan))
    return Judgement(reason, code_step=code.step, owner=owner)


def check_tags(code: ax.LiveCode, holder: Holder | None, project_id: UUID, keys: TagKeys) -> Claim:
    """Return what a code claims; the holder tag is looked at only behind a good gate tag."""
    if holder is None:
        return Claim(code, None, is_gate_tag_good=False, is_holder_tag_good=False)
    is_ours = keys.is_gate_tag_good(code, project_id)
    is_proved = is_ours and any(
        keys.is_holder_tag_good(code, generation) for generation in holder.generations_of(code.step)
    )
    return Claim(code, holder, is_gate_tag_good=is_ours, is_holder_tag_good=is_proved)


def make_record(scan: Scan, judgement: Judgement, *, check_in_id: UUID) -> ScanRecord:
    """Return what is stored of a scan; a code of another project names nobody here."""
    reason, owner = judgement.reason, judgement.owner
    is_named = owner is not None and reason is not ScanReason.BAD_GATE_TAG
    return ScanRecord(
        id=check_in_id,
        project_id=scan.project_id,
        device_id=scan.device_id,
        nonce=scan.nonce,
        project_worker_id=owner.holder.project_worker_id if owner and is_named else None,
        direction=scan.direction,
        method=judgement.method,
        grade=_grade(judgement),
        occurred_at=scan.scanned_at,
        received_at=scan.received_at,
        clock_bound_ms=abs(scan.offset_ms),
        reason=reason,
        code_step=judgement.code_step,
        presented=rules.make_presentable(scan.code),
    )


def make_answer(
    check_in_id: UUID,
    reason: ScanReason,
    *,
    direction: Direction,
    method: CheckInMethod,
    shown: ShownWorker | None,
) -> Answer:
    """Return what the gate says; the worker is shown only if their phone or card was proved."""
    is_card = method is CheckInMethod.CARD_CODE
    choose = rules.choose_card_words if is_card else rules.choose_words
    tone, say = choose(reason, direction)
    worker = shown if reason in rules.PROVED else None
    return Answer(check_in_id, reason, tone, say, worker)


def _judge_card(scan: Scan, find: Finders) -> Judgement:
    """A card proves nothing by itself: whoever holds it is admitted as the one it was made for."""
    try:
        digest = ax.card_digest(ax.decode_card(scan.code))
    except ax.MalformedCodeError:
        return Judgement(ScanReason.MALFORMED_CODE)
    card = find.by_card(digest)
    claim = CardClaim(card.owner.holder, card.revoked_at) if card else CardClaim(None, None)
    reason = judge(claim, scan.direction, *_here_and_now(scan))
    return Judgement(reason, CheckInMethod.CARD_CODE, owner=card.owner if card else None)


def _here_and_now(scan: Scan) -> tuple[Dating, Arrival]:
    """An online scan happens when it arrives, by our own clock."""
    return Dating(scan.received_at, 0), Arrival(scan.received_at, None, None)


def _grade(judgement: Judgement) -> Grade:
    if judgement.method is CheckInMethod.CARD_CODE:
        return rules.grade_card(judgement.reason, is_looked_at=False)
    return rules.grade_live_code(judgement.reason)

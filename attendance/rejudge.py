"""Judging a scan that a gate decided alone, when it arrives hours or days later; pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from attendance.rules import (
    CLOCK_TRUST_MS,
    Span,
    choose_instant,
    compute_offset_ms,
    is_in_future,
    judge_card,
    judge_standing,
)
from core.clock import local_date
from core.enums import Direction, ScanReason
from qr.code import MAX_STEP_DIFFERENCE, STEP_SECONDS, LiveCode, step_at

STEP_MS = STEP_SECONDS * 1_000
CODE_BOUND_MS = 3 * STEP_MS
"""A phone's own clock may be two steps off, and its code stands for one."""
JOURNEY_BOUND_MS = 5_000
"""How long an upload may have been under way when we look at our clock."""
DRIFT_INVERSE = 20_000
"""One millisecond in so many: the worst rate error of a cheap quartz (50 ppm)."""
KEYS_AHEAD = timedelta(days=8)
"""No phone and no gate is given a key earlier than this before its day; see `devices.sync`."""
ONE_MS = timedelta(milliseconds=1)

EXPLANATIONS: dict[ScanReason, str] = {
    ScanReason.MALFORMED_CODE: "闸机放行了，但刷的不是安薪码",
    ScanReason.UNKNOWN_WORKER: "闸机放行了，但系统里没有这个人",
    ScanReason.BAD_GATE_TAG: "闸机放行了，但这个码不是本工地的",
    ScanReason.BAD_HOLDER_TAG: "闸机放行了，但这个码不是工人现在的手机生成的，可能是旧手机或伪造",
    ScanReason.EXPIRED_CODE: "闸机放行了，但这个码当时已经过期，可能是截图",
    ScanReason.FUTURE_CODE: "闸机放行了，但记录的时间还没有到，请检查闸机或手机的时间",
    ScanReason.ALREADY_USED: "同一个码刷了不止一次，可能是截图或代刷，请核对是谁进出",
    ScanReason.NOT_ON_PROJECT: "闸机放行了，但这个人当天没有在本工地登记",
    ScanReason.LEFT_PROJECT: "闸机放行了，但这个人当天已经退场",
    ScanReason.NO_CONTRACT: "闸机放行了，但这个人当天没有合同，请尽快补签；出勤照常计算",
    ScanReason.REVOKED_CARD: "闸机放行了，但这张卡当时已经挂失或停用",
    ScanReason.WRONG_CLOCK: "闸机放行了，但考勤机的时间明显不对，没有计出勤，请校准考勤机的时间",
}
"""For the labour manager: what was not right although a gate opened."""


class ScanReport(msgspec.Struct, frozen=True):
    """One uploaded scan in the gate's own words."""

    code: str
    direction: Direction
    nonce: str
    scanned_at: datetime
    clock_bound_ms: int | None
    """± error of `scanned_at`; None: no contact since the gate's computer started."""
    admitted: bool
    reason: str
    decided_offline: bool
    sequence: int | None
    boot_id: str | None
    uptime_ms: int | None
    looked: bool = False
    """A guard compared the card's photo with the face."""


class Arrival(msgspec.Struct, frozen=True):
    """When an upload came, and what the gate's uptime was when it left."""

    received_at: datetime
    boot_id: str | None
    uptime_ms: int | None


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a code was issued to, and all their time on one project."""

    key_generation: int
    project_worker_id: UUID | None
    stay: Span | None
    contracts: tuple[Span, ...]
    earlier: tuple[tuple[int, datetime], ...] = ()
    """Generations of keys that another phone had, and until when; for scans that arrive late."""

    def generations_of(self, step: int) -> set[int]:
        """Return the generations whose phone may have shown a code of this step."""
        if not self.earlier:
            return {self.key_generation}
        shown_at = datetime.fromtimestamp(step * STEP_SECONDS, UTC)
        then = min((past for past, until in self.earlier if shown_at < until), default=None)
        return {self.key_generation} if then is None else {self.key_generation, then}


class Claim(msgspec.Struct, frozen=True):
    """What a code says, who is behind it, and which of its tags are good."""

    code: LiveCode
    holder: Holder | None
    is_gate_tag_good: bool
    is_holder_tag_good: bool

    @property
    def named(self) -> Holder | None:
        """Whom the check-in names: a code of another project names nobody here."""
        return self.holder if self.is_gate_tag_good else None

    @property
    def is_proved(self) -> bool:
        """Whether the worker's own phone made the code for this project."""
        return self.is_gate_tag_good and self.is_holder_tag_good


class CardClaim(msgspec.Struct, frozen=True):
    """Whose printed card was shown, None: nobody's; it proves only that somebody held it."""

    named: Holder | None
    revoked_at: datetime | None


class Dating(msgspec.Struct, frozen=True):
    """When a scan happened, ± `bound_ms`."""

    at: datetime
    bound_ms: int


def date_scan(report: ScanReport, arrival: Arrival, claim: Claim | CardClaim | None) -> Dating:
    """Return when a scan happened, by the best witness there is.

    The gate's clock while the gate trusts it and nothing speaks against it; else our clock less
    the gate's uptime since; else the code of a proved phone, which no gate can shift. What none
    of them knows keeps the gate's word with an error nobody believes.
    """
    measured = _measure(report, arrival)
    if _is_believed(report, arrival, measured) and not _is_older_than_key(report, claim):
        assert report.clock_bound_ms is not None
        return Dating(report.scanned_at, report.clock_bound_ms)
    if measured is not None:
        return measured
    if isinstance(claim, Claim) and claim.is_proved:
        return _date_by_code(report.scanned_at, claim.code.step)
    offset_ms = abs(compute_offset_ms(report.scanned_at, arrival.received_at))
    return Dating(report.scanned_at, max(offset_ms, CLOCK_TRUST_MS + 1))


def judge(
    claim: Claim | CardClaim | None, direction: Direction, dating: Dating, arrival: Arrival
) -> ScanReason:
    """Say what was true of a scan at its own time, in the order of the online judgement.

    Freshness is judged against every moment that the scan's clock allows, which is never
    narrower than the window the gate itself used.
    """
    if claim is None:
        return ScanReason.MALFORMED_CODE
    if isinstance(claim, CardClaim):
        return _judge_card(claim, direction, dating, arrival)
    return _judge_live_code(claim, direction, dating, arrival)


def _judge_live_code(
    claim: Claim, direction: Direction, dating: Dating, arrival: Arrival
) -> ScanReason:
    if claim.holder is None:
        return ScanReason.UNKNOWN_WORKER
    if not claim.is_gate_tag_good:
        return ScanReason.BAD_GATE_TAG
    freshness = _judge_freshness(claim.code.step, dating, arrival)
    if freshness is not ScanReason.OK:
        return freshness
    if not claim.is_holder_tag_good:
        return ScanReason.BAD_HOLDER_TAG
    return _judge_holder(claim.holder, direction, dating.at)


def _judge_card(
    claim: CardClaim, direction: Direction, dating: Dating, arrival: Arrival
) -> ScanReason:
    reason = judge_card(
        is_issued=claim.named is not None,
        revoked_at=claim.revoked_at,
        at=dating.at,
        bound_ms=dating.bound_ms,
    )
    if claim.named is None or reason is not ScanReason.OK:
        return reason
    if is_in_future(dating.at, arrival.received_at):
        return ScanReason.FUTURE_CODE
    # A year nobody can believe is not the day to ask whether its holder stood on the project.
    counts_at = choose_instant(dating.at, arrival.received_at, dating.bound_ms, has_waited=True)
    return _judge_holder(claim.named, direction, counts_at)


def _judge_holder(holder: Holder, direction: Direction, at: datetime) -> ScanReason:
    return judge_standing(holder.stay, holder.contracts, direction=direction, on=local_date(at))


def _measure(report: ScanReport, arrival: Arrival) -> Dating | None:
    """Date a scan by the uptime that has passed on the gate's computer since."""
    if report.uptime_ms is None or arrival.uptime_ms is None:
        return None
    elapsed_ms = arrival.uptime_ms - report.uptime_ms
    if report.boot_id is None or report.boot_id != arrival.boot_id or elapsed_ms < 0:
        return None
    bound_ms = JOURNEY_BOUND_MS + elapsed_ms // DRIFT_INVERSE
    return Dating(arrival.received_at - elapsed_ms * ONE_MS, bound_ms)


def _is_believed(report: ScanReport, arrival: Arrival, measured: Dating | None) -> bool:
    bound_ms = report.clock_bound_ms
    if bound_ms is None or bound_ms > CLOCK_TRUST_MS:
        return False
    if is_in_future(report.scanned_at, arrival.received_at):
        return False
    if measured is None:
        return True
    return abs(measured.at - report.scanned_at) <= (bound_ms + measured.bound_ms) * ONE_MS


def _is_older_than_key(report: ScanReport, claim: Claim | CardClaim | None) -> bool:
    """Tell whether the gate's clock says that a code was shown before anybody could make it."""
    if not isinstance(claim, Claim) or not claim.is_gate_tag_good:
        return False
    made_at = datetime.fromtimestamp(claim.code.step * STEP_SECONDS, UTC)
    return made_at - report.scanned_at > KEYS_AHEAD


def _date_by_code(scanned_at: datetime, step: int) -> Dating:
    """Keep the gate's estimate where the phone agrees, and take the phone's time where not."""
    shown_at = datetime.fromtimestamp((step + 0.5) * STEP_SECONDS, UTC)
    apart_ms = abs(compute_offset_ms(scanned_at, shown_at))
    if apart_ms > CODE_BOUND_MS:
        return Dating(shown_at, CODE_BOUND_MS)
    return Dating(scanned_at, CODE_BOUND_MS + apart_ms)


def _judge_freshness(step: int, dating: Dating, arrival: Arrival) -> ScanReason:
    if is_in_future(dating.at, arrival.received_at):
        return ScanReason.FUTURE_CODE
    bound = dating.bound_ms * ONE_MS
    if step < step_at(dating.at - bound) - MAX_STEP_DIFFERENCE:
        return ScanReason.EXPIRED_CODE
    is_early = step > step_at(dating.at + bound) + MAX_STEP_DIFFERENCE
    return ScanReason.FUTURE_CODE if is_early else ScanReason.OK

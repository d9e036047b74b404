"""An uploaded scan judged by itself, and the check-in it becomes; pure."""

from datetime import date
from uuid import UUID

import msgspec

from attendance import rules
from attendance.rejudge import Arrival, CardClaim, Claim, Dating, ScanReport, date_scan, judge
from attendance.storing import NewCheckIn
from core.clock import local_date
from core.enums import CheckInMethod, Grade, ScanReason
from db.base import new_id


class Finding(msgspec.Struct, frozen=True):
    """A scan judged by itself, before it is known what else was reported."""

    report: ScanReport
    claim: Claim | CardClaim | None
    dating: Dating
    reason: ScanReason
    named: UUID | None
    """Whose crossing it is, as far as anybody on this project can be recognised."""
    step: int | None
    """The step of a live code; a card has none and opens more than once."""

    use: tuple[UUID, int] | None
    """The (worker, step) this scan uses up if it counts."""

    @property
    def method(self) -> CheckInMethod:
        """How the crossing was proved; what is no code at all counts as a failed live code."""
        is_card = isinstance(self.claim, CardClaim)
        return CheckInMethod.CARD_CODE if is_card else CheckInMethod.LIVE_CODE


def judge_report(scan: ScanReport, claim: Claim | CardClaim | None, arrival: Arrival) -> Finding:
    """Say what is true of a scan by itself; `claim` is None for what is no code at all."""
    dating = date_scan(scan, arrival, claim)
    reason = judge(claim, scan.direction, dating, arrival)
    named = claim.named.project_worker_id if claim and claim.named else None
    step = claim.code.step if isinstance(claim, Claim) else None
    use = (named, step) if named and step is not None and rules.is_work(reason) else None
    return Finding(scan, claim, dating, reason, named=named, step=step, use=use)


def make_check_in(
    finding: Finding, nonce: str, used: set[tuple[UUID, int]], arrival: Arrival
) -> NewCheckIn:
    """Return the check-in of a new report; one that counts uses its step up."""
    report, reason, use = finding.report, finding.reason, finding.use
    if use in used:
        reason = ScanReason.ALREADY_USED
    is_valid = report.admitted and rules.is_work(reason)
    if is_valid and use:
        used.add(use)
    return NewCheckIn(
        id=new_id(),
        nonce=nonce,
        project_worker_id=finding.named,
        direction=report.direction,
        method=finding.method,
        grade=_grade(finding, reason),
        occurred_at=finding.dating.at,
        received_at=arrival.received_at,
        clock_bound_ms=finding.dating.bound_ms,
        admitted=report.admitted,
        valid=is_valid,
        reason=reason,
        decided_offline=report.decided_offline,
        code_step=finding.step,
        presented=None if reason is ScanReason.OK else rules.make_presentable(report.code),
        gate_report=_keep_words(report),
        day=_day_of(finding, arrival) if is_valid else None,
    )


def _day_of(finding: Finding, arrival: Arrival) -> date:
    """Return the day on which a scan counts; one of our own gates numbers what it keeps."""
    report, dating = finding.report, finding.dating
    has_waited = report.decided_offline and report.sequence is not None
    return local_date(
        rules.choose_instant(dating.at, arrival.received_at, dating.bound_ms, has_waited=has_waited)
    )


def _grade(finding: Finding, reason: ScanReason) -> Grade:
    if finding.method is CheckInMethod.CARD_CODE:
        return rules.grade_card(reason, is_looked_at=finding.report.looked)
    return rules.grade_live_code(reason)


def _keep_words(report: ScanReport) -> dict[str, object]:
    return {
        "nonce": report.nonce,
        "scanned_at": report.scanned_at.isoformat(),
        "clock_bound_ms": report.clock_bound_ms,
        "reason": rules.make_presentable(report.reason),
        "sequence": report.sequence,
        "boot_id": report.boot_id and rules.make_presentable(report.boot_id),
        "uptime_ms": report.uptime_ms,
    }

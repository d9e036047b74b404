"""Taking in what gates decided alone: every scan is kept, judged again, and counted once."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from attendance import queries, rules, scan_queries, used_steps, work_days
from attendance.annulments import annul_scan
from attendance.claims import read_claims
from attendance.conflict_items import take_up_denial
from attendance.errors import AnnulmentTooLateError
from attendance.partitions import ensure_partitions_for
from attendance.rejudge import Arrival, CardClaim, Claim, Dating, ScanReport, date_scan, judge
from attendance.storing import store_check_ins
from core.clock import local_date
from core.enums import CheckInMethod, Grade, ScanReason, ScanStatus
from core.keyring import Keyring
from db.models import CheckIn, Device, UnreadScan
from devices.queries import lock_device
from devices.service import note_contact

ONE_DAY = timedelta(days=1)
UNREAD_KEY = ["project_id", "device_id", "digest"]
USE_MARGIN = timedelta(minutes=15)
"""Two uses of one code lie closer together than this, whatever dated them."""


@dataclass(frozen=True, slots=True)
class UnreadReport:
    """An uploaded thing that is no scan, as JSON, and its nonce if it has a usable one."""

    content: str
    nonce: str | None


@dataclass(frozen=True, slots=True)
class ScanOutcome:
    """What became of one uploaded thing; the check-in behind it unless it was no scan."""

    nonce: str | None
    status: ScanStatus
    check_in: CheckIn | None
    denied: CheckIn | None = None
    """With it we had let somebody in, and the gate says that it did not open."""


@dataclass(frozen=True, slots=True)
class _Finding:
    """A scan judged by itself, before it is known what else was reported."""

    report: ScanReport
    claim: Claim | CardClaim | None
    dating: Dating
    reason: ScanReason

    @property
    def named(self) -> UUID | None:
        """Whose crossing it is, as far as anybody on this project can be recognised."""
        return self.claim.named.project_worker_id if self.claim and self.claim.named else None

    @property
    def step(self) -> int | None:
        """The step of a live code; a card has none and opens more than once."""
        return self.claim.code.step if isinstance(self.claim, Claim) else None

    @property
    def worker_id(self) -> UUID | None:
        """For whom this scan counts, if it does."""
        return self.named if rules.is_work(self.reason) else None

    @property
    def use(self) -> tuple[UUID, int] | None:
        """The (worker, step) this scan uses up if it counts."""
        if self.worker_id is None or self.step is None:
            return None
        return self.worker_id, self.step

    @property
    def method(self) -> CheckInMethod:
        """How the crossing was proved; what is no code at all counts as a failed live code."""
        is_card = isinstance(self.claim, CardClaim)
        return CheckInMethod.CARD_CODE if is_card else CheckInMethod.LIVE_CODE


def take_scans(
    session: Session,
    keyring: Keyring,
    *,
    device: Device,
    reports: Sequence[ScanReport | UnreadReport],
    arrival: Arrival,
    clock_offset_ms: int | None,
) -> list[ScanOutcome]:
    """Store and judge what a gate uploads; one outcome for each report, in the same order.

    `admitted` stays what the gate did, `valid` becomes what is true of that moment. A nonce that
    is known is answered with its first check-in; when it says otherwise now, that is kept too.
    The number of statements does not grow with the number of scans.
    """
    scans = [report for report in reports if isinstance(report, ScanReport)]
    findings = _judge_each(session, keyring, device.project_id, scans, arrival)
    ensure_partitions_for(
        session,
        {local_date(finding.dating.at) for finding in findings},
        today=local_date(arrival.received_at),
    )  # before anything is written: a new partition wants the tables it refers to for itself
    lock_device(session, device)  # one upload of a gate at a time
    note_contact(device, at=arrival.received_at, clock_offset_ms=clock_offset_ms)
    settled = _settle(session, device, findings, arrival)
    _take_back(session, device, settled, at=arrival.received_at)
    outcomes = iter(settled)
    unread = [report for report in reports if isinstance(report, UnreadReport)]
    _keep_unread(session, device, unread)
    return [
        next(outcomes)
        if isinstance(report, ScanReport)
        else ScanOutcome(report.nonce, ScanStatus.REJECTED, None)
        for report in reports
    ]


def _judge_each(
    session: Session,
    keyring: Keyring,
    project_id: UUID,
    scans: Sequence[ScanReport],
    arrival: Arrival,
) -> list[_Finding]:
    claims = read_claims(session, keyring, project_id, {scan.code for scan in scans})
    findings = []
    for scan in scans:
        claim = claims.get(scan.code)
        dating = date_scan(scan, arrival, claim)
        findings.append(_Finding(scan, claim, dating, judge(claim, dating, arrival)))
    return findings


def _settle(
    session: Session, device: Device, findings: Sequence[_Finding], arrival: Arrival
) -> list[ScanOutcome]:
    """Store what is new and fold the days it touches.

    A scan that `verify` is storing in this very moment is met at the insert; it is then known,
    and its finding is settled once more.
    """
    workers = {finding.worker_id for finding in findings if finding.worker_id}
    if workers:
        queries.lock_workers(session, workers)
    uses = [finding.use for finding in findings if finding.use and finding.report.admitted]
    used_steps.claim_uploaded(
        session, project_id=device.project_id, uses=uses, at=arrival.received_at
    )
    outcomes: dict[int, ScanOutcome] = {}
    stored: list[CheckIn] = []
    left = list(range(len(findings)))
    while left:
        tried = _settle_once(session, device, [findings[place] for place in left], arrival)
        lost = _store(session, [check_in for _, check_in in tried if check_in])
        outcomes |= {
            place: outcome
            for place, (outcome, _) in zip(left, tried, strict=True)
            if outcome.check_in and outcome.check_in.id not in lost
        }
        stored += [new for _, new in tried if new and new.id not in lost]
        left = [place for place in left if place not in outcomes]
    _fold_touched(session, device.project_id, stored)
    return [outcomes[place] for place in range(len(findings))]


def _settle_once(
    session: Session, device: Device, findings: Sequence[_Finding], arrival: Arrival
) -> list[tuple[ScanOutcome, CheckIn | None]]:
    """Return each finding's outcome, and its check-in if that is yet to be stored."""
    nonces = {name for finding in findings for name in _names(finding.report)}
    known = scan_queries.list_check_ins(
        session, project_id=device.project_id, source_id=device.id, nonces=nonces
    )
    used = _list_used(session, device.project_id, findings)
    settled: list[tuple[ScanOutcome, CheckIn | None]] = []
    for finding in findings:
        status, name = _recognise(known, finding)
        first, earlier = known.get(finding.report.nonce), known.get(name)
        check_in = earlier or _make_check_in(device, finding, name, used, arrival)
        known[name] = check_in
        outcome = ScanOutcome(
            finding.report.nonce, status, check_in, denied=_find_denied(first, finding.report)
        )
        settled.append((outcome, None if earlier else check_in))
    return settled


def _find_denied(first: CheckIn | None, report: ScanReport) -> CheckIn | None:
    """Return our answer if it was lost on the way, or the power failed before the gate opened."""
    was_let_in = first is not None and first.admitted and not first.decided_offline
    return first if was_let_in and not report.admitted else None


def _take_back(
    session: Session, device: Device, outcomes: Iterable[ScanOutcome], *, at: datetime
) -> None:
    """Count nobody as present whom we let in and the gate did not.

    Later than a gate may annul, both sayings stay on record and ours stands, for somebody to look
    at: no gate takes a working day away afterwards.
    """
    for outcome in outcomes:
        if outcome.denied is None:
            continue
        try:
            annul_scan(session, device=device, nonce=outcome.denied.nonce, at=at)
        except AnnulmentTooLateError:
            take_up_denial(session, outcome.denied)


def _names(report: ScanReport) -> tuple[str, str]:
    """Return the nonce, and the one this report gets if it contradicts the first of that nonce."""
    facts = (report.direction, report.scanned_at, report.admitted, report.code)
    return report.nonce, rules.name_contradiction(report.nonce, *facts)


def _recognise(known: dict[str, CheckIn], finding: _Finding) -> tuple[ScanStatus, str]:
    """Return the status of a report and the nonce it goes by."""
    nonce, contradiction = _names(finding.report)
    first = known.get(nonce)
    if first is None:
        return ScanStatus.RECORDED, nonce
    if _says_the_same(first, finding):
        return ScanStatus.DUPLICATE, nonce
    return ScanStatus.CONFLICT, contradiction


def _says_the_same(first: CheckIn, finding: _Finding) -> bool:
    report = finding.report
    scanned_at = first.occurred_at
    if first.gate_report:
        scanned_at = datetime.fromisoformat(first.gate_report["scanned_at"])
    return (first.direction, first.admitted, scanned_at, first.code_step) == (
        report.direction,
        report.admitted,
        report.scanned_at,
        finding.step,
    )


def _list_used(
    session: Session, project_id: UUID, findings: Sequence[_Finding]
) -> set[tuple[UUID, int]]:
    counted = [finding for finding in findings if finding.use]
    if not counted:
        return set()
    instants = [finding.dating.at for finding in counted]
    return scan_queries.list_used_steps(
        session,
        project_id=project_id,
        worker_ids={finding.use[0] for finding in counted if finding.use},
        steps={finding.use[1] for finding in counted if finding.use},
        since=min(instants) - USE_MARGIN,
        until=max(instants) + USE_MARGIN,
    )


def _make_check_in(
    device: Device,
    finding: _Finding,
    nonce: str,
    used: set[tuple[UUID, int]],
    arrival: Arrival,
) -> CheckIn:
    """Return the check-in of a new report; one that counts uses its step up."""
    report, reason = finding.report, finding.reason
    if finding.use in used:
        reason = ScanReason.ALREADY_USED
    is_valid = report.admitted and rules.is_work(reason)
    if is_valid and finding.use:
        used.add(finding.use)
    return CheckIn(
        project_id=device.project_id,
        source_id=device.id,
        device_id=device.id,
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
    )


def _grade(finding: _Finding, reason: ScanReason) -> Grade:
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


def _store(session: Session, check_ins: Sequence[CheckIn]) -> set[UUID]:
    """Insert them in one statement; return the ids of those that were stored meanwhile."""
    stored = store_check_ins(session, [check_in.model_dump() for check_in in check_ins], {})
    return {check_in.id for check_in in check_ins} - stored


def _fold_touched(session: Session, project_id: UUID, stored: Sequence[CheckIn]) -> None:
    counted = [check_in for check_in in stored if check_in.valid]
    if counted:
        days = [local_date(rules.date_check_in(row)) for row in counted]
        work_days.fold_days(
            session,
            project_id=project_id,
            worker_ids={row.project_worker_id for row in counted if row.project_worker_id},
            # A crossing can move its neighbours, and before dawn it counts for the day before.
            since=min(days) - 2 * ONE_DAY,
            until=max(days) + ONE_DAY,
        )


def _keep_unread(session: Session, device: Device, unread: Sequence[UnreadReport]) -> None:
    if unread:
        rows = [
            UnreadScan(
                project_id=device.project_id,
                device_id=device.id,
                digest=hashlib.sha256(report.content.encode()).digest(),
                content=report.content,
            ).model_dump()
            for report in unread
        ]
        session.execute(insert(UnreadScan).on_conflict_do_nothing(index_elements=UNREAD_KEY), rows)

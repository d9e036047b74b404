"""Taking in what gates decided alone: every scan is kept, judged again, and counted once."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from attendance import queries, rules, scan_queries, work_days
from attendance.partitions import ensure_partitions_for
from attendance.rejudge import Arrival, Claim, Dating, Holder, ScanReport, date_scan, judge
from core.clock import local_date
from core.enums import CheckInMethod, ScanReason, ScanStatus
from core.keyring import Keyring
from db.models import CheckIn, Device, UnreadScan
from devices.queries import lock_device
from devices.service import note_contact
from qr import code as ax1

ONE_DAY = timedelta(days=1)
REPORT_KEY = ["project_id", "source_id", "nonce", "occurred_at"]
UNREAD_KEY = ["project_id", "device_id", "digest"]
USE_MARGIN = timedelta(minutes=15)
"""Two uses of one code lie closer together than this, whatever dated them."""
CodeClaims = dict[str, Claim]


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


@dataclass(frozen=True, slots=True)
class _Finding:
    """A scan judged by itself, before it is known what else was reported."""

    report: ScanReport
    claim: Claim | None
    dating: Dating
    reason: ScanReason

    @property
    def use(self) -> tuple[UUID, int] | None:
        """The (worker, step) this scan uses up if it counts."""
        if self.claim is None or self.claim.holder is None or not rules.is_work(self.reason):
            return None
        worker_id = self.claim.holder.project_worker_id
        return None if worker_id is None else (worker_id, self.claim.code.step)


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
    outcomes = iter(_settle(session, device, findings, arrival))
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
    claims = _read_codes(session, keyring, project_id, {scan.code for scan in scans})
    findings = []
    for scan in scans:
        claim = claims.get(scan.code)
        dating = date_scan(scan, arrival, claim)
        findings.append(_Finding(scan, claim, dating, judge(claim, dating, arrival)))
    return findings


def _read_codes(
    session: Session, keyring: Keyring, project_id: UUID, texts: Collection[str]
) -> CodeClaims:
    """Return what each text that is a live code claims, its tags checked against every master."""
    codes: dict[str, ax1.LiveCode] = {}
    for text in texts:
        with suppress(ax1.MalformedCodeError):
            codes[text] = ax1.decode(text)
    holders = scan_queries.list_holders(
        session, project_id=project_id, worker_refs={code.worker_ref for code in codes.values()}
    )
    day_keys = {
        (day, suite): [
            ax1.derive_project_day_key(master, project_id=project_id, day=day, suite=suite)
            for master in keyring.gate_masters.values()
        ]
        for day, suite in {(ax1.step_day(code.step), code.suite) for code in codes.values()}
    }
    return {
        text: _check_tags(
            code,
            holders.get(code.worker_ref),
            day_keys[ax1.step_day(code.step), code.suite],
            keyring.holder_masters.values(),
        )
        for text, code in codes.items()
    }


def _check_tags(
    code: ax1.LiveCode,
    holder: Holder | None,
    day_keys: Iterable[bytes],
    holder_masters: Iterable[bytes],
) -> Claim:
    if holder is None:
        return Claim(code, None, is_gate_tag_good=False, is_holder_tag_good=False)
    ref, suite = code.worker_ref, code.suite
    gate_keys = (ax1.derive_gate_key(key, worker_ref=ref, suite=suite) for key in day_keys)
    holder_keys = (
        ax1.derive_holder_key(
            master, worker_ref=ref, key_generation=holder.key_generation, suite=suite
        )
        for master in holder_masters
    )
    return Claim(
        code,
        holder,
        is_gate_tag_good=any(ax1.is_gate_tag_good(code, key) for key in gate_keys),
        is_holder_tag_good=any(ax1.is_holder_tag_good(code, key) for key in holder_keys),
    )


def _settle(
    session: Session, device: Device, findings: Sequence[_Finding], arrival: Arrival
) -> list[ScanOutcome]:
    """Store what is new and fold the days it touches.

    A scan that `verify` is storing in this very moment is met at the insert; it is then known,
    and its finding is settled once more.
    """
    uses = [finding.use for finding in findings if finding.use]
    if uses:
        queries.lock_workers(session, {worker_id for worker_id, _ in uses})
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
        earlier = known.get(name)
        check_in = earlier or _make_check_in(device, finding, name, used, arrival)
        known[name] = check_in
        outcome = ScanOutcome(finding.report.nonce, status, check_in)
        settled.append((outcome, None if earlier else check_in))
    return settled


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
    report, claim = finding.report, finding.claim
    scanned_at = first.occurred_at
    if first.gate_report:
        scanned_at = datetime.fromisoformat(first.gate_report["scanned_at"])
    return (first.direction, first.admitted, scanned_at, first.code_step) == (
        report.direction,
        report.admitted,
        report.scanned_at,
        claim.code.step if claim else None,
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
    report, claim, reason = finding.report, finding.claim, finding.reason
    if finding.use in used:
        reason = ScanReason.ALREADY_USED
    is_valid = report.admitted and rules.is_work(reason)
    if is_valid and finding.use:
        used.add(finding.use)
    holder = claim.holder if claim and claim.is_gate_tag_good else None
    return CheckIn(
        project_id=device.project_id,
        source_id=device.id,
        device_id=device.id,
        nonce=nonce,
        project_worker_id=holder.project_worker_id if holder else None,
        direction=report.direction,
        method=CheckInMethod.LIVE_CODE,
        grade=rules.grade_live_code(reason),
        occurred_at=finding.dating.at,
        received_at=arrival.received_at,
        clock_bound_ms=finding.dating.bound_ms,
        admitted=report.admitted,
        valid=is_valid,
        reason=reason,
        decided_offline=report.decided_offline,
        code_step=claim.code.step if claim else None,
        presented=None if reason is ScanReason.OK else rules.make_presentable(report.code),
        gate_report=_keep_words(report),
    )


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
    if not check_ins:
        return set()
    inserted = session.scalars(
        insert(CheckIn)
        .on_conflict_do_nothing(index_elements=REPORT_KEY)
        .returning(col(CheckIn.id)),
        [check_in.model_dump() for check_in in check_ins],
    )
    return {check_in.id for check_in in check_ins} - set(inserted)


def _fold_touched(session: Session, project_id: UUID, stored: Sequence[CheckIn]) -> None:
    counted = [check_in for check_in in stored if check_in.valid]
    if counted:
        days = [local_date(check_in.occurred_at) for check_in in counted]
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

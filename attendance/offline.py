"""Taking in what gates decided alone: every scan is kept, judged again, and counted once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import msgspec
from sqlmodel import Session

from attendance import queries, rules, scan_queries, used_steps
from attendance.annulments import annul_scan
from attendance.claims import read_claims
from attendance.conflict_items import take_up_denial, take_up_strangers
from attendance.errors import AnnulmentTooLateError
from attendance.findings import Finding, judge_report, make_check_in
from attendance.partitions import ensure_partitions_for
from attendance.rejudge import Arrival, ScanReport
from attendance.storing import NewCheckIn, store_check_ins
from attendance.unread import keep_unread
from core.clock import local_date
from core.enums import AnnulmentReason, ScanStatus
from core.keyring import Keyring
from db.models import CheckIn, Device
from devices.queries import lock_device
from devices.service import note_contact

USE_MARGIN = timedelta(minutes=15)
"""Two uses of one code lie closer together than this, whatever dated them."""


@dataclass(frozen=True, slots=True)
class UnreadReport:
    """An uploaded thing that is no scan, as JSON, and its nonce if it has a usable one."""

    content: str
    nonce: str | None


class ScanOutcome(msgspec.Struct, frozen=True):
    """What became of one uploaded thing; the check-in behind it unless it was no scan."""

    nonce: str | None
    status: ScanStatus
    check_in: CheckIn | NewCheckIn | None
    denied: CheckIn | NewCheckIn | None = None
    """With it we had let somebody in, and the gate says that it did not open."""


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
    _take_back(session, device, scans, settled, at=arrival.received_at)
    outcomes = iter(settled)
    unread = [report for report in reports if isinstance(report, UnreadReport)]
    keep_unread(session, device=device, contents=[report.content for report in unread])
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
) -> list[Finding]:
    claims = read_claims(session, keyring, project_id, {scan.code for scan in scans})
    return [judge_report(scan, claims.get(scan.code), arrival) for scan in scans]


def _settle(
    session: Session, device: Device, findings: Sequence[Finding], arrival: Arrival
) -> list[ScanOutcome]:
    """Store what is new, and mark the days it touches to be folded.

    A scan that `verify` is storing in this very moment is met at the insert; it is then known,
    and its finding is settled once more.
    """
    counted = [each.named for each in findings if each.named and rules.is_work(each.reason)]
    if counted:
        queries.lock_workers(session, set(counted))
    uses = [use for each in findings if each.report.admitted and (use := each.use)]
    used_steps.claim_uploaded(
        session, project_id=device.project_id, uses=uses, at=arrival.received_at
    )
    outcomes: dict[int, ScanOutcome] = {}
    left = list(range(len(findings)))
    while left:
        tried = _settle_once(session, device, [findings[place] for place in left], arrival)
        new = [made for _, made in tried if made]
        stored = store_check_ins(
            session, new, project_id=device.project_id, device_id=device.id, at=arrival.received_at
        )
        lost = {made.id for made in new} - stored
        outcomes |= {
            place: outcome
            for place, (outcome, _) in zip(left, tried, strict=True)
            if outcome.check_in and outcome.check_in.id not in lost
        }
        left = [place for place in left if place not in outcomes]
    return [outcomes[place] for place in range(len(findings))]


def _settle_once(
    session: Session, device: Device, findings: Sequence[Finding], arrival: Arrival
) -> list[tuple[ScanOutcome, NewCheckIn | None]]:
    """Return each finding's outcome, and its check-in if that is yet to be stored."""
    known: dict[str, CheckIn | NewCheckIn] = {**_list_known(session, device, findings, arrival)}
    used = _list_used(session, device.project_id, findings)
    settled: list[tuple[ScanOutcome, NewCheckIn | None]] = []
    for finding in findings:
        nonce = finding.report.nonce
        status, name = _recognise(known, finding)
        denied = _find_denied(known.get(nonce), finding.report)
        check_in, made = known.get(name), None
        if check_in is None:
            known[name] = check_in = made = make_check_in(finding, name, used, arrival)
        settled.append((ScanOutcome(nonce, status, check_in, denied), made))
    return settled


def _list_known(
    session: Session, device: Device, findings: Sequence[Finding], arrival: Arrival
) -> dict[str, CheckIn]:
    """Return what the gate has reported before under the names that these findings may get.

    Where a nonce is new, nothing can have contradicted it before.
    """
    find = partial(
        scan_queries.list_check_ins,
        session,
        project_id=device.project_id,
        source_id=device.id,
        since=first_instant(findings, arrival),
    )
    known = find(nonces={finding.report.nonce for finding in findings})
    others = {_name_other(each.report) for each in findings if each.report.nonce in known}
    return (known | find(nonces=others)) if others else known


def first_instant(findings: Sequence[Finding], arrival: Arrival) -> datetime:
    """Return when the oldest of these crossings may have been dated when it came the first time."""
    said = min(finding.report.scanned_at for finding in findings)
    dated = min(finding.dating.at for finding in findings)
    return rules.earliest_report(min(said, dated), arrival.received_at)


def _find_denied(
    first: CheckIn | NewCheckIn | None, report: ScanReport
) -> CheckIn | NewCheckIn | None:
    """Return our answer if it was lost on the way, or the power failed before the gate opened."""
    was_let_in = first is not None and first.admitted and not first.decided_offline
    return first if was_let_in and not report.admitted else None


def _take_back(
    session: Session,
    device: Device,
    reports: Sequence[ScanReport],
    outcomes: Sequence[ScanOutcome],
    *,
    at: datetime,
) -> None:
    """Count nobody as present whom we let in and the gate did not; list who came as another."""
    strangers: list[UUID] = []
    for report, outcome in zip(reports, outcomes, strict=True):
        if outcome.denied is not None:
            _deny(session, device, outcome.denied, reason=_reason_of(report), at=at)
        elif not report.admitted and outcome.check_in and is_stranger(report):
            strangers.append(outcome.check_in.id)
    if strangers:
        take_up_strangers(session, project_id=device.project_id, check_in_ids=strangers)


def _deny(
    session: Session,
    device: Device,
    denied: CheckIn | NewCheckIn,
    *,
    reason: AnnulmentReason,
    at: datetime,
) -> None:
    """Annul what we let in.

    Later than a gate may annul, both sayings stay on record and ours stands, for somebody to look
    at: no gate takes a working day away afterwards.
    """
    try:
        annul_scan(session, device=device, nonce=denied.nonce, reason=reason, at=at)
    except AnnulmentTooLateError:
        assert isinstance(denied, CheckIn)  # what has come just now is not too late
        if reason is AnnulmentReason.NOT_THE_HOLDER:
            take_up_strangers(session, project_id=device.project_id, check_in_ids=[denied.id])
        else:
            take_up_denial(session, denied)


def _reason_of(report: ScanReport) -> AnnulmentReason:
    is_other = is_stranger(report)
    return AnnulmentReason.NOT_THE_HOLDER if is_other else AnnulmentReason.NOT_OPENED


def is_stranger(report: ScanReport) -> bool:
    """Tell whether a guard saw somebody else with the card."""
    return report.reason == AnnulmentReason.NOT_THE_HOLDER


def _recognise(
    known: Mapping[str, CheckIn | NewCheckIn], finding: Finding
) -> tuple[ScanStatus, str]:
    """Return the status of a report and the nonce it goes by."""
    nonce = finding.report.nonce
    first = known.get(nonce)
    if first is None:
        return ScanStatus.RECORDED, nonce
    if _says_the_same(first, finding):
        return ScanStatus.DUPLICATE, nonce
    return ScanStatus.CONFLICT, _name_other(finding.report)


def _name_other(report: ScanReport) -> str:
    """Return the nonce this report gets if it contradicts the first of its own nonce."""
    facts = (report.direction, report.scanned_at, report.admitted, report.code)
    return rules.name_contradiction(report.nonce, *facts)


def _says_the_same(first: CheckIn | NewCheckIn, finding: Finding) -> bool:
    report = finding.report
    scanned_at = first.occurred_at
    if first.gate_report:
        scanned_at = datetime.fromisoformat(str(first.gate_report["scanned_at"]))
    said = (first.direction, first.admitted, scanned_at, first.code_step)
    says = (report.direction, report.admitted, report.scanned_at, finding.step)
    return said == says and _is_of_the_same(first, finding)


def _is_of_the_same(first: CheckIn | NewCheckIn, finding: Finding) -> bool:
    """Tell whether the same person's code was held to the reader.

    What names nobody is not told apart: a gate keeps less of a text that is no code than it asked
    with. Whoever was unknown then may be known now, by the same code.
    """
    if first.project_worker_id == finding.named:
        return True
    return first.presented == rules.make_presentable(finding.report.code)


def _list_used(
    session: Session, project_id: UUID, findings: Sequence[Finding]
) -> set[tuple[UUID, int]]:
    uses = {finding.use: finding.dating.at for finding in findings}
    uses.pop(None, None)
    if not uses:
        return set()
    return scan_queries.list_used_steps(
        session,
        project_id=project_id,
        uses=[use for use in uses if use],
        since=min(uses.values()) - USE_MARGIN,
        until=max(uses.values()) + USE_MARGIN,
    )

"""Deciding at the gate, and recording every crossing it was asked about."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from redis import Redis, RedisError
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from attendance import queries, rules, work_days
from attendance.facts import CodeHolder, RecordedCrossing, WorkerCard
from attendance.folding import Crossing, fold, work_date
from core.clock import ONE_DAY, local_date, now
from core.enums import CheckInMethod, Direction, ScanReason, Tone
from core.keyring import Keyring
from core.masking import mask_name
from db.models import CheckIn, Device
from db.models.attendance import REPORT_KEY
from devices.service import note_contact
from projects.dictionaries import WORK_TYPE
from qr import code as ax1

STEP_MEMORY_SECONDS = 120
"""Longer than a code can be fresh: (2 + 1 + 2) steps of 15 s."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ShownWorker:
    """What the guard sees of a worker whose phone was proved."""

    masked_name: str
    trade: str
    team: str


@dataclass(frozen=True, slots=True)
class ScanDecision:
    """The gate's answer; the check-in behind it is stored, admitted or not."""

    admitted: bool
    reason: ScanReason
    say: str
    tone: Tone
    worker: ShownWorker | None
    check_in: CheckIn


@dataclass(frozen=True, slots=True)
class _Scan:
    """One question of a gate."""

    device: Device
    code: str
    direction: Direction
    nonce: str
    scanned_at: datetime
    received_at: datetime

    @property
    def clock_bound_ms(self) -> int:
        """± how far the gate's clock may be from the truth."""
        return abs(rules.compute_offset_ms(self.scanned_at, self.received_at))

    @property
    def happened_at(self) -> datetime:
        """When it happened, by the better of the two clocks."""
        return rules.choose_instant(self.scanned_at, self.received_at, self.clock_bound_ms)


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What is known of a scan once its code has been looked at."""

    reason: ScanReason
    live_code: ax1.LiveCode | None = None
    holder: CodeHolder | None = None


def verify_scan(
    session: Session,
    valkey: Redis,
    keyring: Keyring,
    *,
    device: Device,
    code: str,
    direction: Direction,
    nonce: str,
    scanned_at: datetime,
) -> ScanDecision:
    """Decide whether a gate opens, and record the crossing whatever the decision.

    Repeating a nonce of the same device returns the first answer; the nonce with another code or
    direction is another scan, and judged as one. A code's step opens one gate once: Valkey turns
    most second tries away early; the lock on the worker and their recorded crossings decide,
    alone when Valkey does not answer.
    """
    scan = _Scan(device, code, direction, nonce, scanned_at, received_at=now())
    known = _find_report(session, scan)
    if known is not None and not _is_same_scan(session, scan, known):
        scan = replace(scan, nonce=rules.name_contradiction(nonce, direction, code))
        known = _find_report(session, scan)
    if known is not None:
        return _recall(session, known)
    offset_ms = rules.compute_offset_ms(scanned_at, scan.received_at)
    note_contact(device, at=scan.received_at, clock_offset_ms=offset_ms)
    judgement = _judge(session, keyring, scan)
    if judgement.reason is ScanReason.OK:
        return _admit_once(session, valkey, scan, judgement)
    return _record(session, scan, judgement)


def _find_report(session: Session, scan: _Scan) -> CheckIn | None:
    device = scan.device
    return queries.find_check_in(
        session, project_id=device.project_id, source_id=device.id, nonce=scan.nonce
    )


def _is_same_scan(session: Session, scan: _Scan, known: CheckIn) -> bool:
    """Tell a gate that asks again from one whose counter began anew after a restart."""
    if known.direction is not scan.direction:
        return False
    if known.presented is not None:
        return known.presented == rules.make_presentable(scan.code)
    try:
        live_code = ax1.decode(scan.code)
    except ax1.MalformedCodeError:
        return False
    holder = queries.find_code_holder(
        session,
        project_id=scan.device.project_id,
        worker_ref=live_code.worker_ref,
        on=local_date(scan.received_at),
    )
    said = (live_code.step, holder and holder.project_worker_id)
    return said == (known.code_step, known.project_worker_id)


def _judge(session: Session, keyring: Keyring, scan: _Scan) -> _Judgement:
    """Judge in a fixed order; validity comes before repetition, or a revoked code slips through."""
    try:
        live_code = ax1.decode(scan.code)
    except ax1.MalformedCodeError:
        return _Judgement(ScanReason.MALFORMED_CODE)
    today = local_date(scan.received_at)
    holder = queries.find_code_holder(
        session,
        project_id=scan.device.project_id,
        worker_ref=live_code.worker_ref,
        on=today,
    )
    if holder is None:
        return _Judgement(ScanReason.UNKNOWN_WORKER, live_code)
    reason = _judge_code(keyring, scan, live_code, holder)
    if reason is ScanReason.OK:
        reason = rules.judge_standing(holder.stay, has_contract=holder.has_contract, on=today)
    return _Judgement(reason, live_code, holder)


def _judge_code(
    keyring: Keyring, scan: _Scan, live_code: ax1.LiveCode, holder: CodeHolder
) -> ScanReason:
    suite, worker_ref = live_code.suite, live_code.worker_ref
    day_key = ax1.derive_project_day_key(
        keyring.gate_master,
        project_id=scan.device.project_id,
        day=ax1.step_day(live_code.step),
        suite=suite,
    )
    holder_key = ax1.derive_holder_key(
        keyring.holder_master,
        worker_ref=worker_ref,
        key_generation=holder.key_generation,
        suite=suite,
    )
    gate_key = ax1.derive_gate_key(day_key, worker_ref=worker_ref, suite=suite)
    return ax1.judge(live_code, gate_key=gate_key, holder_key=holder_key, at=scan.received_at)


def _admit_once(
    session: Session, valkey: Redis, scan: _Scan, judgement: _Judgement
) -> ScanDecision:
    """Admit a good code unless its step was used, and fold the day it counts for."""
    live_code, holder = judgement.live_code, judgement.holder
    assert live_code is not None
    assert holder is not None
    assert holder.project_worker_id is not None
    used = _Judgement(ScanReason.ALREADY_USED, live_code, holder)
    if not _claim_step(valkey, scan, live_code):
        return _record(session, scan, used)
    queries.lock_workers(session, [holder.project_worker_id])
    day = work_date(scan.happened_at, holder.day_rules.day_starts_at)
    begin, end = work_days.reach(day - ONE_DAY, day + ONE_DAY, holder.day_rules)
    recorded = queries.list_crossings(
        session,
        project_id=scan.device.project_id,
        worker_ids=[holder.project_worker_id],
        since=begin,
        until=end,
    )
    if any(record.code_step == live_code.step for record in recorded):
        return _record(session, scan, used)
    decision = _record(session, scan, judgement)
    if decision.admitted:
        _fold_with(session, recorded, decision.check_in, holder)
    return decision


def _claim_step(valkey: Redis, scan: _Scan, live_code: ax1.LiveCode) -> bool:
    """Tell whether Valkey knows of no other scan of this step; True when it does not answer.

    The value names the scan, so a repeat after a lost answer or a rolled back transaction still
    finds its own claim.
    """
    key = f"gate:step:{scan.device.project_id}:{live_code.worker_ref.hex()}:{live_code.step}"
    mine = f"{scan.device.id}:{scan.nonce}".encode()
    try:
        earlier = valkey.set(key, mine, nx=True, get=True, ex=STEP_MEMORY_SECONDS)
    except RedisError as error:
        log.warning("step_claim_without_valkey", error=type(error).__name__)
        return True
    return earlier in (None, mine)


def _record(session: Session, scan: _Scan, judgement: _Judgement) -> ScanDecision:
    """Store the crossing; if the same report was stored meanwhile, answer as that one was."""
    check_in = _make_check_in(scan, judgement)
    inserted = session.scalar(
        insert(CheckIn)
        .values(check_in.model_dump())
        .on_conflict_do_nothing(index_elements=REPORT_KEY)
        .returning(col(CheckIn.id))
    )
    if inserted is None:
        return _recall_report(session, scan)
    return _decide(check_in, judgement.holder.card if judgement.holder else None)


def _make_check_in(scan: _Scan, judgement: _Judgement) -> CheckIn:
    reason, live_code, holder = judgement.reason, judgement.live_code, judgement.holder
    is_known = holder is not None and reason is not ScanReason.BAD_GATE_TAG
    is_ok = reason is ScanReason.OK
    return CheckIn(
        project_id=scan.device.project_id,
        source_id=scan.device.id,
        device_id=scan.device.id,
        nonce=scan.nonce,
        project_worker_id=holder.project_worker_id if holder and is_known else None,
        direction=scan.direction,
        method=CheckInMethod.LIVE_CODE,
        grade=rules.grade_live_code(reason),
        occurred_at=scan.scanned_at,
        received_at=scan.received_at,
        clock_bound_ms=scan.clock_bound_ms,
        admitted=is_ok,
        valid=is_ok,
        reason=reason,
        code_step=live_code.step if live_code else None,
        presented=None if is_ok else rules.make_presentable(scan.code),
    )


def _fold_with(
    session: Session,
    recorded: Sequence[RecordedCrossing],
    check_in: CheckIn,
    holder: CodeHolder,
) -> None:
    """Fold the days around a check-in that was just stored, without reading it back."""
    assert check_in.project_worker_id is not None
    at = rules.choose_instant(check_in.occurred_at, check_in.received_at, check_in.clock_bound_ms)
    crossings = [record.crossing for record in recorded]
    crossings.append(Crossing(check_in.id, check_in.direction, at, check_in.grade))
    day = work_date(at, holder.day_rules.day_starts_at)
    work_days.store_days(
        session,
        project_id=check_in.project_id,
        folded={check_in.project_worker_id: fold(crossings, holder.day_rules)},
        since=day - ONE_DAY,
        until=day + ONE_DAY,
    )


def _recall_report(session: Session, scan: _Scan) -> ScanDecision:
    known = _find_report(session, scan)
    assert known is not None
    return _recall(session, known)


def _recall(session: Session, check_in: CheckIn) -> ScanDecision:
    """Give the answer that was given when this check-in was stored."""
    worker_id = check_in.project_worker_id
    return _decide(check_in, queries.find_worker_card(session, worker_id) if worker_id else None)


def _decide(check_in: CheckIn, card: WorkerCard | None) -> ScanDecision:
    tone, say = rules.choose_words(check_in.reason, check_in.direction)
    is_proved = check_in.reason in rules.PROVED
    return ScanDecision(
        admitted=check_in.admitted,
        reason=check_in.reason,
        say=say,
        tone=tone,
        worker=_show(card) if card and is_proved else None,
        check_in=check_in,
    )


def _show(card: WorkerCard) -> ShownWorker:
    trade = WORK_TYPE.names.get(card.work_type, card.work_type)
    return ShownWorker(mask_name(card.name), trade, card.team_name)

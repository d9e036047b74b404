"""Taking in what vendors' terminals recorded: every punch once, judged for its own moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from attendance import offline, queries, rules
from attendance.facts import CardHolder
from attendance.partitions import ensure_partitions_for
from attendance.punch_rules import bound_clock_ms, judge_punch, measure_offset_ms
from attendance.rejudge import Arrival, ScanReport
from attendance.storing import NewCheckIn, store_check_ins
from core.clock import local_date
from core.enums import Direction, ScanReason, ScanStatus
from core.keyring import Keyring
from db.base import new_id
from db.models import Device
from devices.punches import Punch
from devices.queries import lock_device
from devices.service import note_contact


@dataclass(frozen=True, slots=True)
class PunchOutcome:
    """What became of one punch; `is_new` is False when it had been stored before."""

    punch: Punch
    project_worker_id: UUID | None
    reason: ScanReason
    admitted: bool
    valid: bool
    """Whether it counts as work."""
    is_new: bool


def take_punches(
    session: Session,
    keyring: Keyring,
    *,
    device: Device,
    punches: Sequence[Punch],
    at: datetime,
) -> list[PunchOutcome]:
    """Store what a terminal recorded, each punch once, and mark the days it touches to be folded.

    One outcome for each punch, in the same order. A punch with a scanned code is judged as the
    code, any other as the person who has its PIN on the project; a PIN nobody has is stored
    without a worker. Which way people pass is the terminal's own word only where the device does
    not say. The number of statements does not grow with the number of punches.
    """
    _prepare(session, device, punches, at)
    coded = [punch for punch in punches if punch.code is not None]
    by_code = iter(_take_coded(session, keyring, device, coded, at))
    plain = [punch for punch in punches if punch.code is None]
    by_pin = iter(_take_plain(session, device, plain, at, is_question=False))
    return [next(by_pin if punch.code is None else by_code) for punch in punches]


def take_pins(
    session: Session, *, device: Device, punches: Sequence[Punch], at: datetime
) -> list[PunchOutcome]:
    """Store punches that carry no code, as `take_punches` does."""
    _prepare(session, device, punches, at)
    return _take_plain(session, device, punches, at, is_question=False)


def answer_punch(session: Session, *, device: Device, punch: Punch, at: datetime) -> PunchOutcome:
    """Decide whether a terminal that asks about a PIN opens, and record the crossing."""
    _prepare(session, device, [punch], at)
    (outcome,) = _take_plain(session, device, [punch], at, is_question=True)
    return outcome


def _prepare(session: Session, device: Device, punches: Sequence[Punch], at: datetime) -> None:
    """Create partitions before anything is written, as they want the tables for themselves."""
    days = {local_date(punch.at) for punch in punches}
    ensure_partitions_for(session, days, today=local_date(at))
    lock_device(session, device)  # one upload of a terminal at a time
    offset_ms = measure_offset_ms(punches, device_offset_ms=device.clock_offset_ms, received_at=at)
    note_contact(device, at=at, clock_offset_ms=offset_ms)


def _take_coded(
    session: Session,
    keyring: Keyring,
    device: Device,
    punches: Sequence[Punch],
    at: datetime,
) -> list[PunchOutcome]:
    if not punches:
        return []
    outcomes = offline.take_scans(
        session,
        keyring,
        device=device,
        reports=[_make_report(punch, device, at) for punch in punches],
        arrival=Arrival(at, None, None),
        clock_offset_ms=None,
    )
    return [_outcome_of(punch, scanned) for punch, scanned in zip(punches, outcomes, strict=True)]


def _make_report(punch: Punch, device: Device, at: datetime) -> ScanReport:
    return ScanReport(
        code=punch.code or "",
        direction=device.direction or punch.direction,
        nonce=punch.key,
        scanned_at=punch.at,
        clock_bound_ms=bound_clock_ms(
            punch, device_offset_ms=device.clock_offset_ms, received_at=at
        ),
        admitted=not punch.is_refused,
        reason=punch.note or "",
        decided_offline=True,
        sequence=None,
        boot_id=None,
        uptime_ms=None,
    )


def _outcome_of(punch: Punch, scanned: offline.ScanOutcome) -> PunchOutcome:
    check_in = scanned.check_in
    assert check_in is not None
    return PunchOutcome(
        punch,
        check_in.project_worker_id,
        check_in.reason,
        admitted=check_in.admitted,
        valid=check_in.valid,
        is_new=scanned.status is not ScanStatus.DUPLICATE,
    )


def _take_plain(
    session: Session,
    device: Device,
    punches: Sequence[Punch],
    at: datetime,
    *,
    is_question: bool,
) -> list[PunchOutcome]:
    if not punches:
        return []
    pins = {punch.pin for punch in punches if punch.pin is not None}
    holders = queries.list_card_holders(session, project_id=device.project_id, card_numbers=pins)
    queries.lock_workers(session, [holder.project_worker_id for holder in holders.values()])
    rows = [
        _make_row(punch, holders.get(punch.pin or ""), device, at, is_question=is_question)
        for punch in punches
    ]
    new_ids = store_check_ins(
        session, rows, project_id=device.project_id, device_id=device.id, at=at
    )
    return [
        PunchOutcome(
            punch,
            row.project_worker_id,
            row.reason,
            admitted=row.admitted,
            valid=row.valid,
            is_new=row.id in new_ids,
        )
        for punch, row in zip(punches, rows, strict=True)
    ]


def _make_row(
    punch: Punch,
    holder: CardHolder | None,
    device: Device,
    at: datetime,
    *,
    is_question: bool,
) -> NewCheckIn:
    bound_ms = bound_clock_ms(punch, device_offset_ms=device.clock_offset_ms, received_at=at)
    direction = device.direction or punch.direction
    reason = _judge(punch, direction, holder, bound_ms, at, is_question=is_question)
    admitted = reason is ScanReason.OK if is_question else not punch.is_refused
    is_valid = admitted and rules.is_work(reason)
    return NewCheckIn(
        id=new_id(),
        nonce=punch.key,
        project_worker_id=holder.project_worker_id if holder else None,
        direction=direction,
        method=punch.method,
        grade=rules.grade_method(punch.method),
        occurred_at=punch.at,
        received_at=at,
        clock_bound_ms=bound_ms,
        admitted=admitted,
        valid=is_valid,
        reason=reason,
        decided_offline=not is_question,
        presented=None if holder else punch.pin and rules.make_presentable(punch.pin),
        note=punch.note,
        day=local_date(rules.choose_instant(punch.at, at, bound_ms)) if is_valid else None,
    )


def _judge(
    punch: Punch,
    direction: Direction,
    holder: CardHolder | None,
    bound_ms: int,
    at: datetime,
    *,
    is_question: bool,
) -> ScanReason:
    if holder is None:
        return ScanReason.UNKNOWN_WORKER
    return judge_punch(
        punch,
        direction=direction,
        stay=holder.stay,
        contracts=holder.contracts,
        clock_bound_ms=bound_ms,
        received_at=at,
        is_question=is_question,
    )

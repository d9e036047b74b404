"""Deciding at the gate in the caller's transaction, and recording every crossing asked about.

The hot lane (`attendance.ingest`) decides the same for many gates at once and comes here with
whatever it cannot answer from memory; vendors' terminals come here always.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

import msgspec
import structlog
from redis import Redis, RedisError
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from attendance import queries, roster_queries, rules, used_steps
from attendance.due_folds import wake_fold
from attendance.judgement import (
    Finders,
    Judgement,
    Scan,
    ScanRecord,
    ShownWorker,
    judge_scan,
    make_answer,
    make_record,
)
from core.clock import local_date, now
from core.enums import CheckInMethod, Direction, ScanReason, Tone
from core.keyring import Keyring
from core.masking import mask_name
from db.base import new_id
from db.models import CheckIn, Device, FoldDue
from db.models.attendance import REPORT_KEY
from devices.service import note_contact
from projects.dictionaries import WORK_TYPE
from qr.tag_keys import TagKeys

STEP_MEMORY_SECONDS = 120
"""Longer than a code can be fresh: (2 + 1 + 2) steps of 15 s."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ScanDecision:
    """The gate's answer; the check-in behind it is stored, admitted or not."""

    admitted: bool
    reason: ScanReason
    say: str
    tone: Tone
    worker: ShownWorker | None
    check_in: CheckIn

    @property
    def check_in_id(self) -> UUID:
        """What the gate may quote."""
        return self.check_in.id


Judge = Callable[[Scan], Judgement]


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
    most second tries away early; the row that claims the step decides. The day is folded soon
    after, see `attendance.due_folds`.
    """
    scan = Scan(device.project_id, device.id, code, direction, nonce, scanned_at, now())
    find = Finders(
        partial(roster_queries.find_code_holder, session, device.project_id),
        partial(roster_queries.find_held_card, session, device.project_id),
    )
    judge = partial(judge_scan, find=find, keys=TagKeys(keyring))
    known = _find_report(session, scan)
    if known is not None and not _is_same_scan(known, scan, judge):
        scan = msgspec.structs.replace(scan, nonce=rules.name_contradiction(nonce, direction, code))
        known = _find_report(session, scan)
    if known is not None:
        return _recall(session, known)
    note_contact(device, at=scan.received_at, clock_offset_ms=scan.offset_ms)
    return _record(session, valkey, scan, judge(scan))


def _find_report(session: Session, scan: Scan) -> CheckIn | None:
    return queries.find_check_in(
        session, project_id=scan.project_id, source_id=scan.device_id, nonce=scan.nonce
    )


def _is_same_scan(known: CheckIn, scan: Scan, judge: Judge) -> bool:
    """Tell a gate that asks again from one whose counter began anew after a restart."""
    if known.direction is not scan.direction:
        return False
    if known.presented is not None:
        return known.presented == rules.make_presentable(scan.code)
    said = judge(scan)
    worker_id = said.owner and said.owner.holder.project_worker_id
    return (said.method, said.code_step, worker_id) == (
        known.method,
        known.code_step,
        known.project_worker_id,
    )


def _record(session: Session, valkey: Redis, scan: Scan, judgement: Judgement) -> ScanDecision:
    """Store the crossing; if the same report was stored meanwhile, answer as that one was."""
    record = make_record(scan, judgement, check_in_id=new_id())
    if not _claim_step(session, valkey, record):
        record = record.as_used()
    check_in = _make_check_in(record)
    inserted = session.scalar(
        insert(CheckIn)
        .values(check_in.model_dump())
        .on_conflict_do_nothing(index_elements=REPORT_KEY)
        .returning(col(CheckIn.id))
    )
    if inserted is None:
        used_steps.release_step(session, record.id)
        known = _find_report(session, scan)
        assert known is not None
        return _recall(session, known)
    _mark_day(session, record)
    return _decide(check_in, judgement.owner.shown if judgement.owner else None)


def _claim_step(session: Session, valkey: Redis, record: ScanRecord) -> bool:
    """Take the step of an admitted code for this check-in; False if another one has it."""
    if not record.admitted or record.code_step is None:
        return True
    return _claim_in_valkey(valkey, record) and used_steps.claim_step(session, record)


def _claim_in_valkey(valkey: Redis, record: ScanRecord) -> bool:
    """Tell whether Valkey knows of no other scan of this step; True when it does not answer.

    The value names the scan, so a repeat after a lost answer or a rolled back transaction still
    finds its own claim.
    """
    key = f"gate:step:{record.project_id}:{record.project_worker_id}:{record.code_step}"
    mine = f"{record.device_id}:{record.nonce}".encode()
    try:
        earlier = valkey.set(key, mine, nx=True, get=True, ex=STEP_MEMORY_SECONDS)
    except RedisError as error:
        log.warning("step_claim_without_valkey", error=type(error).__name__)
        return True
    return earlier in (None, mine)


def _make_check_in(record: ScanRecord) -> CheckIn:
    return CheckIn(
        id=record.id,
        project_id=record.project_id,
        source_id=record.device_id,
        device_id=record.device_id,
        nonce=record.nonce,
        project_worker_id=record.project_worker_id,
        direction=record.direction,
        method=record.method,
        grade=record.grade,
        occurred_at=record.occurred_at,
        received_at=record.received_at,
        clock_bound_ms=record.clock_bound_ms,
        admitted=record.admitted,
        valid=record.admitted,
        reason=record.reason,
        code_step=record.code_step,
        presented=None if record.admitted else record.presented,
    )


def _mark_day(session: Session, record: ScanRecord) -> None:
    """Leave word that a day has changed, and wake whoever folds it at commit."""
    if not record.admitted:
        return
    assert record.project_worker_id is not None
    mark = FoldDue(
        project_id=record.project_id,
        project_worker_id=record.project_worker_id,
        check_in_id=record.id,
        day=local_date(record.happened_at),
    )
    session.execute(insert(FoldDue).values(mark.model_dump()))
    wake_fold(session, source=str(record.device_id), at=record.received_at)


def _recall(session: Session, check_in: CheckIn) -> ScanDecision:
    """Give the answer that was given when this check-in was stored."""
    worker_id = check_in.project_worker_id
    card = queries.find_worker_card(session, worker_id) if worker_id else None
    if card is None:
        return _decide(check_in, None)
    trade = WORK_TYPE.name_of(card.work_type)
    return _decide(check_in, ShownWorker(mask_name(card.name), trade, card.team_name))


def _decide(check_in: CheckIn, shown: ShownWorker | None) -> ScanDecision:
    answer = make_answer(
        check_in.id,
        check_in.reason,
        direction=check_in.direction,
        method=CheckInMethod(check_in.method),
        shown=shown,
    )
    return ScanDecision(
        admitted=check_in.admitted,
        reason=answer.reason,
        say=answer.say,
        tone=answer.tone,
        worker=answer.worker,
        check_in=check_in,
    )

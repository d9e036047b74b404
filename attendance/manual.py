"""Days the labour manager enters by hand (grade D): beside what gates recorded, never over it."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from attendance import day_queries, fold_queries, queries, withdrawal_queries, work_days
from attendance.day_notices import tell_days
from attendance.day_rules import RuleBook
from attendance.folding import MAX_SHIFT, Crossing, FoldedDay, fold, list_changed_days
from attendance.partitions import ensure_partitions_for
from attendance.rules import Span, is_work, judge_standing
from core.clock import ONE_DAY, local_date
from core.day_enums import EntryOutcome
from core.enums import CheckInMethod, Direction, Grade, ScanReason, WorkDayState
from db.base import new_id
from db.models import CheckIn
from db.models.attendance import REPORT_KEY
from identity import audit
from identity.principal import Principal
from notifications.templates import Template

REFUSALS = {
    ScanReason.NOT_ON_PROJECT: EntryOutcome.NOT_ON_PROJECT,
    ScanReason.LEFT_PROJECT: EntryOutcome.LEFT_PROJECT,
}


@dataclass(frozen=True, slots=True)
class DayEntry:
    """When somebody came and left, as far as it was not scanned."""

    project_worker_id: UUID
    in_at: datetime | None
    out_at: datetime | None

    @property
    def punches(self) -> list[tuple[Direction, datetime]]:
        """What is to be entered, in order."""
        both = ((Direction.IN, self.in_at), (Direction.OUT, self.out_at))
        return [(direction, at) for direction, at in both if at is not None]


@dataclass(frozen=True, slots=True)
class EntryResult:
    """What became of an entry."""

    entry: DayEntry
    outcome: EntryOutcome
    check_ins: tuple[CheckIn, ...] = ()


@dataclass(slots=True)
class _Worker:
    """What has to be known to judge entries for one worker."""

    person_id: UUID
    stay: Span
    contracts: tuple[Span, ...]
    locked: set[str]
    crossings: list[Crossing]
    withdrawn: Counter[tuple[Direction, datetime]]
    """What was entered once and taken back, and how often."""


@dataclass(frozen=True, slots=True)
class _Desk:
    """Who enters, where, why and when."""

    principal: Principal
    project_id: UUID
    reason: str
    book: RuleBook
    at: datetime


def enter_days(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    entries: Sequence[DayEntry],
    reason: str,
    dry_run: bool,
    at: datetime,
) -> list[EntryResult]:
    """Enter what can be entered and say of each entry what became of it; the workers are told now.

    A dry run says the same and records nothing. Entering the same again changes nothing, unless it
    was taken back meanwhile.
    """
    results = record_entries(
        session,
        principal=principal,
        project_id=project_id,
        entries=entries,
        reason=reason,
        dry_run=dry_run,
        at=at,
    )
    recorded = [result for result in results if result.check_ins]
    if recorded and not dry_run:
        _tell_workers(session, project_id, recorded)
        audit.record(
            session,
            actor=principal,
            action="attendance.enter-days",
            subject_kind="project",
            subject_id=project_id,
            reason=reason,
            entries=str(len(recorded)),
        )
    return results


def record_entries(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    entries: Sequence[DayEntry],
    reason: str,
    at: datetime,
    dry_run: bool = False,
    heeds_locks: bool = True,
) -> list[EntryResult]:
    """Judge the entries one after the other, store the good ones, and fold their days."""
    book = queries.get_day_rules(session, project_id)
    desk = _Desk(principal, project_id, reason, book, at)
    workers = _load_workers(session, project_id, entries, heeds_locks=heeds_locks)
    results = []
    for entry in entries:
        worker = workers.get(entry.project_worker_id)
        outcome = _judge(entry, worker, desk)
        check_ins: tuple[CheckIn, ...] = ()
        if worker is not None and outcome is EntryOutcome.RECORDED:
            check_ins = _make_check_ins(entry, worker, desk)
            worker.crossings += [_read(check_in) for check_in in check_ins]
        results.append(EntryResult(entry, outcome, check_ins))
    if not dry_run:
        _store(session, project_id, [row for result in results for row in result.check_ins], at)
    return results


def _load_workers(
    session: Session, project_id: UUID, entries: Sequence[DayEntry], *, heeds_locks: bool
) -> dict[UUID, _Worker]:
    ids = {entry.project_worker_id for entry in entries}
    stays = day_queries.list_stays(session, project_id=project_id, worker_ids=ids)
    queries.lock_workers(session, stays)
    locked = fold_queries.list_locked_months(session, stays) if heeds_locks else {}
    instants = [at for entry in entries for _, at in entry.punches]
    crossings: dict[UUID, list[Crossing]] = defaultdict(list)
    if instants:
        recorded = queries.list_crossings(
            session,
            project_id=project_id,
            worker_ids=stays,
            since=min(instants) - 3 * ONE_DAY,
            until=max(instants) + 3 * ONE_DAY,
        )
        for record in recorded:
            crossings[record.project_worker_id].append(record.crossing)
    withdrawn = withdrawal_queries.count_withdrawn(session, stays, instants=instants)
    return {
        worker_id: _Worker(
            person_id,
            stay,
            contracts,
            locked.get(worker_id, set()),
            crossings[worker_id],
            withdrawn.get(worker_id, Counter()),
        )
        for worker_id, (person_id, stay, contracts) in stays.items()
    }


def _judge(entry: DayEntry, worker: _Worker | None, desk: _Desk) -> EntryOutcome:
    if worker is None:
        return EntryOutcome.UNKNOWN_WORKER
    if worker.person_id == desk.principal.person_id:
        return EntryOutcome.OWN_RECORD
    refusal = _find_impossible(entry, desk.at) or _find_standing(entry, worker, desk.book)
    return refusal or _judge_beside(entry, worker, desk.book)


def _find_impossible(entry: DayEntry, now: datetime) -> EntryOutcome | None:
    if not _is_possible(entry):
        return EntryOutcome.IMPOSSIBLE
    is_over = all(at <= now for _, at in entry.punches)
    return None if is_over else EntryOutcome.NOT_YET


def _find_standing(entry: DayEntry, worker: _Worker, book: RuleBook) -> EntryOutcome | None:
    for direction, at in entry.punches:
        standing = _judge_punch(worker, direction, book.work_date(at))
        if standing in REFUSALS:
            return REFUSALS[standing]
    return None


def _is_possible(entry: DayEntry) -> bool:
    if entry.in_at is None or entry.out_at is None:
        return bool(entry.punches)
    return entry.in_at < entry.out_at <= entry.in_at + MAX_SHIFT


def _judge_beside(entry: DayEntry, worker: _Worker, book: RuleBook) -> EntryOutcome:
    """Say whether the entry fills a gap beside what is recorded already."""
    entered = {(c.direction, c.at) for c in worker.crossings if c.grade is Grade.D}
    if entered.issuperset(entry.punches):
        return EntryOutcome.REPEATED
    added = [Crossing(new_id(), direction, at, Grade.D) for direction, at in entry.punches]
    before = {day.work_date: day for day in fold(worker.crossings, book)}
    after = {day.work_date: day for day in fold([*worker.crossings, *added], book)}
    if any(f"{day:%Y-%m}" in worker.locked for day in list_changed_days(before, after)):
        return EntryOutcome.SHEET_LOCKED
    if any(_is_open(folded) for day, folded in after.items() if day not in before):
        return EntryOutcome.IMPOSSIBLE
    if any(_is_worse(after.get(day), known) for day, known in before.items()):
        return EntryOutcome.SCANS_STAND
    return EntryOutcome.RECORDED if _has_gained(before, after) else EntryOutcome.SCANS_STAND


def _is_worse(after: FoldedDay | None, before: FoldedDay) -> bool:
    """Tell whether a day would be worth less, or would have to be asked about again."""
    if after is None or after.minutes < before.minutes:
        return True
    return _is_open(after) and not _is_open(before)


def _is_open(day: FoldedDay) -> bool:
    return day.state is not WorkDayState.COMPLETE


def _has_gained(before: Mapping[date, FoldedDay], after: Mapping[date, FoldedDay]) -> bool:
    def worth(days: Mapping[date, FoldedDay]) -> dict[date, tuple[int, WorkDayState]]:
        return {day: (folded.minutes, folded.state) for day, folded in days.items()}

    return worth(before) != worth(after)


def _make_check_ins(entry: DayEntry, worker: _Worker, desk: _Desk) -> tuple[CheckIn, ...]:
    return tuple(
        CheckIn(
            project_id=desk.project_id,
            source_id=desk.principal.person_id,
            nonce=_name(entry.project_worker_id, direction, instant, worker),
            project_worker_id=entry.project_worker_id,
            direction=direction,
            method=CheckInMethod.MANUAL,
            grade=Grade.D,
            occurred_at=instant,
            received_at=desk.at,
            admitted=False,  # no gate opened
            valid=True,
            reason=_choose_reason(worker, direction, local_date(instant)),
            note=desk.reason,
        )
        for direction, instant in entry.punches
    )


def _name(worker_id: UUID, direction: Direction, at: datetime, worker: _Worker) -> str:
    """Return the nonce: the same for the same entry, another once that was taken back."""
    times = worker.withdrawn[direction, at]
    again = f":{times}" if times else ""
    return f"{direction}:{worker_id}:{int(at.timestamp())}{again}"


def _choose_reason(worker: _Worker, direction: Direction, day: date) -> ScanReason:
    standing = _judge_punch(worker, direction, day)
    return standing if is_work(standing) else ScanReason.OK


def _judge_punch(worker: _Worker, direction: Direction, day: date) -> ScanReason:
    return judge_standing(worker.stay, worker.contracts, direction=direction, on=day)


def _read(check_in: CheckIn) -> Crossing:
    return Crossing(check_in.id, check_in.direction, check_in.occurred_at, Grade.D)


def _store(session: Session, project_id: UUID, check_ins: Sequence[CheckIn], at: datetime) -> None:
    if not check_ins:
        return
    days = [local_date(check_in.occurred_at) for check_in in check_ins]
    ensure_partitions_for(session, days, today=local_date(at))
    session.execute(
        insert(CheckIn).on_conflict_do_nothing(index_elements=REPORT_KEY),
        [check_in.model_dump() for check_in in check_ins],
    )
    work_days.fold_days(
        session,
        project_id=project_id,
        worker_ids={row.project_worker_id for row in check_ins if row.project_worker_id},
        since=min(days) - 2 * ONE_DAY,
        until=max(days) + ONE_DAY,
    )


def _tell_workers(session: Session, project_id: UUID, recorded: Sequence[EntryResult]) -> None:
    stays = day_queries.list_stays(
        session,
        project_id=project_id,
        worker_ids={result.entry.project_worker_id for result in recorded},
    )
    days: dict[UUID, set[date]] = defaultdict(set)
    for result in recorded:
        person_id = stays[result.entry.project_worker_id][0]
        days[person_id].add(local_date(result.check_ins[0].occurred_at))
    tell_days(
        session,
        project_id=project_id,
        days=days,
        key=str(recorded[0].check_ins[0].id),
        single=Template.CHECK_IN_ENTERED,
        several=Template.CHECK_INS_ENTERED,
    )

"""Taking back days that were entered by hand or imported: an addition, nothing is changed."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from attendance import queries, sheet_queries, sheet_turns, withdrawal_queries, work_days
from attendance.day_notices import tell_days
from attendance.day_rules import RuleBook
from attendance.folding import Crossing, fold, list_changed_days
from attendance.withdrawal_queries import Entry, WithdrawnEntry
from core.clock import ONE_DAY, local_date, month_start, next_month
from core.day_enums import WithdrawalOutcome
from core.enums import Direction, SheetState
from core.masking import mask_name
from db.base import new_id
from db.bulk import insert_rows
from db.models import AttendanceSheet, CheckInAnnulment, EntryWithdrawal, SheetImport
from identity import audit
from identity.principal import Principal
from notifications.templates import Template

NEARBY = 3 * ONE_DAY
"""No crossing further away is of the same day or of its neighbours."""
SAYS: dict[WithdrawalOutcome, str] = {
    WithdrawalOutcome.WITHDRAWN: "已经撤回；原来的记录还留着，只是不算出勤",
    WithdrawalOutcome.NOT_ENTERED: (
        "这不是手工补记或导入的记录，不能撤回；闸机和手机记的有误，请由工人对那一天提出异议"
    ),
    WithdrawalOutcome.OWN_RECORD: "不能撤回自己的考勤，请让另一位劳资专管员来办",
    WithdrawalOutcome.SHEET_APPROVED: (
        "那个月的考勤表已经有人审过，请先写明原因退回考勤表，再来撤回"
    ),
    WithdrawalOutcome.SHEET_LOCKED: (
        "那个月的考勤表已经锁定，请先写明原因重新打开考勤表，再来撤回"
    ),
    WithdrawalOutcome.SHEET_PAID: (
        "那个月的工资已经交给银行，这天的考勤不能再改；多算、少算的，请在工资条上更正"
    ),
}
"""What it means, and what whoever wants it can do."""


@dataclass(frozen=True, slots=True)
class WithdrawalResult:
    """What became of one check-in that was to be taken back."""

    check_in_id: UUID
    outcome: WithdrawalOutcome
    withdrawal: EntryWithdrawal | None
    """With which it was taken back, now or before."""


@dataclass(frozen=True, slots=True)
class ImportView:
    """A foreign sheet that was imported, and what was taken back of it, first first."""

    sheet_import: SheetImport
    masked_name: str | None
    """Who imported it."""
    withdrawals: list[EntryWithdrawal]
    withdrawn_days: int

    @property
    def id(self) -> UUID:
        """What pages are ordered by."""
        return self.sheet_import.id

    @property
    def days_left(self) -> int:
        """How many of its days still count."""
        return self.sheet_import.days - self.withdrawn_days


@dataclass(frozen=True, slots=True)
class ImportWithdrawal:
    """An import after it was to be taken back, and how many of its days stay, by reason."""

    view: ImportView
    kept: dict[WithdrawalOutcome, int]


@dataclass(frozen=True, slots=True)
class _Desk:
    """Who takes back, where, why and when."""

    principal: Principal
    project_id: UUID
    reason: str
    at: datetime


def withdraw_entries(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    check_in_ids: Collection[UUID],
    reason: str,
    at: datetime,
) -> list[WithdrawalResult]:
    """Take back check-ins that were entered or imported, and say of each what became of it.

    They stay on record, their days are folded without them, and the workers are told now. What was
    taken back before stays as it was taken back first.
    """
    which = withdrawal_queries.of_ids(project_id, check_in_ids)
    queries.lock_workers(session, withdrawal_queries.list_workers(session, which))
    entries = withdrawal_queries.list_entries(session, which)
    days = _list_changed_days(session, project_id, entries)
    desk = _Desk(principal, project_id, reason, at)
    results = {result.check_in_id: result for result in _withdraw(session, desk, entries, days)}
    unknown = WithdrawalOutcome.NOT_ENTERED
    return [results.get(each, WithdrawalResult(each, unknown, None)) for each in check_in_ids]


def withdraw_import(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    import_id: UUID,
    reason: str,
    at: datetime,
) -> ImportWithdrawal:
    """Take back whatever a foreign sheet brought, as far as nobody has relied on it.

    As `withdraw_entries`; a second time takes back only what stayed. Raises
    SheetImportNotFoundError.
    """
    sheet_import = withdrawal_queries.get_import(
        session, project_id=project_id, import_id=import_id
    )
    which = withdrawal_queries.of_import(sheet_import)
    queries.lock_workers(session, withdrawal_queries.list_workers(session, which))
    entries = withdrawal_queries.list_entries(session, which)
    book = queries.get_day_rules(session, project_id)
    days = {entry.id: {book.work_date(entry.at)} for entry in entries}
    desk = _Desk(principal, project_id, reason, at)
    results = _withdraw(session, desk, entries, days)
    kept = Counter(
        result.outcome
        for entry, result in zip(entries, results, strict=True)
        if entry.direction is Direction.IN and result.withdrawal is None
    )
    return ImportWithdrawal(_view(session, sheet_import), dict(kept))


def list_imports(
    session: Session, *, project_id: UUID, month: str | None, before: UUID | None, limit: int
) -> list[ImportView]:
    """Return up to `limit` imports of foreign sheets that are older than one, newest first."""
    found = withdrawal_queries.list_imports(
        session, project_id=project_id, month=month, before=before, limit=limit
    )
    return [_view(session, sheet_import) for sheet_import in found]


def list_own_withdrawn(session: Session, *, person_id: UUID, month: str) -> list[WithdrawnEntry]:
    """Return what was taken back of the person's ``YYYY-MM`` month, in the order of the clock."""
    first = month_start(month)
    which = withdrawal_queries.of_person(person_id, first=first, until=next_month(first))
    return withdrawal_queries.list_withdrawn(session, which)


def _view(session: Session, sheet_import: SheetImport) -> ImportView:
    counted = withdrawal_queries.count_withdrawn_days(session, sheet_import)
    importer = sheet_import.imported_by_id
    names = sheet_queries.list_actor_names(session, [importer] if importer else [])
    return ImportView(
        sheet_import,
        mask_name(names[importer]) if importer else None,
        [withdrawal for withdrawal, _ in counted],
        sum(days for _, days in counted),
    )


def _list_changed_days(
    session: Session, project_id: UUID, entries: Sequence[Entry]
) -> dict[UUID, set[date]]:
    """Return by entry which days are others without it: a night shift's exit is of the day before.

    What was taken back before changes none.
    """
    if not entries:
        return {}
    crossings: dict[UUID, list[Crossing]] = defaultdict(list)
    for record in queries.list_crossings(
        session,
        project_id=project_id,
        worker_ids={entry.project_worker_id for entry in entries},
        since=entries[0].at - NEARBY,
        until=entries[-1].at + NEARBY,
    ):
        crossings[record.project_worker_id].append(record.crossing)
    book = queries.get_day_rules(session, project_id)
    return {
        entry.id: _list_days_of(entry, crossings[entry.project_worker_id], book)
        for entry in entries
    }


def _list_days_of(entry: Entry, crossings: Sequence[Crossing], book: RuleBook) -> set[date]:
    near = [crossing for crossing in crossings if abs(crossing.at - entry.at) < NEARBY]
    others = [crossing for crossing in near if crossing.id != entry.id]
    before = {day.work_date: day for day in fold(near, book)}
    after = {day.work_date: day for day in fold(others, book)}
    return list_changed_days(before, after)


def _withdraw(
    session: Session, desk: _Desk, entries: Sequence[Entry], days: Mapping[UUID, set[date]]
) -> list[WithdrawalResult]:
    """Judge each entry, given its days, and take back those that may be; in the same order."""
    closed = _list_closed(session, desk, entries, days)
    outcomes = [_judge(entry, desk, days[entry.id], closed) for entry in entries]
    open_ones = [
        entry
        for entry, outcome in zip(entries, outcomes, strict=True)
        if outcome is WithdrawalOutcome.WITHDRAWN and entry.withdrawal is None
    ]
    withdrawal = _record(session, desk, open_ones, days) if open_ones else None
    return [
        WithdrawalResult(entry.id, outcome, entry.withdrawal or withdrawal)
        if outcome is WithdrawalOutcome.WITHDRAWN
        else WithdrawalResult(entry.id, outcome, None)
        for entry, outcome in zip(entries, outcomes, strict=True)
    ]


def _list_closed(
    session: Session, desk: _Desk, entries: Sequence[Entry], days: Mapping[UUID, set[date]]
) -> dict[tuple[UUID, str], WithdrawalOutcome]:
    """Return for which (team, month) somebody has relied on the days, and how far."""
    found = withdrawal_queries.list_sheets(
        session,
        team_ids={entry.team_id for entry in entries},
        months={f"{day:%Y-%m}" for theirs in days.values() for day in theirs},
    )
    judged = {(sheet.team_id, sheet.month): _judge_sheet(session, sheet, desk) for sheet in found}
    return {place: outcome for place, outcome in judged.items() if outcome is not None}


def _judge_sheet(session: Session, sheet: AttendanceSheet, desk: _Desk) -> WithdrawalOutcome | None:
    if sheet.state is SheetState.LOCKED:
        is_paid = sheet_queries.is_with_the_bank(session, sheet)
        return WithdrawalOutcome.SHEET_PAID if is_paid else WithdrawalOutcome.SHEET_LOCKED
    is_approved = bool(sheet_turns.get_chain(session, sheet, at=desk.at).approved)
    return WithdrawalOutcome.SHEET_APPROVED if is_approved else None


def _judge(
    entry: Entry,
    desk: _Desk,
    days: Collection[date],
    closed: Mapping[tuple[UUID, str], WithdrawalOutcome],
) -> WithdrawalOutcome:
    if entry.withdrawal is not None:
        return WithdrawalOutcome.WITHDRAWN
    if entry.person_id == desk.principal.person_id:
        return WithdrawalOutcome.OWN_RECORD
    found = [closed.get((entry.team_id, f"{day:%Y-%m}")) for day in sorted(days)]
    return next((outcome for outcome in found if outcome), WithdrawalOutcome.WITHDRAWN)


def _record(
    session: Session, desk: _Desk, entries: Sequence[Entry], days: Mapping[UUID, set[date]]
) -> EntryWithdrawal:
    """Write down that these entries count no more, fold their days, and tell their workers."""
    withdrawal = EntryWithdrawal(
        project_id=desk.project_id,
        reason=desk.reason,
        withdrawn_by_id=desk.principal.person_id,
        created_at=desk.at,
    )
    session.add(withdrawal)
    session.flush()
    insert_rows(session, CheckInAnnulment, [_annul(entry, withdrawal) for entry in entries])
    told: dict[UUID, set[date]] = defaultdict(set)
    for entry in entries:
        told[entry.person_id].add(min(days[entry.id]))
    work_days.fold_days(
        session,
        project_id=desk.project_id,
        worker_ids={entry.project_worker_id for entry in entries},
        since=min(local_date(entry.at) for entry in entries) - 2 * ONE_DAY,
        until=max(local_date(entry.at) for entry in entries) + ONE_DAY,
    )
    tell_days(
        session,
        project_id=desk.project_id,
        days=told,
        key=str(withdrawal.id),
        single=Template.CHECK_IN_WITHDRAWN,
        several=Template.CHECK_INS_WITHDRAWN,
    )
    _keep_account(session, desk, withdrawal, count=len(entries))
    return withdrawal


def _annul(entry: Entry, withdrawal: EntryWithdrawal) -> dict[str, object]:
    return {
        "id": new_id(),
        "created_at": withdrawal.created_at,
        "project_id": withdrawal.project_id,
        "check_in_id": entry.id,
        "withdrawal_id": withdrawal.id,
    }


def _keep_account(
    session: Session, desk: _Desk, withdrawal: EntryWithdrawal, *, count: int
) -> None:
    audit.record(
        session,
        actor=desk.principal,
        action="attendance.withdraw-entries",
        subject_kind="project",
        subject_id=desk.project_id,
        reason=desk.reason,
        withdrawal=str(withdrawal.id),
        check_ins=str(count),
    )

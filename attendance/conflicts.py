"""What a project's labour manager is to look at: conflicts at gates, and unreadable uploads."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from attendance import conflict_queries, rules
from attendance.conflict_items import take_up_conflicts
from attendance.conflict_queries import GateCounts, ListedConflict
from attendance.facts import WorkerCard
from attendance.judgement import ShownWorker
from attendance.phone_rules import Finding, tell_manager
from attendance.rejudge import EXPLANATIONS
from core.enums import ConflictKind
from core.masking import mask_name
from db.models import CheckIn, GateConflict, UnreadScan
from identity import audit
from identity.principal import Principal
from identity.rules import check_reason
from projects.dictionaries import WORK_TYPE

KINDS_EXPLAINED = {
    ConflictKind.LOST_DEVICE: "这台设备丢失以后报上来的记录，请核对是不是本人进出",
    ConflictKind.DENIED_LATER: (
        "系统已放行，闸机过了 15 分钟才说没有开门；出勤照常计算，请核对这个人当时有没有进出"
    ),
    ConflictKind.NOT_THE_HOLDER: (
        "门卫说拿卡的不是本人，人可能已经进场；请找到这个人和这张卡，卡不在本人手里就停用补卡"
    ),
    ConflictKind.REFUSED_WRONGLY: (
        "闸机断网时没让进，可是这个码当时是好的，人被误拦在门外；不自动算出勤，请问清本人和门卫，"
        "确实上了工的，请手工补记这一天，原因写闸机误拦，这条记录就是凭据"
    ),
}
"""Of conflicts that are not about the check-in's own reason."""


@dataclass(frozen=True, slots=True)
class ConflictView:
    """One conflict in words."""

    conflict: GateConflict
    check_in: CheckIn
    gate: str | None
    owner_name: str | None
    worker: ShownWorker | None
    explanation: str
    counts_as_work: bool
    finding: Finding | None
    """Of a phone punch: where it was, without coordinates."""

    @property
    def id(self) -> UUID:
        """What pages are ordered by."""
        return self.conflict.id


@dataclass(frozen=True, slots=True)
class UnreadView:
    """Something a gate uploaded that is no scan; what it holds is masked."""

    unread: UnreadScan
    gate: str

    @property
    def id(self) -> UUID:
        """What pages are ordered by."""
        return self.unread.id

    @property
    def masked_content(self) -> str:
        """The beginning of it, without long numbers and names."""
        return rules.make_presentable(self.unread.content)


def list_conflicts(
    session: Session,
    *,
    project_id: UUID,
    before: UUID | None,
    limit: int,
    is_open: bool | None = None,
) -> list[ConflictView]:
    """Return up to `limit` conflicts of a project that arrived before one, newest first."""
    take_up_conflicts(session, project_id=project_id)  # listed as soon as somebody looks
    listed = conflict_queries.list_conflicts(
        session, project_id=project_id, is_open=is_open, before=before, limit=limit
    )
    return [_view(conflict) for conflict in listed]


def get_conflict(session: Session, *, project_id: UUID, conflict_id: UUID) -> ConflictView:
    """Return one conflict of the project; ConflictNotFoundError for any other."""
    return _view(
        conflict_queries.get_conflict(session, project_id=project_id, conflict_id=conflict_id)
    )


def count_waiting(session: Session, *, project_id: UUID) -> GateCounts:
    """Return how much there is to look at on a project."""
    take_up_conflicts(session, project_id=project_id)
    return conflict_queries.count_waiting(session, project_id)


def list_unread_scans(
    session: Session, *, project_id: UUID, before: UUID | None, limit: int
) -> list[UnreadView]:
    """Return up to `limit` uploads that are no scans and came before one, newest first."""
    found = conflict_queries.list_unread_scans(
        session, project_id=project_id, before=before, limit=limit
    )
    return [UnreadView(unread, gate) for unread, gate in found]


def reveal_unread_scan(
    session: Session, *, principal: Principal, project_id: UUID, scan_id: UUID, reason: str
) -> str:
    """Return an unread upload as it came, and record who looked and why.

    Raises ReasonTooShortError, UnreadScanNotFoundError.
    """
    check_reason(reason)
    unread = conflict_queries.get_unread_scan(session, project_id=project_id, scan_id=scan_id)
    audit.record(
        session,
        actor=principal,
        action="unread_scan.reveal",
        subject_kind="unread_scan",
        subject_id=scan_id,
        reason=reason.strip(),
    )
    return unread.content


def _view(listed: ListedConflict) -> ConflictView:
    by_kind = KINDS_EXPLAINED.get(listed.conflict.kind)
    return ConflictView(
        conflict=listed.conflict,
        check_in=listed.check_in,
        gate=listed.device_name,
        owner_name=listed.owner_name,
        worker=_show(listed.card) if listed.card else None,
        explanation=by_kind or _explain(listed.check_in),
        counts_as_work=listed.check_in.valid and not listed.is_annulled,
        finding=Finding.from_report(listed.check_in.gate_report),
    )


def _explain(check_in: CheckIn) -> str:
    finding = Finding.from_report(check_in.gate_report)
    if finding is not None:
        return tell_manager(check_in.reason, finding)
    return EXPLANATIONS[check_in.reason]


def _show(card: WorkerCard) -> ShownWorker:
    trade = WORK_TYPE.name_of(card.work_type)
    return ShownWorker(mask_name(card.name), trade, card.team_name)

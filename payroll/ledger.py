"""工资支付台账: what 条例 §15 makes an employer keep for three years, as a workbook."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.clock import local_date
from core.enums import PayRowState
from core.masking import mask_card, mask_id_number, mask_phone
from identity import audit
from identity.principal import Principal
from identity.rules import PersonalField, check_reason
from identity.service import UNMASK
from payroll.errors import LedgerPeriodError
from payroll.ledger_queries import LedgerLine, list_ledger
from projects.queries import get_project
from projects.workbook_writer import SheetDraft, WrittenCell, write_workbook

MONTHS_AT_ONCE = 12
FEN_PER_YUAN = 100
GROSS, DEDUCTED, NET, OPEN = "应发工资合计", "扣除合计", "实发工资数额", "未付数额"
HEADERS = (
    "用人单位名称",
    "工程项目",
    "班组",
    "支付周期",
    "应付日期",
    "支付日期",
    "支付对象姓名",
    "身份证号码",
    "联系方式",
    "工作时间",
    "应发工资项目及数额",
    GROSS,
    "代扣、代缴、扣除项目和数额",
    DEDUCTED,
    NET,
    "开户银行",
    "银行卡号",
    "银行代发工资凭证",
    "农民工签字",
    "支付情况",
    OPEN,
)
Mask = Callable[[str], str]
BANK_WORDS = {
    PayRowState.SUBMITTED: "已送银行",
    PayRowState.ACKNOWLEDGED: "银行已代发",
    PayRowState.REJECTED: "银行退回",
}


class LedgerPart(StrEnum):
    """Which lines."""

    ALL = "all"
    SETTLED = "settled"
    OPEN = "open"


def export_ledger(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    first_month: str,
    last_month: str,
    part: LedgerPart,
    unmask_reason: str | None,
    at: datetime,
) -> bytes:
    """Return the ledger of up to twelve ``YYYY-MM`` months as .xlsx, newest versions only.

    Numbers are masked unless `unmask_reason` says why they must be whole; every worker then finds
    the look at each of them among their accesses. Raises LedgerPeriodError, ReasonTooShortError.
    """
    if not 0 < _count_months(first_month, last_month) <= MONTHS_AT_ONCE:
        raise LedgerPeriodError(most=MONTHS_AT_ONCE)
    if unmask_reason is not None:
        check_reason(unmask_reason)
    found = list_ledger(
        session, project_id=project_id, first_month=first_month, last_month=last_month
    )
    lines = [line for line in found if _belongs(line, part)]
    _record(session, principal, project_id, lines, unmask_reason)
    name = get_project(session, project_id).name
    period = f"{first_month} 至 {last_month}"
    sheet = SheetDraft(
        name="工资支付台账",
        headers=HEADERS,
        rows=[_write_row(line, is_masked=unmask_reason is None) for line in lines],
        title=f"{name} 工资支付台账 {period}（{local_date(at)} 导出）",
        native=frozenset({GROSS, DEDUCTED, NET, OPEN}),
    )
    return write_workbook([sheet])


def _count_months(first: str, last: str) -> int:
    (first_year, first_number), (last_year, last_number) = (
        map(int, month.split("-")) for month in (first, last)
    )
    return (last_year - first_year) * 12 + last_number - first_number + 1


def _belongs(line: LedgerLine, part: LedgerPart) -> bool:
    if part is LedgerPart.ALL:
        return True
    return (line.open_fen == 0) is (part is LedgerPart.SETTLED)


def _record(
    session: Session,
    principal: Principal,
    project_id: UUID,
    lines: Iterable[LedgerLine],
    unmask_reason: str | None,
) -> None:
    audit.record(
        session,
        actor=principal,
        action="payroll.ledger-exported",
        subject_kind="project",
        subject_id=project_id,
        reason=unmask_reason or "工资支付台账（号码打码）",
    )
    if unmask_reason is None:
        return
    for person_id in sorted({line.payslip.person_id for line in lines}):
        for field in PersonalField:
            audit.record(
                session,
                actor=principal,
                action=UNMASK,
                subject_kind="person",
                subject_id=person_id,
                reason=unmask_reason.strip(),
                field=field.value,
            )


def _write_row(line: LedgerLine, *, is_masked: bool) -> list[WrittenCell]:
    content, person, worker = line.payslip.content, line.person, line.worker
    period = content["pay_period"]
    return [
        content["employer_name"],
        content["project_name"],
        content["team_name"],
        f"{period['from']} 至 {period['to']}",
        content["pay_date"],
        _join(payment.settled_date.isoformat() for payment in line.payments),
        content["worker_name"],
        _show(person.id_number, mask_id_number if is_masked else None),
        _show(person.phone, mask_phone if is_masked else None) or content["contact"],
        _describe_time(content["work_time"]),
        _describe_amounts(content["items"]),
        line.payslip.gross_fen / FEN_PER_YUAN,
        _describe_amounts(content["deductions"]) or "无",
        line.payslip.deductions_fen / FEN_PER_YUAN,
        line.payslip.net_fen / FEN_PER_YUAN,
        worker.bank_name,
        _show(worker.bank_card, mask_card if is_masked else None),
        _describe_voucher(line),
        f"{local_date(line.confirmed_at)} 本人确认" if line.confirmed_at else None,
        "未结清" if line.open_fen else "已结清",
        line.open_fen / FEN_PER_YUAN,
    ]


def _show(value: str | None, mask: Mask | None) -> str | None:
    return mask(value) if value and mask else value


def _describe_time(work_time: Mapping[str, Any]) -> str:
    return f"{work_time['days']} 天，{work_time['units']} 工日"


def _describe_amounts(items: Sequence[Mapping[str, Any]]) -> str:
    return _join(f"{item['name']} {item['amount']}" for item in items)


def _describe_voucher(line: LedgerLine) -> str | None:
    if line.bank_row is None:
        return None
    return f"{BANK_WORDS[line.bank_row.state]}，批次 {line.reference}"


def _join(texts: Iterable[str]) -> str:
    return "；".join(texts)

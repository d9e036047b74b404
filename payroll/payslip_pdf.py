"""Use cases of a payslip on paper: print it, and check a print against what is on record."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.clock import SHANGHAI, local_date, month_start
from core.enums import PayRowState, PayslipAnswerState
from core.money import to_yuan
from payroll.answers import OwnPayslip, get_payslip
from payroll.arrears_queries import find_published_payslip
from payroll.errors import PrintNotGenuineError
from payroll.line_words import describe_line
from payroll.rejections import explain_rejection
from qr.prints.payslips import PrintedAmount, PrintedPayslip, print_payslip

DIGEST_LENGTH = 32
"""Of the content's hash, in hex characters: 128 bits, so that the code stays small."""
ANSWERS = {
    PayslipAnswerState.AWAITING: "还没有答复",
    PayslipAnswerState.CONFIRMED: "本人已确认",
    PayslipAnswerState.DISPUTED: "本人说有问题",
    PayslipAnswerState.NO_RESPONSE: "还没有答复（不答复不算同意）",
    PayslipAnswerState.UNREACHABLE: "还没有答复（没有联系上）",
}


@dataclass(frozen=True, slots=True)
class PrintCheck:
    """What anybody who holds a print may know: nothing about whom or how much."""

    month: str
    version: int
    is_current: bool
    answer_state: PayslipAnswerState

    @property
    def answer(self) -> str:
        """What the worker has said, in words."""
        return ANSWERS[self.answer_state]


def print_my_payslip(
    session: Session, *, person_id: UUID, payslip_id: UUID, public_base_url: str, at: datetime
) -> bytes:
    """Return the worker's own payslip as a PDF of one page; PayslipNotFoundError."""
    own = get_payslip(session, person_id=person_id, payslip_id=payslip_id)
    return print_payslip(_describe(own, public_base_url, at))


def check_print(session: Session, *, payslip_id: UUID, digest: str) -> PrintCheck:
    """Tell whether a print says what is on record; PrintNotGenuineError if not.

    Whoever asks must hold the print: its code carries half of the content's hash.
    """
    payslip = find_published_payslip(session, payslip_id)
    if payslip is None or not hmac.compare_digest(payslip.content_hash[:DIGEST_LENGTH], digest):
        raise PrintNotGenuineError
    return PrintCheck(payslip.month, payslip.version, payslip.is_current, payslip.answer_state)


def make_check_address(public_base_url: str, own: OwnPayslip) -> str:
    """Return the address the code on a print opens."""
    digest = own.payslip.content_hash[:DIGEST_LENGTH]
    return f"{public_base_url.rstrip('/')}/p/{own.payslip.id}/{digest}"


def _describe(own: OwnPayslip, public_base_url: str, at: datetime) -> PrintedPayslip:
    payslip, content = own.payslip, own.payslip.content
    first = month_start(payslip.month)
    return PrintedPayslip(
        month=f"{first.year}年{first.month}月",
        about=_describe_worker(content),
        items=[_describe_item(item) for item in content["items"]],
        deductions=[
            PrintedAmount(line["name"], line.get("reason") or "", line["amount"])
            for line in content["deductions"]
        ],
        gross=content["gross"],
        deducted=to_yuan(payslip.deductions_fen),
        net=content["net"],
        rounding=content["rounding"],
        standing=_describe_standing(own),
        remarks=[*content.get("remarks", ()), *filter(None, [content["note"]])],
        version=payslip.version,
        content_hash=payslip.content_hash,
        printed=f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M} 打印",
        address=make_check_address(public_base_url, own),
    )


def _describe_worker(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    worked, period, means = content["work_time"], content["pay_period"], content["payment_means"]
    rows = [
        ("姓名", f"{content['worker_name']}，{content['id_number']}"),
        ("联系方式", content["contact"]),
        ("用人单位", content["employer_name"]),
        ("工地和班组", f"{content['project_name']}，{content['team_name']}"),
        ("哪段时间", f"{period['from']} 至 {period['to']}"),
        ("出勤", f"{worked['days']} 天，{worked['units']} 个工"),
        ("最晚哪天发", content["pay_date"]),
    ]
    if means:
        rows.append(("打到", f"{means['bank_name']} {means['account']}"))
    return rows


def _describe_item(item: Mapping[str, Any]) -> PrintedAmount:
    return PrintedAmount(item["name"], describe_line(item), item["amount"])


def _describe_standing(own: OwnPayslip) -> list[tuple[str, str]]:
    answer = ANSWERS[own.payslip.answer_state]
    if own.answer is not None:
        answer = f"{answer}（{local_date(own.answer.created_at)}）"
    rows = [("本人答复", answer), ("银行", _describe_bank(own))]
    if own.received is not None:
        rows.append(("本人说", "钱收到了" if own.received else "钱没收到"))
    if not own.payslip.is_current:
        rows.append(("注意", "这一版已经作废，工地改过以后重新发了一张"))
    return rows


def _describe_bank(own: OwnPayslip) -> str:
    row = own.bank_row
    if row is None:
        return "还没有送银行"
    if row.state is PayRowState.ACKNOWLEDGED:
        return f"{row.settled_date} 已打到卡上"
    if row.state is PayRowState.REJECTED:
        return f"退回：{explain_rejection(row.rejection or '').say}"
    return "已送银行，等银行回复"

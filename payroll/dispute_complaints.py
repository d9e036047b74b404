"""Use case of the worker: a dispute that leads nowhere becomes a complaint with one tap."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.case_enums import Disclosure
from core.keyring import Keyring
from core.money import to_yuan
from identity.principal import Principal
from payroll import follow_up_queries as queries
from payroll.complaints import OwnComplaint, file_my_complaint
from payroll.follow_up_queries import OpenDispute
from payroll.queries import get_own_payslip

MARK = "dispute"


def complain_of_dispute(
    session: Session,
    keyring: Keyring,
    *,
    principal: Principal,
    payslip_id: UUID,
    disclosure: Disclosure,
    at: datetime,
) -> OwnComplaint:
    """File a complaint that says what the dispute said; tapping twice files it once.

    The worker need not wait for the site's reply. The dispute stays open. Raises
    PayslipNotFoundError, NotDisputedError.
    """
    payslip = get_own_payslip(session, payslip_id=payslip_id, person_id=principal.person_id)
    dispute = queries.get_dispute(session, payslip)
    return file_my_complaint(
        session,
        keyring,
        principal=principal,
        payslip_id=payslip_id,
        project_id=None,
        statement=compose_statement(dispute),
        disclosure=disclosure,
        at=at,
        mark=f"{MARK}:{dispute.answer.id}",
    )


def compose_statement(dispute: OpenDispute) -> str:
    """Return the complaint in the worker's own words, and the site's answer to them."""
    payslip, answer, reply = dispute.payslip, dispute.answer, dispute.reply
    wanted = "；".join(answer.expected.values())
    sentences = [
        f"{payslip.month} 的工资条（实发 {to_yuan(payslip.net_fen)} 元）不对：{answer.reason}",
        f"应该是：{wanted}" if wanted else "",
        f"工地答复不改：{reply.reason}" if reply else "工地还没有答复",
    ]
    return "。".join(sentence for sentence in sentences if sentence)

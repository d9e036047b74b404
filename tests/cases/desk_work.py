"""How tests of cases work a case: act, ask the head, decide, and read what was stored."""

from datetime import datetime
from uuid import UUID

import pytest
from redis import Redis
from sqlmodel import Session, col, select

from cases import agreements, desk, on_behalf, service
from cases.agreements import Agreement
from cases.filing import FiledComplaint
from cases.step import Form
from cases.timeline import Timeline
from core.case_enums import (
    CaseAction,
    ClockKind,
    Means,
)
from core.keyring import Keyring
from db.models import (
    Case,
    CaseClock,
    CaseEvent,
    Notification,
    Person,
)
from identity.principal import Principal
from notifications.templates import Template
from tests.factories.cases import FILED_AT, make_form
from tests.factories.identity import make_principal


def act(
    session: Session,
    principal: Principal,
    number: str,
    action: CaseAction,
    form: Form | None = None,
    *,
    at: datetime = FILED_AT,
) -> service.Acted:
    return service.act_on_case(
        session,
        principal=principal,
        number=number,
        action=action,
        form=make_form(action) if form is None else form,
        at=at,
    )


def accept(session: Session, number: str, first: Principal, second: Principal) -> None:
    act(session, first, number, CaseAction.ACCEPT)
    desk.assign_handler(
        session, principal=first, number=number, person_id=second.person_id, at=FILED_AT
    )


def decide(
    session: Session,
    head: Principal,
    number: str,
    request_id: UUID,
    *,
    is_granted: bool = True,
    at: datetime = FILED_AT,
) -> Case:
    return service.decide_request(
        session,
        principal=head,
        number=number,
        request_id=request_id,
        is_granted=is_granted,
        reason="同意" if is_granted else "理由不足",
        at=at,
    )


def ask(
    session: Session, principal: Principal, number: str, action: CaseAction, at: datetime = FILED_AT
) -> UUID:
    request = act(session, principal, number, action, at=at).request
    assert request is not None
    return request.id


def sign(session: Session, keyring: Keyring, worker: Person, number: str) -> Agreement:
    """Read the proposed agreement as the complainant and sign what it says."""
    shown = agreements.get_own_agreement(session, person_id=worker.id, number=number)
    return agreements.sign_own_agreement(
        session,
        keyring,
        principal=make_principal(worker.id),
        number=number,
        content_hash=shown.content_hash,
        at=FILED_AT,
    )


def stored(session: Session, number: str) -> Case:
    return session.exec(select(Case).where(Case.number == number)).one()


def clock(session: Session, number: str, kind: ClockKind) -> CaseClock:
    case = stored(session, number)
    statement = select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.kind == kind)
    return session.exec(statement.order_by(col(CaseClock.id).desc())).first() or pytest.fail(kind)


def told(session: Session) -> list[str]:
    return [
        one.template
        for one in session.exec(select(Notification).order_by(col(Notification.id)))
        if one.template not in {Template.DECISION_ASKED}
    ]


def events(session: Session, number: str) -> list[CaseEvent]:
    case = stored(session, number)
    statement = select(CaseEvent).where(CaseEvent.case_id == case.id)
    return list(session.exec(statement.order_by(col(CaseEvent.id))))


def write_down(
    session: Session,
    redis: Redis,
    official: Principal,
    filed: FiledComplaint,
    action: CaseAction = CaseAction.SUPPLEMENT,
    *,
    pin: str | None = None,
    means: Means = Means.PHONE,
    note: str | None = "十一月的也没发",
    satisfaction: int | None = None,
) -> Timeline:
    """Write down as an official what the complainant says."""
    return on_behalf.act_on_behalf(
        session,
        redis,
        principal=official,
        number=filed.number,
        pin=pin,
        action=action,
        form=Form(note=note, satisfaction=satisfaction),
        attachments=[],
        means=means,
        at=FILED_AT,
    )

"""What other systems hear of attendance, wages and cases."""

import pytest
from sqlmodel import Session, col, select

from attendance import sheets
from cases import service as cases
from core.case_enums import CaseAction
from core.clock import now
from core.enums import Role
from core.keyring import Keyring
from db.models import Webhook, WebhookDelivery
from notifications.webhooks.events import EventKind
from payroll import answers, service
from tests.factories.cases import make_complaint
from tests.factories.identity import make_person, make_principal
from tests.factories.payroll import HALF_DAY_MORE, Site, publish
from tests.factories.webhooks import make_webhook

ALL = [kind for kind in EventKind if kind is not EventKind.TEST]


@pytest.fixture(autouse=True)
def platform(session: Session) -> Webhook:
    """A system that hears of everything."""
    return make_webhook(session, *ALL)


def list_heard(session: Session) -> list[str]:
    statement = select(WebhookDelivery.kind).order_by(col(WebhookDelivery.id))
    return [str(kind) for kind in session.exec(statement)]


def test_publishing_is_one_event_of_the_sheet(session: Session, site: Site) -> None:
    publish(session, site)

    assert list_heard(session) == ["pay_sheet.published"]


def test_confirming_adjusting_and_approving_are_heard(
    session: Session, keyring: Keyring, site: Site
) -> None:
    payslip = publish(session, site)[0]

    answers.confirm_payslip(
        session,
        keyring,
        principal=site.worker,
        payslip_id=payslip.id,
        content_hash=payslip.content_hash,
        at=now(),
    )
    service.adjust_payslip(
        session,
        principal=site.manager,
        project_id=site.project.id,
        payslip_id=payslip.id,
        items=HALF_DAY_MORE,
        note="补上漏记的一天",
        at=now(),
    )
    service.approve_pay_sheet(
        session,
        project_id=site.project.id,
        sheet_id=payslip.pay_sheet_id,
        approved_by=site.manager.person_id,
        at=now(),
    )

    assert list_heard(session)[1:] == [
        "payslip.confirmed",
        "payslip.changed",
        "pay_sheet.approved",
    ]


def test_sheet_that_is_locked_already_is_no_event(session: Session, site: Site) -> None:
    sheets.lock_sheet(session, project_id=site.project.id, sheet_id=site.attendance.id, at=now())

    assert list_heard(session) == []


def test_steps_of_a_case_are_heard_by_the_authority_and_never_by_the_project(
    session: Session, site: Site, platform: Webhook
) -> None:
    own = make_webhook(session, EventKind.PAYSLIP_PAID, project_id=site.project.id)
    own.kinds = [kind.value for kind in ALL]
    complaint = make_complaint(
        session,
        person_id=site.worker.person_id,
        project_id=site.project.id,
        county_code="330106",
    )
    inspector = make_principal(make_person(session).id, Role.INSPECTOR, county_code="330106")

    cases.act_on_case(
        session,
        principal=inspector,
        number=complaint.number,
        action=CaseAction.ACCEPT,
        at=now(),
    )

    heard = session.exec(select(WebhookDelivery)).all()
    assert list_heard(session)[-1] == "case.accepted"
    assert {one.webhook_id for one in heard} == {platform.id}

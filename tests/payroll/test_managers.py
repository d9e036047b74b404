from datetime import timedelta

import pytest
from sqlmodel import Session, select

from core.clock import now
from core.enums import Role
from db.models import Notification, PaySheet
from notifications.templates import Template
from payroll import answers, reminders
from tests.factories.identity import make_grant, make_worker_person
from tests.factories.payroll import Site, publish


@pytest.fixture(autouse=True)
def manager(session: Session, site: Site) -> None:
    """A labour manager of the project, and one of nowhere."""
    person = make_worker_person(session)
    make_grant(session, person, Role.LABOUR_MANAGER, project_id=site.project.id)


def list_told(session: Session, template: Template) -> list[Notification]:
    statement = select(Notification).where(Notification.template == template)
    return list(session.exec(statement))


def dispute(session: Session, site: Site) -> None:
    for payslip in publish(session, site)[:1]:
        answers.dispute_payslip(
            session,
            principal=site.worker,
            payslip_id=payslip.id,
            reason="少算两天",
            fields=[],
            at=now(),
        )


def test_managers_are_told_that_a_payslip_is_disputed(session: Session, site: Site) -> None:
    dispute(session, site)

    (told,) = list_told(session, Template.DISPUTE_RAISED)
    assert "有工人说2026年10月的工资条有问题" in told.body
    assert told.person_id != site.worker.person_id


def test_managers_are_told_of_missing_money_once_a_day(session: Session, site: Site) -> None:
    payslip = publish(session, site)[0]

    for _ in range(2):
        answers.report_received(
            session,
            principal=site.worker,
            payslip_id=payslip.id,
            received=False,
            at=now(),
        )

    assert len(list_told(session, Template.MONEY_MISSING)) == 1


def test_managers_are_told_once_whom_nobody_heard_from(session: Session, site: Site) -> None:
    publish(session, site)
    published = session.exec(select(PaySheet.published_at)).one()
    assert published is not None

    reminders.remind_chunk(session, after=None, at=published + timedelta(days=7))

    assert len(list_told(session, Template.VISIT_DUE)) == 1

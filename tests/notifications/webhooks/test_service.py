from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from core.case_enums import CaseState
from core.clock import now
from core.enums import WebhookState
from db.models import OutboxMessage, WebhookDelivery
from notifications.errors import (
    WebhookDeliveryNotFoundError,
    WebhookEndedError,
    WebhookScopeError,
    WebhookUrlError,
)
from notifications.webhooks import service
from notifications.webhooks.events import EventKind, case_kind
from tests.factories.identity import make_person
from tests.factories.projects import make_project
from tests.factories.webhooks import URL, make_delivery, make_webhook

PAID = EventKind.PAYSLIP_PAID
CASE = EventKind.CASE_ACCEPTED


def list_told(session: Session) -> list[WebhookDelivery]:
    return list(session.exec(select(WebhookDelivery)))


def test_url_and_secret_are_unreadable_in_the_table(session: Session) -> None:
    webhook = make_webhook(session)

    row = session.connection().execute(text("SELECT * FROM webhook")).one()
    raw = b"".join(value for value in row if isinstance(value, bytes))
    assert webhook.secret.encode() not in raw
    assert webhook.secret not in str(row)
    assert URL not in str(row)


def test_project_hears_of_itself_only(session: Session) -> None:
    own, other = make_project(session), make_project(session)
    webhook = make_webhook(session, PAID, project_id=own.id)

    for project in (own, other):
        service.announce(session, PAID, subject_ids=[uuid4()], at=now(), project_id=project.id)

    assert [one.webhook_id for one in list_told(session)] == [webhook.id]


def test_county_hears_of_its_projects_and_its_cases(session: Session) -> None:
    project = make_project(session)
    make_webhook(session, PAID, CASE, county_code=project.county_code)
    make_webhook(session, PAID, CASE, county_code="110101")

    service.announce(session, PAID, subject_ids=[uuid4()], at=now(), project_id=project.id)
    service.announce(
        session, CASE, subject_ids=[uuid4()], at=now(), county_code=project.county_code
    )

    assert sorted(one.kind for one in list_told(session)) == [CASE, PAID]


def test_whoever_did_not_ask_is_not_told(session: Session) -> None:
    make_webhook(session, EventKind.PAYSLIP_DISPUTED)

    service.announce(session, PAID, subject_ids=[uuid4()], at=now())

    assert list_told(session) == []
    assert session.exec(select(OutboxMessage)).all() == []


def test_ended_webhook_is_told_nothing_and_what_waits_is_given_up(session: Session) -> None:
    webhook = make_webhook(session, PAID)
    service.announce(session, PAID, subject_ids=[uuid4()], at=now())

    service.end_webhook(session, webhook_id=webhook.id, at=now())
    service.announce(session, PAID, subject_ids=[uuid4()], at=now())

    session.expire_all()
    (dead,) = list_told(session)
    assert (dead.state, dead.error) == (WebhookState.DEAD, "webhook_ended")
    with pytest.raises(WebhookEndedError):
        service.send_test_event(session, webhook_id=webhook.id, at=now())


def test_no_project_hears_of_a_complaint(session: Session) -> None:
    project = make_project(session)

    with pytest.raises(WebhookScopeError):
        make_webhook(session, PAID, CASE, project_id=project.id)


@pytest.mark.parametrize("kind", EventKind)
def test_cases_are_told_to_authorities_alone(session: Session, kind: EventKind) -> None:
    project = make_project(session)
    is_confidential = kind.startswith("case.")

    try:
        make_webhook(session, kind, project_id=project.id)
        was_taken = True
    except WebhookScopeError:
        was_taken = False

    assert was_taken is not is_confidential


@pytest.mark.parametrize("state", CaseState)
def test_every_state_of_a_case_has_its_kind(state: CaseState) -> None:
    assert case_kind(state).endswith(state.value)


def test_two_scopes_at_once_and_unknown_projects_are_refused(session: Session) -> None:
    project = make_project(session)

    for project_id, county_code in ((project.id, "330106"), (uuid4(), None)):
        with pytest.raises(WebhookScopeError):
            make_webhook(session, PAID, project_id=project_id, county_code=county_code)


def test_address_inside_is_refused(session: Session) -> None:
    with pytest.raises(WebhookUrlError):
        service.create_webhook(
            session,
            name="x",
            url="https://169.254.169.254/",
            kinds=[PAID],
            project_id=None,
            county_code=None,
            created_by=make_person(session).id,
        )


def test_test_event_goes_the_way_of_every_event(session: Session) -> None:
    webhook = make_webhook(session)

    sent = service.send_test_event(session, webhook_id=webhook.id, at=now())

    assert (sent.kind, sent.subject_id) == (EventKind.TEST, webhook.id)
    (job,) = session.exec(select(OutboxMessage)).all()
    assert job.payload == {"delivery_id": str(sent.id)}


@pytest.mark.parametrize("state", [WebhookState.PENDING, WebhookState.DELIVERED])
def test_only_what_was_given_up_can_be_tried_again(session: Session, state: WebhookState) -> None:
    webhook = make_webhook(session)
    delivery = make_delivery(session, webhook, state=state)

    with pytest.raises(WebhookDeliveryNotFoundError):
        service.retry_delivery(session, webhook_id=webhook.id, delivery_id=delivery.id, at=now())


def test_nothing_announced_survives_a_rollback(session: Session) -> None:
    make_webhook(session, PAID)

    with session.begin_nested() as savepoint:
        service.announce(session, PAID, subject_ids=[uuid4()], at=now())
        savepoint.rollback()

    assert list_told(session) == []

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, select

from core.clock import now
from core.enums import WebhookState
from db import outbox
from db.models import OutboxMessage, Webhook, WebhookDelivery
from db.session import Database
from notifications.webhooks import delivery as webhooks
from notifications.webhooks import service
from notifications.webhooks.caller import Caller
from notifications.webhooks.events import EventKind
from tests.factories.webhooks import make_webhook
from tests.notifications.peers.receiver import Receiver, Wire, is_signed
from tests.notifications.peers.wire import HANG_UP, Answer

SUBJECT = uuid4()
DOWN = Answer(503, "")


@pytest.fixture
def webhook_id(live_database: Database) -> UUID:
    with live_database.transaction() as session:
        return make_webhook(session, EventKind.PAYSLIP_PAID, EventKind.PAYSLIP_BOUNCED).id


def announce(
    database: Database,
    kind: EventKind = EventKind.PAYSLIP_PAID,
    *,
    subject_id: UUID = SUBJECT,
    at: datetime | None = None,
) -> None:
    with database.transaction() as session:
        service.announce(session, kind, subject_ids=[subject_id], at=at or now())


def read_all(database: Database) -> list[WebhookDelivery]:
    """Return the committed deliveries, oldest first."""
    with database.transaction() as session:
        found = list(session.exec(select(WebhookDelivery).order_by(col(WebhookDelivery.id))))
        session.expunge_all()
    return found


def list_jobs(session: Session) -> list[OutboxMessage]:
    statement = select(OutboxMessage).where(OutboxMessage.task == service.CALL_WEBHOOK)
    return list(session.exec(statement.order_by(col(OutboxMessage.id))))


def run_job(database: Database, caller: Caller, position: int = 0) -> None:
    """Do what a worker does with one of the jobs."""
    with database.transaction() as session:
        job = list_jobs(session)[position]
        delivery_id, message_id = UUID(job.payload["delivery_id"]), job.id
    webhooks.deliver(database, caller, delivery_id=delivery_id, message_id=message_id)


def is_done(database: Database, position: int = 0) -> bool:
    with database.transaction() as session:
        return list_jobs(session)[position].done_at is not None


def set_clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    for module in (webhooks, outbox):
        monkeypatch.setattr(module, "now", lambda: at)


def test_event_is_thin_and_signed(
    live_database: Database, receiver: Receiver, wire: Wire, webhook_id: UUID
) -> None:
    announce(live_database)

    run_job(live_database, wire.caller())

    (sent,) = read_all(live_database)
    assert (sent.state, sent.attempts, sent.status) == (WebhookState.DELIVERED, 1, 204)
    assert is_done(live_database)
    (event,) = receiver.events
    assert event == {
        "id": str(sent.id),
        "type": "payslip.paid",
        "subject_id": str(SUBJECT),
        "occurred_at": event["occurred_at"],
    }
    assert datetime.fromisoformat(event["occurred_at"]) == sent.occurred_at
    with live_database.transaction() as session:
        assert is_signed(receiver.requests[0], session.get_one(Webhook, webhook_id).secret)


@pytest.mark.parametrize(("hours", "holds"), [(23, True), (24, False)])
def test_previous_secret_signs_for_a_day(
    live_database: Database,
    receiver: Receiver,
    wire: Wire,
    webhook_id: UUID,
    *,
    hours: int,
    holds: bool,
) -> None:
    with live_database.transaction() as session:
        old = session.get_one(Webhook, webhook_id).secret
        renewed_at = now() - timedelta(hours=hours)
        new = service.renew_webhook_secret(session, webhook_id=webhook_id, at=renewed_at).secret
    announce(live_database)

    run_job(live_database, wire.caller())

    (request,) = receiver.requests
    assert is_signed(request, new)
    assert is_signed(request, old) is holds


def test_second_hand_over_sends_nothing(
    live_database: Database, receiver: Receiver, wire: Wire, webhook_id: UUID
) -> None:
    announce(live_database)

    for _ in range(2):
        run_job(live_database, wire.caller())

    assert len(receiver.requests) == 1


@pytest.mark.usefixtures("webhook_id")
@pytest.mark.parametrize("fault", [DOWN, HANG_UP, Answer(302, "")])
def test_failure_is_tried_again_under_the_same_id(
    live_database: Database,
    receiver: Receiver,
    wire: Wire,
    monkeypatch: pytest.MonkeyPatch,
    fault: Answer,
) -> None:
    receiver.faults = [fault]
    announce(live_database)
    run_job(live_database, wire.caller())
    (failed,) = read_all(live_database)
    assert failed.state is WebhookState.PENDING
    assert not is_done(live_database)

    set_clock(monkeypatch, failed.due_at + timedelta(seconds=1))
    run_job(live_database, wire.caller())

    (sent,) = read_all(live_database)
    assert (sent.state, sent.attempts) == (WebhookState.DELIVERED, 2)
    ids = [request.headers["webhook-id"] for request in receiver.requests]
    assert ids == [str(sent.id)] * 2


def test_nothing_is_sent_before_it_is_due(
    live_database: Database, receiver: Receiver, wire: Wire, webhook_id: UUID
) -> None:
    receiver.faults = [DOWN]
    announce(live_database)

    for _ in range(2):
        run_job(live_database, wire.caller())

    assert len(receiver.requests) == 1
    with live_database.transaction() as session:
        (job,) = list_jobs(session)
        assert job.due_at == read_all(live_database)[0].due_at


def test_later_event_about_the_same_thing_waits_for_the_earlier(
    live_database: Database,
    receiver: Receiver,
    wire: Wire,
    webhook_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    announce(live_database, EventKind.PAYSLIP_BOUNCED)
    announce(live_database, EventKind.PAYSLIP_PAID)

    run_job(live_database, wire.caller(), 1)
    assert receiver.requests == []
    run_job(live_database, wire.caller(), 0)
    run_job(live_database, wire.caller(), 1)

    assert [event["type"] for event in receiver.events] == ["payslip.bounced", "payslip.paid"]


def test_events_about_other_things_do_not_wait(
    live_database: Database, receiver: Receiver, wire: Wire, webhook_id: UUID
) -> None:
    announce(live_database)
    announce(live_database, subject_id=uuid4())

    run_job(live_database, wire.caller(), 1)

    assert len(receiver.requests) == 1


def test_receiver_that_is_down_is_left_alone_by_all_events(
    live_database: Database, receiver: Receiver, wire: Wire, webhook_id: UUID
) -> None:
    receiver.faults = [DOWN]
    announce(live_database)
    announce(live_database, subject_id=uuid4())

    run_job(live_database, wire.caller(), 0)
    run_job(live_database, wire.caller(), 1)

    assert len(receiver.requests) == 1
    with live_database.transaction() as session:
        webhook = session.get_one(Webhook, webhook_id)
        assert (webhook.failures, webhook.resting_until is not None) == (1, True)


def test_test_event_waits_neither_for_the_rest_nor_for_the_one_before(
    live_database: Database, receiver: Receiver, wire: Wire, webhook_id: UUID
) -> None:
    receiver.faults = [DOWN]
    for place in range(2):
        with live_database.transaction() as session:
            service.send_test_event(session, webhook_id=webhook_id, at=now())
        run_job(live_database, wire.caller(), place)

    states = [delivery.state for delivery in read_all(live_database)]
    assert states == [WebhookState.PENDING, WebhookState.DELIVERED]


def test_success_ends_the_rest(
    live_database: Database,
    receiver: Receiver,
    wire: Wire,
    webhook_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    receiver.faults = [DOWN]
    announce(live_database)
    run_job(live_database, wire.caller())

    set_clock(monkeypatch, now() + timedelta(minutes=1))
    run_job(live_database, wire.caller())

    with live_database.transaction() as session:
        webhook = session.get_one(Webhook, webhook_id)
        assert (webhook.failures, webhook.resting_until) == (0, None)


def test_event_is_given_up_after_three_days_and_tried_again_by_hand(
    live_database: Database,
    receiver: Receiver,
    wire: Wire,
    webhook_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    began = now()
    receiver.faults = [DOWN]
    announce(live_database, at=began)
    set_clock(monkeypatch, began + timedelta(days=3))
    run_job(live_database, wire.caller())
    (dead,) = read_all(live_database)
    assert (dead.state, dead.error, dead.status) == (WebhookState.DEAD, "http_503", 503)
    assert is_done(live_database)

    later = began + timedelta(days=4)
    with live_database.transaction() as session:
        service.retry_delivery(session, webhook_id=webhook_id, delivery_id=dead.id, at=later)
    set_clock(monkeypatch, later)
    run_job(live_database, wire.caller(), 1)

    (sent,) = read_all(live_database)
    assert sent.state is WebhookState.DELIVERED
    assert {event["id"] for event in receiver.events} == {str(dead.id)}


def test_event_that_never_had_its_turn_is_given_up_too(
    live_database: Database,
    receiver: Receiver,
    wire: Wire,
    webhook_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = now() + timedelta(days=3)
    announce(live_database)
    with live_database.transaction() as session:
        session.get_one(Webhook, webhook_id).resting_until = at + timedelta(minutes=1)
    set_clock(monkeypatch, at)

    for _ in range(2):
        run_job(live_database, wire.caller())

    (dead,) = read_all(live_database)
    assert (dead.state, dead.error) == (WebhookState.DEAD, "receiver_down")
    assert is_done(live_database)


def test_410_ends_the_webhook_and_all_that_waits(
    live_database: Database, receiver: Receiver, wire: Wire, webhook_id: UUID
) -> None:
    receiver.faults = [Answer(410, "")]
    announce(live_database)
    announce(live_database, subject_id=uuid4())

    run_job(live_database, wire.caller(), 0)
    run_job(live_database, wire.caller(), 1)
    announce(live_database)

    assert len(receiver.requests) == 1
    assert [one.state for one in read_all(live_database)] == [WebhookState.DEAD] * 2
    assert is_done(live_database, 0)
    assert is_done(live_database, 1)


def test_another_worker_waits_while_one_is_calling(
    live_database: Database, receiver: Receiver, wire: Wire, webhook_id: UUID
) -> None:
    announce(live_database)
    receiver.before_answering = lambda: run_job(live_database, wire.caller())

    run_job(live_database, wire.caller())

    assert len(receiver.requests) == 1
    assert read_all(live_database)[0].state is WebhookState.DELIVERED


def test_worker_that_died_while_calling_is_followed_by_another(
    live_database: Database,
    receiver: Receiver,
    wire: Wire,
    webhook_id: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Killed(BaseException):
        pass

    class Dying(Caller):
        def post(self, *_: object) -> None:  # type: ignore[override]
            raise Killed

    announce(live_database)
    with pytest.raises(Killed):
        run_job(live_database, Dying())

    run_job(live_database, wire.caller())
    assert receiver.requests == []
    set_clock(monkeypatch, now() + webhooks.LEASE)
    run_job(live_database, wire.caller())

    assert read_all(live_database)[0].state is WebhookState.DELIVERED

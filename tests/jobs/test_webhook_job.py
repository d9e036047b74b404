"""An event on its whole way: committed, relayed, taken by a real worker, posted over real TLS."""

from pathlib import Path

import pytest
from sqlmodel import select

from core.clock import now
from core.enums import WebhookState
from core.settings import Settings
from db.models import Webhook, WebhookDelivery
from db.session import Database
from notifications.webhooks import service
from notifications.webhooks.events import EventKind
from tests.factories.webhooks import make_webhook
from tests.faults.provider import WIRE
from tests.live import running_worker, wait_until
from tests.notifications.peers.receiver import Receiver, is_signed
from tests.notifications.peers.wire import make_certificate, serving


def read(database: Database) -> WebhookDelivery:
    with database.transaction() as session:
        delivery = session.exec(select(WebhookDelivery)).one()
        session.expunge(delivery)
    return delivery


def test_worker_posts_a_committed_event(
    live_settings: Settings,
    live_database: Database,
    var: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    receiver = Receiver()
    monkeypatch.setenv(WIRE, str(var))
    with live_database.transaction() as session:
        webhook_id = make_webhook(session, EventKind.PAYSLIP_PAID).id
        service.announce(session, EventKind.PAYSLIP_PAID, subject_ids=[webhook_id], at=now())

    with (
        serving(receiver, var / "hook.sock", make_certificate(var, "authority")),
        running_worker(live_settings, tmp_path, application="tests.faults.wired"),
    ):
        wait_until(lambda: read(live_database).state is WebhookState.DELIVERED)

    with live_database.transaction() as session:
        secret = session.get_one(Webhook, webhook_id).secret
    (request,) = receiver.requests
    assert request.headers["webhook-id"] == str(read(live_database).id)
    assert is_signed(request, secret)

"""The product's worker, except that providers and webhooks answer on unix sockets of the test's.

`celery -A tests.faults.wired worker`; the environment variable `WIRE` names a directory with
`provider.sock` (Twilio), `hook.sock` (every webhook) and `authority.pem`, which both are vouched
for by.
"""

import os
import socket
from functools import partial
from pathlib import Path

from pydantic import SecretStr
from requests import Session
from twilio.http.http_client import TwilioHttpClient

from core.settings import SmsSettings, TwilioSettings
from jobs import app as jobs_app
from notifications.gateways.base import Gateway
from notifications.gateways.twilio import TwilioGateway, open_client
from notifications.webhooks.caller import Caller
from tests.faults.provider import WIRE
from tests.notifications.peers.receiver import PUBLIC
from tests.notifications.peers.twilio import ACCOUNT, TOKEN
from tests.notifications.peers.wire import UnixAdapter

CALLBACK = "https://axm.example/v1/notifications/callbacks/twilio"
SENDER = "+15005550006"
PATIENCE_SECONDS = 0.3
TWILIO = TwilioSettings(account_sid=ACCOUNT, auth_token=SecretStr(TOKEN), sender=SENDER)

app = jobs_app.app
wire = Path(os.environ[WIRE])


def open_gateways(_settings: SmsSettings, *, public_base_url: str) -> tuple[Gateway, ...]:
    """Return Twilio's gateway as the product makes it, but for where its bytes go."""
    client = open_client(TWILIO, timeout_seconds=1)
    assert isinstance(client.http_client, TwilioHttpClient)
    client.http_client.timeout = PATIENCE_SECONDS
    session = client.http_client.session
    assert isinstance(session, Session)
    session.mount("https://", UnixAdapter(wire / "provider.sock"))
    session.verify = str(wire / "authority.pem")
    session.trust_env = False
    return (TwilioGateway(client, sender=SENDER, callback_url=CALLBACK),)


def dial(_address: str, _port: int, seconds: float) -> socket.socket:
    """Connect to the one receiver there is."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(seconds)
    connection.connect(str(wire / "hook.sock"))
    return connection


open_caller = partial(
    Caller,
    resolve=lambda _host, _port: [PUBLIC],
    dial=dial,
    authorities=str(wire / "authority.pem"),
)
vars(jobs_app).update(open_gateways=open_gateways, Caller=open_caller)

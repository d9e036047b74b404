"""Plays Twilio's Messages API on the wire, remembers what it took, and signs its reports."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from tests.notifications.peers.wire import Answer, Peer, Request

ACCOUNT = "AC" + "0" * 32
TOKEN = "token"


def refusal(status: int, code: int) -> Answer:
    """Return an error as Twilio words it."""
    body = {"code": code, "message": "no", "more_info": "", "status": status}
    return Answer(status, json.dumps(body))


@dataclass
class TwilioPeer(Peer):
    """Takes messages of one account."""

    clock: datetime = field(default_factory=lambda: datetime.now(UTC))
    messages: list[dict[str, str | None]] = field(default_factory=list)

    def take(self, request: Request) -> Answer:
        """Create or list messages."""
        credentials = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {credentials}":
            return refusal(401, 20003)
        if request.path != f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json":
            return refusal(404, 20404)
        if request.method == "GET":
            wanted = request.parameters["To"]
            found = [message for message in self.messages if message["to"] == wanted]
            return Answer(200, json.dumps({"messages": found, "next_page_uri": None}))
        message = {
            "sid": f"SM{len(self.messages):032x}",
            "to": request.form["To"],
            "body": request.form["Body"],
            "callback": request.form["StatusCallback"],
            "status": "queued",
            "date_created": format_datetime(self.clock.astimezone(UTC)),
            "date_sent": None,
        }
        self.messages.insert(0, message)
        return Answer(201, json.dumps(message))


def sign(url: str, fields: dict[str, str], *, secret: str = TOKEN, digest: str = "sha1") -> str:
    """Return `X-Twilio-Signature` as Twilio's security page describes it."""
    text = url + "".join(name + fields[name] for name in sorted(fields))
    mac = hmac.new(secret.encode(), text.encode(), getattr(hashlib, digest))
    return base64.b64encode(mac.digest()).decode()

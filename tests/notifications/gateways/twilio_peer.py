"""Plays Twilio's Messages API behind the SDK's own HTTP seam; keeps what it accepted."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from requests import ReadTimeout
from twilio.http import HttpClient
from twilio.http.response import Response

Fault = Callable[[], Response]


def refusal(status: int, code: int) -> Fault:
    """Return a fault in the shape Twilio answers: HTTP status and its own code."""
    body = {"code": code, "message": "no", "more_info": "", "status": status}
    return lambda: Response(status, json.dumps(body))


def page(status: int, body: str) -> Fault:
    """Return a fault that is not Twilio speaking, e.g. a proxy's error page."""
    return lambda: Response(status, body)


def failure(error: Exception) -> Fault:
    """Return a fault below HTTP."""

    def fail() -> Response:
        raise error

    return fail


@dataclass
class TwilioPeer(HttpClient):
    """Accepts messages, unless `faults` has something for the next request."""

    clock: datetime
    messages: list[dict[str, object]] = field(default_factory=list)
    requests: list[dict[str, object]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    forgets_to_answer: bool = False
    text_before: str = ""

    def request(self, method: str, uri: str, *_: Any, **options: Any) -> Response:
        """Answer one request of the SDK."""
        fields = options["data"] or {}
        self.requests.append({"method": method, "uri": uri, "auth": options["auth"], **fields})
        if self.faults:
            return self.faults.pop(0)()
        if method.upper() == "POST":
            return self._create(fields)
        return self._list({**(options["params"] or {}), **_flat(urlsplit(uri).query)})

    def _create(self, fields: dict[str, str]) -> Response:
        message: dict[str, object] = {
            "sid": f"SM{len(self.messages):032x}",
            "to": fields["To"],
            "body": self.text_before + fields["Body"],
            "status": "queued",
            "date_created": format_datetime(self.clock.astimezone(UTC)),
            "date_sent": None,
        }
        self.messages.insert(0, message)
        if self.forgets_to_answer:
            raise ReadTimeout
        return Response(201, json.dumps(message))

    def _list(self, query: dict[str, str]) -> Response:
        found = [message for message in self.messages if message["to"] == query["To"]]
        return Response(200, json.dumps({"messages": found, "next_page_uri": None}))


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}

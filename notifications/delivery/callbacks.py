"""Use cases of the providers that call back: is it really them, and what do they say."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qs

from sqlmodel import Session

from core.settings import Settings
from notifications.delivery.reports import take_reply, take_report
from notifications.errors import ForeignReportError, UnreadableReportError
from notifications.gateways import aliyun_callback, twilio_callback

TWILIO = "twilio"
ALIYUN = "aliyun"


def take_twilio_form(
    session: Session,
    settings: Settings,
    *,
    path: str,
    query: str,
    fields: Mapping[str, str],
    signature: str,
    at: datetime,
) -> None:
    """Take a report that Twilio signed for our public address.

    Raises ForeignReportError unless the signature is Twilio's, UnreadableReportError if the form
    names no message.
    """
    url = str(settings.public_base_url).rstrip("/") + path + (f"?{query}" if query else "")
    twilio = settings.sms.twilio
    if twilio is None or not twilio_callback.is_genuine(
        twilio, url=url, fields=fields, signature=signature
    ):
        raise ForeignReportError
    reference = parse_qs(query).get("message", [None])[0]
    report = twilio_callback.read_report(fields, reference=reference)
    if report is None:
        raise UnreadableReportError
    take_report(session, TWILIO, report, order=settings.sms.order, at=at)


def take_aliyun_push(
    session: Session,
    settings: Settings,
    *,
    secret: str,
    elements: Sequence[object],
    at: datetime,
) -> None:
    """Take reports and replies that came on the secret path; ForeignReportError on another."""
    aliyun = settings.sms.aliyun
    if aliyun is None or not aliyun_callback.is_genuine(aliyun, secret):
        raise ForeignReportError
    for fields in elements:
        if not isinstance(fields, Mapping):
            continue
        if report := aliyun_callback.read_report(fields):
            take_report(session, ALIYUN, report, order=settings.sms.order, at=at)
        elif reply := aliyun_callback.read_reply(fields):
            take_reply(session, reply, at=at)

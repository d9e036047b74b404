"""Reading Twilio's delivery reports: whether they are genuine, and what they say."""

from collections.abc import Mapping

from twilio.request_validator import HMAC_SHA1, HMAC_SHA256, RequestValidator

from core.enums import NotificationState
from core.settings import TwilioSettings
from notifications.gateways.base import Report

STATES = {
    "delivered": NotificationState.DELIVERED,
    "read": NotificationState.DELIVERED,
    "undelivered": NotificationState.FAILED,
    "failed": NotificationState.FAILED,
    "canceled": NotificationState.FAILED,
    # Some parts of a long text arrived: nobody can read half a message.
    "partially_delivered": NotificationState.FAILED,
}
"""Every other status (queued, accepted, sending, sent, …) says no more than that Twilio has it."""


def is_genuine(
    settings: TwilioSettings, *, url: str, fields: Mapping[str, str], signature: str
) -> bool:
    """Tell whether Twilio signed these form fields for this address.

    `url` is what Twilio was given, not what a proxy made of it. The algorithm is ours to choose:
    with a signing key it is HMAC-SHA256 and nothing else, whatever a header of the request says,
    or whoever learned the older auth token could still sign.
    """
    if settings.signing_key is None:
        secret, algorithm = settings.auth_token, HMAC_SHA1
    else:
        secret, algorithm = settings.signing_key, HMAC_SHA256
    validator = RequestValidator(secret.get_secret_value())  # type: ignore[no-untyped-call]
    return bool(
        validator.validate(url, dict(fields), signature, algorithm)  # type: ignore[no-untyped-call]
    )


def read_report(fields: Mapping[str, str], *, reference: str | None) -> Report | None:
    """Return what genuine form fields report, or None if they name no message."""
    sid = fields.get("MessageSid") or fields.get("SmsSid")
    if not sid:
        return None
    status = fields.get("MessageStatus") or fields.get("SmsStatus") or ""
    return Report(
        provider_reference=sid[:64],
        reference=reference,
        state=STATES.get(status, NotificationState.SENT),
        error=fields.get("ErrorCode", "")[:64],
    )

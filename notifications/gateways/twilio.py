"""The Twilio gateway; the only importer of its SDK.

Twilio has no idempotency key for messages, so after an unknown outcome the message is looked up.
"""

from http import HTTPStatus

from requests import ConnectTimeout, RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from core.settings import TwilioSettings
from notifications.gateways.base import (
    GatewayError,
    PermanentGatewayError,
    Sms,
    TemporaryGatewayError,
    UnknownOutcomeError,
)

TIMEOUT_SECONDS = 10
"""The SDK waits for ever unless told otherwise; far below the lease of a claim."""
LOOK_UP_LIMIT = 50
"""No number is sent more than 50 notices a day."""
MESSAGING_SERVICE_PREFIX = "MG"

MESSAGE_ERRORS: dict[int, str] = {
    21211: "invalid_number",
    21610: "unsubscribed",
    21612: "unroutable_number",
    21614: "not_a_mobile",
    21617: "too_long",
    30004: "blocked",
    30005: "unknown_handset",
    30006: "landline",
    30007: "filtered",
}
"""Twilio error codes that lie in the number or the text: this message will never go.

Codes of the account (20003 authentication, 21408 region, 21606 sender, 21608 trial, 30002
suspended) are missing on purpose: an operator can mend them, and then the message has to go.
"""


def open_client(settings: TwilioSettings) -> Client:
    """Return the SDK's client with a timeout on every call."""
    return Client(  # type: ignore[no-untyped-call]
        settings.account_sid,
        settings.auth_token.get_secret_value(),
        http_client=TwilioHttpClient(timeout=TIMEOUT_SECONDS),
    )


class TwilioGateway:
    """Sends through Twilio; `sender` is a number (+…) or a messaging service (MG…)."""

    name = "twilio"

    def __init__(self, client: Client, *, sender: str) -> None:
        self._messages = client.messages
        is_service = sender.startswith(MESSAGING_SERVICE_PREFIX)
        self._sender = {"messaging_service_sid" if is_service else "from_": sender}

    def send(self, sms: Sms) -> str:
        """Create the message and return its SID."""
        try:
            message = self._messages.create(to=sms.phone, body=sms.body, **self._sender)
        except (TwilioRestException, TwilioServiceException) as error:
            raise judge_refusal(error.status, error.code) from error
        except ConnectTimeout as error:
            raise TemporaryGatewayError("no_connection") from error
        except (RequestException, ValueError) as error:
            raise UnknownOutcomeError(type(error).__name__) from error
        return str(message.sid)

    def find(self, sms: Sms) -> list[str]:
        """Return the SIDs of messages to this number with this text since it was recorded.

        Not filtered by the API's DateSent: a message still queued at Twilio has none.
        """
        try:
            messages = self._messages.list(to=sms.phone, limit=LOOK_UP_LIMIT)
        except (TwilioException, RequestException, ValueError) as error:
            raise UnknownOutcomeError(type(error).__name__) from error
        return [str(message.sid) for message in messages if _may_be(message, sms)]


def judge_refusal(status: int, code: int | None) -> GatewayError:
    """Return what an HTTP error of a create call means for the message."""
    reason = f"twilio-{code or status}"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UnknownOutcomeError(reason)
    if code in MESSAGE_ERRORS:
        return PermanentGatewayError(f"{reason} {MESSAGE_ERRORS[code]}")
    return TemporaryGatewayError(reason)


def _may_be(message: MessageInstance, sms: Sms) -> bool:
    # Twilio's instants are whole seconds; a trial account puts words before the text.
    is_recent = message.date_created is not None and message.date_created >= sms.created_at.replace(
        microsecond=0
    )
    return is_recent and str(message.body).endswith(sms.body)

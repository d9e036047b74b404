"""The Twilio gateway; with its callbacks the only importer of the SDK.

Twilio has no idempotency key for messages, so after an unknown outcome the message is looked up.
"""

from http import HTTPStatus

from requests import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from core.settings import TwilioSettings
from notifications.gateways.base import (
    GatewayError,
    Sms,
    UnknownOutcomeError,
)
from notifications.gateways.faults import judge_code, judge_transport

LOOK_UP_LIMIT = 50
"""No number is sent more than 50 notices a day."""
MESSAGING_SERVICE_PREFIX = "MG"
NOT_TWILIO = (ValueError, AttributeError, KeyError, TypeError)
"""What the SDK raises over an answer that is no JSON, or JSON that is not Twilio's."""


def open_client(settings: TwilioSettings, *, timeout_seconds: int) -> Client:
    """Return the SDK's client with a timeout on every call; it waits for ever unless told."""
    return Client(  # type: ignore[no-untyped-call]
        settings.account_sid,
        settings.auth_token.get_secret_value(),
        http_client=TwilioHttpClient(timeout=timeout_seconds),
    )


class TwilioGateway:
    """Sends through Twilio; `sender` is a number (+…) or a messaging service (MG…).

    Twilio reports to `callback_url`, extended by our own id: so a report that overtakes the answer
    to its own request, or follows an answer that was lost, still finds its message.
    """

    name = "twilio"
    needs_approval = False

    def __init__(self, client: Client, *, sender: str, callback_url: str) -> None:
        self._messages = client.messages
        self._callback_url = callback_url
        is_service = sender.startswith(MESSAGING_SERVICE_PREFIX)
        self._sender = {"messaging_service_sid" if is_service else "from_": sender}

    def send(self, sms: Sms) -> str:
        """Create the message and return its SID."""
        try:
            message = self._messages.create(
                to=sms.phone,
                body=sms.body,
                status_callback=f"{self._callback_url}?message={sms.reference}",
                **self._sender,
            )
        except (TwilioRestException, TwilioServiceException) as error:
            raise judge_refusal(error.status, error.code) from error
        except (RequestException, *NOT_TWILIO) as error:
            raise judge_transport(error) from error
        if message.sid is None:
            raise UnknownOutcomeError("answer_without_sid")
        return message.sid

    def find(self, sms: Sms) -> list[str]:
        """Return the SIDs of messages to this number with this text since it was recorded.

        Not filtered by the API's DateSent: a message still queued at Twilio has none.
        """
        try:
            messages = self._messages.list(to=sms.phone, limit=LOOK_UP_LIMIT)
        except (TwilioException, RequestException, *NOT_TWILIO) as error:
            raise UnknownOutcomeError(type(error).__name__) from error
        return [str(message.sid) for message in messages if _may_be(message, sms)]


def judge_refusal(status: int, code: int | None) -> GatewayError:
    """Return what an HTTP error of a create call means for the message."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UnknownOutcomeError(f"twilio-{code or status}")
    return judge_code(TwilioGateway.name, str(code or status))


def _may_be(message: MessageInstance, sms: Sms) -> bool:
    # Twilio's instants are whole seconds; a trial account puts words before the text.
    is_recent = message.date_created is not None and message.date_created >= sms.created_at.replace(
        microsecond=0
    )
    return is_recent and str(message.body).endswith(sms.body)

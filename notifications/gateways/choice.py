"""Which providers carry the messages; imported by the worker alone, SDKs are slow to load."""

from core.settings import SmsSettings
from notifications.gateways.aliyun import AliyunGateway
from notifications.gateways.base import Gateway
from notifications.gateways.console import ConsoleGateway
from notifications.gateways.twilio import TwilioGateway, open_client

CALLBACK_PATH = "/v1/notifications/callbacks/twilio"


def open_gateways(settings: SmsSettings, *, public_base_url: str) -> tuple[Gateway, ...]:
    """Return the gateways the settings name, in the order in which they are tried."""
    return tuple(_open(name, settings, public_base_url) for name in settings.order)


def _open(name: str, settings: SmsSettings, public_base_url: str) -> Gateway:
    timeout = settings.timeout_seconds
    if name == TwilioGateway.name and settings.twilio is not None:
        return TwilioGateway(
            open_client(settings.twilio, timeout_seconds=timeout),
            sender=settings.twilio.sender,
            callback_url=public_base_url.rstrip("/") + CALLBACK_PATH,
        )
    if name == AliyunGateway.name and settings.aliyun is not None:
        return AliyunGateway(settings.aliyun, timeout_seconds=timeout)
    return ConsoleGateway(settings.console_file)

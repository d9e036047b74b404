"""Which provider carries the text messages; imported by the worker alone, SDKs are slow to load."""

from core.settings import SmsSettings
from notifications.gateways.base import Gateway
from notifications.gateways.console import ConsoleGateway
from notifications.gateways.twilio import TwilioGateway, open_client


def open_gateway(settings: SmsSettings) -> Gateway:
    """Return the gateway the settings name."""
    if settings.twilio is not None and settings.gateway == "twilio":
        return TwilioGateway(open_client(settings.twilio), sender=settings.twilio.sender)
    return ConsoleGateway(settings.console_file)

"""Reading what Aliyun pushes: delivery reports (SmsReport) and replies (SmsUp).

Aliyun signs nothing. What it pushes arrives on a path only it was told, and is believed only about
messages that bear both our id and the number Aliyun gave them.
"""

import hmac
from collections.abc import Mapping

from core.enums import NotificationState
from core.phone import PhoneError, parse_mobile
from core.settings import AliyunSettings
from notifications.gateways.base import Reply, Report


def is_genuine(settings: AliyunSettings, secret: str) -> bool:
    """Tell whether the path ended as only Aliyun was told, in constant time."""
    expected = settings.callback_secret.get_secret_value()
    return hmac.compare_digest(expected.encode(), secret.encode())


def read_report(fields: Mapping[str, object]) -> Report | None:
    """Return what one element of a push reports, or None if it is no report."""
    reference, was_received = fields.get("biz_id"), fields.get("success")
    if not isinstance(reference, str) or not isinstance(was_received, bool):
        return None
    if not reference.isprintable():  # no name Aliyun ever gave
        return None
    return Report(
        provider_reference=reference[:64],
        reference=str(fields.get("out_id") or "") or None,
        state=NotificationState.DELIVERED if was_received else NotificationState.FAILED,
        error="" if was_received else _read_code(fields.get("err_code")),
    )


def _read_code(code: object) -> str:
    """Return the code without what no table of codes can hold."""
    return "".join(sign for sign in str(code or "") if sign.isprintable())[:64]


def read_reply(fields: Mapping[str, object]) -> Reply | None:
    """Return what one element of a push says somebody wrote, or None if it is no reply."""
    number, text = fields.get("phone_number"), fields.get("content")
    if not isinstance(number, str) or not isinstance(text, str):
        return None
    try:
        return Reply(phone=parse_mobile(number), text=text)
    except PhoneError:
        return None

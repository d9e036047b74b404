"""What of a personal value may be shown without a reason: enough to recognise, not to use."""

import re

STAR = "*"
MOBILE_PREFIX = "+86"
LONG_NUMBER = 15
SECRET_STEP = re.compile(r"^(/t/|/v1/notifications/callbacks/aliyun/)[^/]+")
"""What callers that can keep no token prove themselves with stands in their paths."""


def mask_name(name: str) -> str:
    """Return first and last character, or only the first of a two-character name: ``王*明``."""
    match len(name):
        case 0 | 1:
            return STAR * len(name)
        case 2:
            return name[0] + STAR
        case _:
            return name[0] + STAR * (len(name) - 2) + name[-1]


def mask_id_number(number: str) -> str:
    """Return the first and last four of a long number, the last two of a short one."""
    if len(number) >= LONG_NUMBER:
        return _keep(number, first=4, last=4)
    return _keep(number, first=0, last=2)


def mask_phone(phone: str) -> str:
    """Return an E.164 number as people read it, middle four hidden: ``138****5678``."""
    return _keep(phone.removeprefix(MOBILE_PREFIX), first=3, last=4)


def mask_card(card: str) -> str:
    """Return the last four of a bank card or account: ``**** **** **** 1234``."""
    return f"{STAR * 4} {STAR * 4} {STAR * 4} {card[-4:]}"


def mask_path(path: str) -> str:
    """Return a request's path as it may stand in a log: ``/t/*/hikvision``."""
    return SECRET_STEP.sub(rf"\1{STAR}", path)


def _keep(text: str, *, first: int, last: int) -> str:
    if len(text) <= first + last:
        return STAR * len(text)
    return text[:first] + STAR * (len(text) - first - last) + text[-last:]

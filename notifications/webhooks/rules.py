"""Where events may be sent, when to try again, and when to give up."""

import re
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=6)
LONGEST_REST = timedelta(minutes=10)
"""So soon a receiver that is back hears of everything that waits."""
GIVE_UP_AFTER = timedelta(days=3)
PAUSE_FACTOR = 3
OLD_SECRET_HOLDS = timedelta(days=1)
"""How long the previous secret signs too, so that a receiver can change without a gap."""
GONE = 410
HTTPS = 443
LONGEST_URL = 500
NAME = re.compile(r"(?!.{254})(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)[a-z0-9-]{2,63}(?<!-)")
"""A host name of at least two labels (RFC 1123), as `urlsplit` lowers it."""
INSIDE = (".local", ".internal", ".localhost")
NAT64 = IPv6Network("64:ff9b::/96")
"""An IPv4 address may hide in it (RFC 6052)."""


def is_fit_url(url: str) -> bool:
    """Tell whether the address may be registered; what it resolves to is judged at each call."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    is_plain = parts.username is None and parts.password is None and not parts.fragment
    if parts.scheme != "https" or not host or not is_plain or port == 0:
        return False
    if not url.isascii() or not url.isprintable() or " " in url or len(url) > LONGEST_URL:
        return False
    return _is_fit_host(host)


def is_same_address(one: str, other: str) -> bool:
    """Tell whether two fit addresses reach the same place, however they are spelled."""
    return _take_apart(one) == _take_apart(other)


def _take_apart(url: str) -> tuple[str | None, int, str, str]:
    parts = urlsplit(url)
    return parts.hostname, parts.port or HTTPS, parts.path or "/", parts.query


def _is_fit_host(host: str) -> bool:
    try:
        return is_public(host)
    except ValueError:  # a name
        return NAME.fullmatch(host) is not None and not host.endswith(INSIDE)


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the open internet's; ValueError for anything else.

    Private, loopback, link-local (cloud metadata), carrier-grade and multicast addresses are not,
    nor is any notation of IPv6 that such an address can hide in.
    """
    ip: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip in NAT64 or ip.sixtofour is not None or ip.teredo is not None:
            return False
    return ip.is_global and not ip.is_multicast


def choose_secrets(
    secret: str, previous: str | None, *, until: datetime | None, at: datetime
) -> list[str]:
    """Return the secrets an attempt is signed with, the present one first."""
    is_in_use = previous is not None and until is not None and at < until
    return [secret, previous] if is_in_use and previous is not None else [secret]


def is_success(status: int) -> bool:
    """Tell whether the receiver took the event; a redirect is not followed and counts as no."""
    return 200 <= status < 300  # noqa: PLR2004


def choose_pause(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts (1 is the first): 5 s, 15 s … 6 h."""
    pause = FIRST_PAUSE
    for _ in range(1, attempts):
        if pause >= LONGEST_PAUSE:
            break
        pause *= PAUSE_FACTOR
    return min(pause, LONGEST_PAUSE)


def choose_rest(failures: int) -> timedelta:
    """Return how long to leave a receiver alone after so many failures in a row."""
    return min(choose_pause(failures), LONGEST_REST)


def is_hopeless(*, round_began_at: datetime, next_at: datetime) -> bool:
    """Tell whether the next attempt would come after the days of trying."""
    return next_at - round_began_at > GIVE_UP_AFTER

"""Opening a site's page by the token on its poster."""

import re
from datetime import date
from pathlib import Path

import structlog
from limits import RateLimitItemPerHour
from redis import Redis, RedisError
from sqlmodel import Session

from db.throttle import count_try, find_wait
from projects import notice_board, queries
from projects.errors import TooManyGuessesError, UnknownPosterError
from projects.notice_board import NoticeBoard

POSTER_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,32}")
GUESSES_PER_ADDRESS = RateLimitItemPerHour(60)
"""Only tokens that belong to no site count: a whole crew scans the same poster every morning."""

log = structlog.stdlib.get_logger(__name__)


def open_poster(
    session: Session,
    valkey: Redis,
    *,
    poster_token: str,
    address: str,
    county_facts: Path | None,
    on: date,
) -> NoticeBoard:
    """Return the board of the site whose poster was scanned.

    `address` is where the request came from, only to count wrong tokens. Raises
    UnknownPosterError, TooManyGuessesError.
    """
    _check_guesses(valkey, address)
    is_token = POSTER_TOKEN.fullmatch(poster_token)
    project = queries.find_project_by_poster(session, poster_token) if is_token else None
    if project is None:
        _count_guess(valkey, address)
        raise UnknownPosterError
    return notice_board.draw_up(session, project, county_facts, on)


def _check_guesses(valkey: Redis, address: str) -> None:
    """Refuse an address that guessed too often; without Valkey everybody may read their rights."""
    try:
        wait = find_wait(valkey, [GUESSES_PER_ADDRESS], *_key(address))
    except RedisError:
        log.warning("poster guesses are not counted, valkey is away")
        return
    if wait:
        raise TooManyGuessesError(retry_after=wait)


def _count_guess(valkey: Redis, address: str) -> None:
    try:
        count_try(valkey, [GUESSES_PER_ADDRESS], *_key(address))
    except RedisError:
        log.warning("a poster guess is not counted, valkey is away")


def _key(address: str) -> tuple[str, str, str]:
    return "projects", "poster-guess", address

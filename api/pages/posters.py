"""The poster that a worker scanned, carried through signing in to the check-in."""

from collections.abc import Mapping

from projects.posters import POSTER_TOKEN


def make_check_in_address(poster_token: str | None) -> str:
    """Return where to go on once signed in: the check-in, or home without a poster."""
    return f"/check-in?poster_token={poster_token}" if poster_token else "/"


def make_sign_in_address(query: Mapping[str, str]) -> str:
    """Return where to sign in; of what was asked for only a poster's token is carried along."""
    poster_token = query.get("poster_token", "")
    is_token = POSTER_TOKEN.fullmatch(poster_token)
    return f"/sign-in?poster_token={poster_token}" if is_token else "/sign-in"

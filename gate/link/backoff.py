"""How long to wait before trying again."""

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 30.0
"""Short, because getting out of offline late costs more than a call every half minute."""


def wait_after(failures: int, *, chance: float, retry_after: float | None = None) -> float:
    """Return seconds: doubling up to the longest, half of it by chance (0–1) so gates spread out.

    What the server asked for (`Retry-After`) is a minimum.
    """
    ceiling = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(failures - 1, 16))
    return max(ceiling / 2 * (1 + chance), retry_after or 0.0)

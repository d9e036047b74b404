"""A reader held over a phone repeats itself; that is one scan, not many."""

BOUNCE_SECONDS = 2.0


class BounceFilter:
    """Knows the last code and when it was last seen, in seconds of uptime."""

    def __init__(self) -> None:
        self._text = ""
        self._seen = float("-inf")

    def is_repeat(self, text: str, uptime: float) -> bool:
        """Tell whether this is still the same presentation: at most 2 s since its last line."""
        is_repeat = text == self._text and uptime - self._seen <= BOUNCE_SECONDS
        self._text, self._seen = text, uptime
        return is_repeat

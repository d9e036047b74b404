"""The crossings this gate has let through: each (worker_ref, step) opens it once."""

from gate.decide import Crossing

SPARE_STEPS = 20
"""Five minutes kept beyond the fresh ones, for when a contact sets the clock back."""
FIRST_PRUNE = 1_000


class UsedCrossings:
    """A set that forgets what can no longer be fresh."""

    def __init__(self) -> None:
        self._crossings: set[Crossing] = set()
        self._prune_at = FIRST_PRUNE

    def __contains__(self, crossing: object) -> bool:
        return crossing in self._crossings

    def __len__(self) -> int:
        return len(self._crossings)

    def add(self, crossing: Crossing, *, first_fresh: int) -> None:
        """Remember a crossing; `first_fresh` is the oldest step that is still accepted."""
        self._crossings.add(crossing)
        if len(self._crossings) > self._prune_at:
            oldest = first_fresh - SPARE_STEPS
            self._crossings = {known for known in self._crossings if known[1] >= oldest}
            self._prune_at = FIRST_PRUNE + 2 * len(self._crossings)

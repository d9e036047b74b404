"""The list to call the roll from when a site is cleared."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from qr.prints.press import print_pdf, soften


@dataclass(frozen=True, slots=True)
class ListedWorker:
    """One line with a box to tick; times are as people write them."""

    name: str
    trade: str
    since: str
    gate: str


@dataclass(frozen=True, slots=True)
class ListedTeam:
    """A team's lines."""

    name: str
    workers: Sequence[ListedWorker]


@dataclass(frozen=True, slots=True)
class EvacuationList:
    """Who has to be found."""

    project: str
    at: str
    total: int
    teams: Sequence[ListedTeam]
    unclear: Sequence[ListedTeam]
    """Came in long ago and were not seen leaving."""
    unrecognised: int


def print_evacuation_list(listed: EvacuationList) -> bytes:
    """Return the list: A4, a box before each name, the heading of the table on every page."""
    facts = {name: _soften(value) for name, value in asdict(listed).items()}
    return print_pdf("evacuation", facts)


def _soften(value: object) -> object:
    if isinstance(value, str):
        return soften(value)
    if isinstance(value, dict):
        return {name: _soften(member) for name, member in value.items()}
    return [_soften(member) for member in value] if isinstance(value, list | tuple) else value

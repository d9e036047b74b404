"""What a bench is, how rounds alternate, and how results are printed and kept."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Literal

from bench.rig import Rig

ROUNDS = 5
WHOLE_NUMBERS_FROM = 100
RESULTS = Path(__file__).parent / "results" / "latest.json"

Measure = Callable[[], float]


@dataclass(frozen=True)
class Sides:
    """What one round measures; each call returns a value in the bench's unit."""

    ours: Measure
    baseline: Measure
    limit: Measure | None = None
    """The best that is physically possible here, when there is a way to measure it."""


Open = Callable[[Rig], AbstractContextManager[Sides]]


@dataclass(frozen=True)
class Bench:
    """A registered comparison; `open` prepares it and yields its sides."""

    name: str
    unit: str
    ratio: Literal[">=", "<="]
    target: float
    large: bool
    open: Open


@dataclass(frozen=True)
class Outcome:
    """Medians over the rounds; `ratio` is the median of each round's ours / baseline."""

    name: str
    ours: float
    baseline: float
    limit: float | None
    ratio: float
    unit: str
    rounds: int


REGISTRY: dict[str, Bench] = {}


def bench(
    *, unit: str, ratio: Literal[">=", "<="], target: float, large: bool = False
) -> Callable[[Open], Open]:
    """Register the decorated context manager under its function name.

    `ratio` and `target` say what ours / baseline should be; `large` keeps the bench out of the
    default run.
    """

    def register(function: Open) -> Open:
        name = getattr(function, "__name__", "")
        REGISTRY[name] = Bench(name, unit, ratio, target, large, function)
        return function

    return register


def measure(entry: Bench, rig: Rig, *, rounds: int = ROUNDS) -> Outcome:
    """Alternate the sides, turning their order each round so that none always goes first."""
    seen: dict[str, list[float]] = {"ours": [], "baseline": [], "limit": []}
    with entry.open(rig) as sides:
        measures = [("ours", sides.ours), ("baseline", sides.baseline)]
        if sides.limit is not None:
            measures.append(("limit", sides.limit))
        for number in range(rounds):
            for side, take in measures if number % 2 else reversed(measures):
                seen[side].append(take())
    ratios = [ours / base for ours, base in zip(seen["ours"], seen["baseline"], strict=True)]
    return Outcome(
        name=entry.name,
        ours=median(seen["ours"]),
        baseline=median(seen["baseline"]),
        limit=median(seen["limit"]) if seen["limit"] else None,
        ratio=median(ratios),
        unit=entry.unit,
        rounds=rounds,
    )


def calls_per_second(function: Callable[[], object], *, seconds: float = 0.4) -> float:
    """Call in a tight loop for about the given time and return the rate."""
    batch, done, started = 64, 0, perf_counter()
    while (elapsed := perf_counter() - started) < seconds:
        for _ in range(batch):
            function()
        done += batch
    return done / elapsed


def row(outcome: Outcome, entry: Bench) -> str:
    """Return one line of the printed table."""
    met = outcome.ratio >= entry.target if entry.ratio == ">=" else outcome.ratio <= entry.target
    measured = "".join(map(_cell, (outcome.ours, outcome.baseline, outcome.limit)))
    wanted = f"{entry.ratio} {entry.target:<6g}{'' if met else '✗':<2}"
    return f"{outcome.name:<30}{measured}{outcome.ratio:>9.3g}  {wanted}{outcome.unit}"


def _cell(value: float | None) -> str:
    if value is None:
        return f"{'':>12}"
    return f"{value:>12,.0f}" if value >= WHOLE_NUMBERS_FROM else f"{value:>12.3g}"


HEADER = f"{'':<30}{'ours':>12}{'baseline':>12}{'limit':>12}{'ratio':>9}  target   unit"


def read(path: Path = RESULTS) -> list[dict[str, Any]]:
    """Return the results of earlier runs."""
    return json.loads(path.read_text()) if path.exists() else []


def keep(outcomes: list[Outcome], path: Path = RESULTS) -> None:
    """Write the results as JSON; those of benches that did not run this time stay."""
    measured = {outcome.name for outcome in outcomes}
    kept = [entry for entry in read(path) if entry["name"] not in measured]
    path.parent.mkdir(parents=True, exist_ok=True)
    merged = sorted([*kept, *map(asdict, outcomes)], key=lambda entry: str(entry["name"]))
    path.write_text(json.dumps(merged, indent=2) + "\n")

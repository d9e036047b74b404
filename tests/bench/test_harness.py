from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench import harness
from bench.harness import Bench, Outcome, Sides
from bench.load import Result
from bench.rig import Rig


def _bench(sides: Sides, *, target: float = 2) -> Bench:
    @contextmanager
    def opened(_rig: Rig) -> Generator[Sides]:
        yield sides

    return Bench("sample", "calls/s", ">=", target, large=False, open=opened)


def test_the_ratio_is_the_median_of_each_rounds_ratio() -> None:
    ours, baseline = iter([10.0, 40.0, 90.0]), iter([10.0, 10.0, 30.0])
    sides = Sides(ours=lambda: next(ours), baseline=lambda: next(baseline))

    with Rig() as rig:
        outcome = harness.measure(_bench(sides), rig, rounds=3)

    assert (outcome.ours, outcome.baseline, outcome.ratio) == (40.0, 10.0, 3.0)


def test_rounds_alternate_which_side_goes_first() -> None:
    order: list[str] = []

    def taken(side: str) -> float:
        order.append(side)
        return 1.0

    sides = Sides(ours=lambda: taken("ours"), baseline=lambda: taken("baseline"))
    with Rig() as rig:
        harness.measure(_bench(sides), rig, rounds=2)

    assert order == ["baseline", "ours", "ours", "baseline"]


@pytest.mark.parametrize(("ratio", "mark"), [(1.9, "✗"), (2.0, "2 ")])
def test_a_missed_target_is_marked(ratio: float, mark: str) -> None:
    outcome = Outcome("sample", 1.9, 1.0, None, ratio, "calls/s", 5)

    assert mark in harness.row(outcome, _bench(Sides(lambda: 1.0, lambda: 1.0)))


def test_results_of_other_benches_are_kept(tmp_path: Path) -> None:
    latest = tmp_path / "results" / "latest.json"
    harness.keep([Outcome("a", 1, 1, None, 1, "s", 5), Outcome("b", 1, 1, None, 1, "s", 5)], latest)

    harness.keep([Outcome("a", 7, 1, None, 7, "s", 5)], latest)

    assert [(kept["name"], kept["ours"]) for kept in harness.read(latest)] == [("a", 7), ("b", 1)]


def test_percentiles_count_answers() -> None:
    result = Result(seconds=2, latencies=[0.001 * n for n in range(1, 101)])

    assert result.per_second == 50
    assert result.percentile_ms(0.99) == pytest.approx(99)

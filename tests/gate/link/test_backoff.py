"""How long to wait before trying again."""

from hypothesis import given, settings
from hypothesis import strategies as st

from gate.link.backoff import LONGEST_SECONDS, wait_after

failures = st.integers(1, 10_000)
chances = st.floats(0, 1)


@settings(deadline=None)
@given(failures, chances)
def test_the_wait_is_short_enough_to_come_back_and_never_nothing(
    failures: int, chance: float
) -> None:
    assert 0.5 <= wait_after(failures, chance=chance) <= LONGEST_SECONDS


@settings(deadline=None)
@given(failures, chances)
def test_more_failures_never_mean_a_shorter_wait(failures: int, chance: float) -> None:
    assert wait_after(failures + 1, chance=chance) >= wait_after(failures, chance=chance)


@settings(deadline=None)
@given(failures, chances, st.floats(0, 3600))
def test_what_the_server_asks_for_is_a_minimum(failures: int, chance: float, asked: float) -> None:
    assert wait_after(failures, chance=chance, retry_after=asked) >= asked


def test_gates_that_failed_together_do_not_come_back_together() -> None:
    assert wait_after(5, chance=0.1) != wait_after(5, chance=0.9)

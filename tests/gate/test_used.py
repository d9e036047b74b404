"""What has been let through is remembered as long as it could come again."""

from collections import deque
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from gate.decide import Crossing
from gate.used import SPARE_STEPS, UsedCrossings


@given(busy=st.randoms(use_true_random=False))
@settings(max_examples=5, deadline=None)
def test_no_crossing_is_forgotten_while_it_is_fresh(busy: Random) -> None:
    used, step = UsedCrossings(), 1_000_000
    fresh = deque[Crossing]()
    for number in range(3_000):
        step += busy.choice([0, 0, 0, 1, 5])
        fresh.append((number.to_bytes(6, "big"), step))
        used.add(fresh[-1], first_fresh=step - 2)
        while fresh[0][1] < step - 2 - SPARE_STEPS:
            fresh.popleft()
        assert all(crossing in used for crossing in fresh)


def test_old_crossings_do_not_pile_up() -> None:
    used = UsedCrossings()

    for step in range(100_000):
        used.add((b"worker", step), first_fresh=step - 2)

    assert len(used) < 2_000

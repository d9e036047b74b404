"""What has been let through is remembered as long as it could come again."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from gate.used import SPARE_STEPS, UsedCrossings


@given(busy=st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_no_crossing_is_forgotten_while_it_is_fresh(busy: Random) -> None:
    used, step = UsedCrossings(), 1_000_000
    added = []
    for number in range(6_000):
        step += busy.choice([0, 0, 0, 1, 5])
        added.append((number.to_bytes(6, "big"), step))
        used.add(added[-1], first_fresh=step - 2)

    assert all(crossing in used for crossing in added if crossing[1] >= step - 2 - SPARE_STEPS)


def test_old_crossings_do_not_pile_up() -> None:
    used = UsedCrossings()

    for step in range(100_000):
        used.add((b"worker", step), first_fresh=step - 2)

    assert len(used) < 2_000

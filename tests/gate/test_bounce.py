"""A reader that repeats itself."""

from gate.bounce import BounceFilter


def test_the_same_code_within_two_seconds_is_a_repeat() -> None:
    bounce = BounceFilter()
    bounce.is_repeat("A", 10.0)

    assert bounce.is_repeat("A", 12.0)


def test_a_code_held_before_the_reader_stays_one_presentation() -> None:
    bounce = BounceFilter()
    bounce.is_repeat("A", 10.0)

    assert [bounce.is_repeat("A", 10.0 + tenth / 2) for tenth in range(1, 30)] == [True] * 29


def test_after_a_pause_it_is_a_new_scan() -> None:
    bounce = BounceFilter()
    bounce.is_repeat("A", 10.0)

    assert not bounce.is_repeat("A", 12.1)


def test_another_code_is_a_new_scan_at_once() -> None:
    bounce = BounceFilter()
    bounce.is_repeat("A", 10.0)

    assert not bounce.is_repeat("B", 10.1)
    assert not bounce.is_repeat("A", 10.2)

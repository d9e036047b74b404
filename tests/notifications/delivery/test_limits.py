from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import ONE_DAY, SHANGHAI
from core.enums import NumberTrouble
from notifications.delivery import limits
from notifications.delivery.limits import NOTICES_PER_DAY, QuietHours

AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
NIGHT = QuietHours(time(21), time(8))


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (local(2, 20, 59), None),
        (local(2, 21), local(3, 8)),
        (local(2, 23, 59), local(3, 8)),
        (local(3, 0), local(3, 8)),
        (local(3, 7, 59), local(3, 8)),
        (local(3, 8), None),
    ],
)
def test_night_ends_at_eight_of_the_next_morning(at: datetime, until: datetime | None) -> None:
    assert NIGHT.end_after(at) == until


def test_equal_ends_are_never_quiet() -> None:
    assert QuietHours(time(), time()).end_after(local(2, 0)) is None


def test_quiet_hours_may_lie_within_a_day() -> None:
    noon = QuietHours(time(12), time(14))

    assert noon.end_after(local(2, 13)) == local(2, 14)
    assert noon.end_after(local(2, 15)) is None
    assert noon.end_after(local(2, 11)) is None


@given(minutes=st.integers(0, 3 * 24 * 60))
def test_end_of_the_night_is_ahead_and_awake(minutes: int) -> None:
    until = NIGHT.end_after(AT + timedelta(minutes=minutes))

    if until is not None:
        assert AT + timedelta(minutes=minutes) < until <= AT + timedelta(minutes=minutes + 11 * 60)
        assert NIGHT.end_after(until) is None


def test_fiftieth_notice_may_leave_and_the_next_waits_for_the_first_to_be_a_day_old() -> None:
    sent = [AT - timedelta(hours=23) + timedelta(minutes=number) for number in range(50)]

    assert limits.compute_slot(sent[:49], at=AT) is None
    assert limits.compute_slot(sent, at=AT) == sent[0] + ONE_DAY


@given(
    gaps=st.lists(st.integers(0, 90), min_size=60, max_size=160),
)
def test_no_window_of_a_day_holds_more_than_fifty(gaps: list[int]) -> None:
    at, sent = AT, list[datetime]()
    for gap in gaps:
        at += timedelta(minutes=gap)
        while slot := limits.compute_slot(sent, at=at):
            at = slot
        sent.append(at)

    for number in range(len(sent) - NOTICES_PER_DAY):
        assert sent[number + NOTICES_PER_DAY] - sent[number] >= ONE_DAY


@pytest.mark.parametrize(
    ("phone", "hindrance"),
    [
        ("+8619100000001", None),
        ("+8617000000001", None),
        (None, "no_phone"),
        ("+8657187654321", "landline"),
        ("+861087654321", "landline"),
        ("+864001234567", "landline"),
        ("+15005550006", "foreign_number"),
        ("+85261234567", "foreign_number"),
        ("19100000001", "malformed_number"),
        ("+86191000000012", "malformed_number"),
        ("+8619100000001\n", "malformed_number"),
        ("", "malformed_number"),
    ],
)
def test_only_mainland_mobiles_get_messages(phone: str | None, hindrance: str | None) -> None:
    assert limits.judge_number(phone) == hindrance


@pytest.mark.parametrize("trouble", NumberTrouble)
def test_dead_number_is_left_alone_for_a_month(trouble: NumberTrouble) -> None:
    def judge(days: int) -> str | None:
        at = AT + timedelta(days=days)
        return limits.judge_trouble(trouble, since=AT, at=at, is_code=False)

    assert (judge(29), judge(30)) == (f"number_{trouble}", None)


def test_codes_are_tried_unless_a_stranger_has_the_number() -> None:
    held_back = {
        trouble
        for trouble in NumberTrouble
        if limits.judge_trouble(trouble, since=AT, at=AT, is_code=True)
    }

    assert held_back == {NumberTrouble.RECYCLED}


def test_number_nobody_complained_of_is_tried() -> None:
    assert limits.judge_trouble(None, since=None, at=AT, is_code=False) is None


def test_budget_opens_again_at_eight_of_the_next_day() -> None:
    assert limits.next_morning(local(2, 23, 30)) == local(3, 8)
    assert limits.next_morning(local(2, 0, 10)) == local(3, 8)


def test_message_expires_at_its_time_and_not_before() -> None:
    after = timedelta(minutes=5)

    assert not limits.is_expired(after, created_at=AT, at=AT + after - timedelta(seconds=1))
    assert limits.is_expired(after, created_at=AT, at=AT + after)

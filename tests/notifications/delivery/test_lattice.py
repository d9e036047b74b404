from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.enums import NotificationState
from notifications.delivery import lattice
from notifications.delivery.lattice import ClaimVerdict, Rung

AT = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)
S = NotificationState
REPORTED = [S.SENT, S.DELIVERED, S.FAILED]


@pytest.mark.parametrize(
    ("state", "claimed_at", "verdict"),
    [
        (S.PENDING, None, ClaimVerdict.SEND),
        (S.SENDING, None, ClaimVerdict.SEND),
        (S.SENDING, AT - LEASE + timedelta(seconds=1), ClaimVerdict.BUSY),
        (S.SENDING, AT - LEASE, ClaimVerdict.LOOK_UP),
        (S.SENT, AT - LEASE, ClaimVerdict.SETTLED),
        (S.DELIVERED, AT - LEASE, ClaimVerdict.SETTLED),
        (S.FAILED, None, ClaimVerdict.SETTLED),
        (S.MERGED, None, ClaimVerdict.SETTLED),
    ],
)
def test_claim_depends_on_state_and_lease(
    state: S, claimed_at: datetime | None, verdict: ClaimVerdict
) -> None:
    assert lattice.judge_claim(state, claimed_at=claimed_at, at=AT, lease=LEASE) is verdict


@given(states=st.lists(st.sampled_from(S), min_size=1, max_size=6))
def test_reports_in_any_order_end_in_the_same_state(states: list[S]) -> None:
    ends = set()
    for order in permutations(states[:4]):
        state = S.SENDING
        for reported in order:
            state = lattice.join(state, reported)
        ends.add(state)

    assert len(ends) == 1


@given(state=st.sampled_from(S), reported=st.sampled_from(S))
def test_reports_never_lead_back(state: S, reported: S) -> None:
    after = lattice.join(state, reported)

    assert after is state or lattice.is_forward(state, after)
    assert lattice.join(after, reported) is after


def test_late_success_of_one_part_does_not_hide_the_lost_one() -> None:
    assert lattice.join(S.FAILED, S.DELIVERED) is S.FAILED
    assert lattice.join(S.DELIVERED, S.FAILED) is S.FAILED


def test_only_sending_may_be_repeated() -> None:
    assert [state for state in S if lattice.is_forward(state, state)] == [S.SENDING]


def test_gateways_are_tried_in_the_order_that_is_data() -> None:
    assert lattice.choose_next(["aliyun", "twilio"], "aliyun") == "twilio"
    assert lattice.choose_next(["aliyun", "twilio"], "twilio") is None
    assert lattice.choose_next(["twilio"], "aliyun") == "twilio"


def test_reported_failure_climbs_to_the_next_gateway_at_once() -> None:
    rung = lattice.climb(["a", "b"], "a", rung=0, may_pass=False)

    assert rung == Rung("b", timedelta(0))


def test_phone_that_was_off_gets_one_more_try_at_the_last_gateway() -> None:
    first = lattice.climb(["a"], "a", rung=0, may_pass=True)
    second = lattice.climb(["a"], "a", rung=1, may_pass=True)

    assert first == Rung("a", timedelta(minutes=30))
    assert second is None


@given(gateways=st.integers(1, 3), may_pass=st.booleans())
def test_ladder_has_an_end(gateways: int, may_pass: bool) -> None:
    order = [str(number) for number in range(gateways)]
    gateway, rungs = "0", 0
    while (rung := lattice.climb(order, gateway, rung=rungs, may_pass=may_pass)) is not None:
        gateway = rung.gateway
        rungs += 1

    assert rungs <= gateways

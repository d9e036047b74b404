"""What may be taken off a wage: the law's bounds, advances, and never below zero."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pay_enums import DeductionKind
from payroll import deductions
from payroll.deductions import Deduction, OpenAdvance, Wage
from payroll.term_errors import DeductionTooLargeError, NegativeNetError

AGREED_AT = datetime(2026, 11, 1, tzinfo=UTC)
WAGE = Wage("王小明", earned_fen=1_000_000, gross_fen=1_000_000, minimum_fen=249_000)
AMOUNTS = st.integers(1, 2_000_000)


def make(
    amount_fen: int, kind: DeductionKind = DeductionKind.DAMAGE, *, is_agreed: bool = True
) -> Deduction:
    return Deduction(
        entry_id=uuid4(),
        kind=kind,
        name="赔偿",
        amount_fen=amount_fen,
        note="打碎一块玻璃",
        source=None if kind in deductions.NEEDS_CONSENT else "个人所得税法",
        agreed_at=AGREED_AT if is_agreed else None,
    )


def advance(amount_fen: int, day: int = 10) -> OpenAdvance:
    return OpenAdvance(uuid4(), date(2026, 10, day), amount_fen)


@pytest.mark.parametrize(
    ("earned", "minimum", "limit"),
    [
        # 工资支付暂行规定 §16: 20 % of the month's wage, and the minimum wage must remain.
        (1_000_000, None, 200_000),
        (1_000_000, 249_000, 200_000),
        (300_000, 249_000, 51_000),
        (311_250, 249_000, 62_250),
        (311_249, 249_000, 62_249),
        (249_000, 249_000, 0),
        (100_000, 249_000, 0),
        (0, None, 0),
        (999, None, 199),
    ],
)
def test_limit_is_a_fifth_of_the_wage_and_leaves_the_minimum(
    earned: int, minimum: int | None, limit: int
) -> None:
    wage = replace(WAGE, earned_fen=earned, gross_fen=earned, minimum_fen=minimum)

    assert deductions.compute_limit(wage) == limit


def test_exactly_the_limit_is_taken_and_one_fen_more_is_refused_with_the_bound() -> None:
    [line] = deductions.compute_deductions(WAGE, [make(200_000)], [])
    assert line.amount_fen == 200_000

    with pytest.raises(DeductionTooLargeError) as refusal:
        deductions.compute_deductions(WAGE, [make(200_000), make(1)], [])
    assert refusal.value.facts["bound"] == "当月工资的 20%"
    assert refusal.value.facts["limit"] == "2000.00"


def test_refusal_names_the_minimum_wage_where_that_is_the_bound() -> None:
    wage = replace(WAGE, earned_fen=300_000, gross_fen=300_000)

    with pytest.raises(DeductionTooLargeError) as refusal:
        deductions.compute_deductions(wage, [make(51_001)], [])
    assert refusal.value.facts["bound"] == "扣完不能低于当地最低工资"


def test_supplements_of_other_months_do_not_widen_the_bound() -> None:
    wage = replace(WAGE, gross_fen=9_000_000)

    with pytest.raises(DeductionTooLargeError):
        deductions.compute_deductions(wage, [make(200_001)], [])


@pytest.mark.parametrize("kind", deductions.NEEDS_CONSENT)
def test_what_the_worker_has_not_agreed_to_is_not_taken(kind: DeductionKind) -> None:
    assert deductions.compute_deductions(WAGE, [make(100, kind, is_agreed=False)], []) == ()


def test_taxes_are_not_bounded_by_a_share_but_by_the_wage() -> None:
    tax = make(900_000, DeductionKind.INCOME_TAX, is_agreed=False)
    [line] = deductions.compute_deductions(WAGE, [tax], [])
    assert line.amount_fen == 900_000
    assert "依据：个人所得税法" in line.reason

    with pytest.raises(NegativeNetError):
        deductions.compute_deductions(WAGE, [tax, replace(tax, amount_fen=100_001)], [])


def test_advances_take_what_is_left_oldest_first() -> None:
    later, earlier = advance(700_000, day=20), advance(600_000, day=5)

    lines = deductions.compute_deductions(WAGE, [], [later, earlier])

    assert [(line.advance_id, line.amount_fen) for line in lines] == [
        (earlier.id, 600_000),
        (later.id, 400_000),
    ]


def test_an_advance_that_is_spent_makes_no_line() -> None:
    assert deductions.compute_deductions(WAGE, [], [advance(0)]) == ()


@given(
    st.integers(0, 3_000_000),
    st.one_of(st.none(), st.integers(0, 500_000)),
    st.lists(st.tuples(AMOUNTS, st.sampled_from(DeductionKind), st.booleans()), max_size=6),
    st.lists(AMOUNTS, max_size=4),
)
def test_no_bound_is_ever_crossed(
    earned: int,
    minimum: int | None,
    asked: list[tuple[int, DeductionKind, bool]],
    paid_ahead: list[int],
) -> None:
    wage = Wage("王小明", earned, earned, minimum)
    entered = [make(amount, kind, is_agreed=agreed) for amount, kind, agreed in asked]
    advances = [advance(amount) for amount in paid_ahead]
    try:
        lines = deductions.compute_deductions(wage, entered, advances)
    except (DeductionTooLargeError, NegativeNetError):
        return

    bounded = sum(
        line.amount_fen
        for line in lines
        if line.kind in [k.value for k in deductions.NEEDS_CONSENT]
    )
    assert sum(line.amount_fen for line in lines) <= earned
    assert bounded * 100 <= earned * 20
    assert bounded == 0 or minimum is None or earned - bounded >= minimum
    taken = {line.advance_id: line.amount_fen for line in lines}
    assert all(taken.get(each.id, 0) <= each.remaining_fen for each in advances)

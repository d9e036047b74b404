"""Which terms hold on which days."""

from datetime import date
from uuid import uuid4

from core.enums import ContractKind, PayBasis
from db.models import AgreedTerms, Contract
from payroll.pay_rules import TermsFrom
from payroll.spans import build_spans

FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)


def contract(start: date, price_fen: int = 35_000, end: date | None = None) -> Contract:
    return Contract(
        project_id=uuid4(),
        project_worker_id=uuid4(),
        kind=ContractKind.LABOUR_CONTRACT,
        period_type="1",
        start_date=start,
        end_date=end,
        pay_basis=PayBasis.DAY,
        unit_price_fen=price_fen,
    )


def agreed(from_date: date, *, pays_overtime: bool = True) -> AgreedTerms:
    return AgreedTerms(
        project_id=uuid4(),
        project_worker_id=uuid4(),
        from_date=from_date,
        pays_overtime=pays_overtime,
        allowances=[{"name": "高温津贴", "per": "day", "amount_fen": 1_500}],
        entered_by=uuid4(),
    )


def spans(contracts: list[Contract], *beside: AgreedTerms) -> tuple[TermsFrom, ...]:
    return build_spans(contracts, beside, first=FIRST, last=LAST)


def test_without_a_contract_in_the_month_there_are_no_terms() -> None:
    ended = contract(date(2026, 1, 1), end=date(2026, 9, 30))

    assert spans([]) == spans([ended]) == spans([contract(date(2026, 11, 1))]) == ()


def test_one_contract_holds_for_the_whole_month_even_where_it_begins_late() -> None:
    [span] = spans([contract(date(2026, 10, 8))])

    assert (span.first, span.terms.unit_price_fen) == (FIRST, 35_000)


def test_a_second_contract_takes_over_on_its_first_day() -> None:
    found = spans([contract(date(2026, 10, 15), 40_000), contract(date(2026, 9, 1))])

    assert [(span.first, span.terms.unit_price_fen) for span in found] == [
        (FIRST, 35_000),
        (date(2026, 10, 15), 40_000),
    ]


def test_the_same_terms_again_are_no_change() -> None:
    assert len(spans([contract(date(2026, 9, 1)), contract(date(2026, 10, 15))])) == 1


def test_what_was_agreed_beside_holds_from_its_day_on() -> None:
    found = spans([contract(date(2026, 9, 1))], agreed(date(2026, 10, 20)))

    assert [(span.first, span.terms.pays_overtime) for span in found] == [
        (FIRST, False),
        (date(2026, 10, 20), True),
    ]
    assert found[1].terms.allowances[0].amount_fen == 1_500


def test_of_what_was_agreed_the_latest_holds_alone() -> None:
    found = spans(
        [contract(date(2026, 9, 1))],
        agreed(date(2026, 9, 1)),
        agreed(date(2026, 9, 15), pays_overtime=False),
    )

    assert [span.terms.pays_overtime for span in found] == [False]

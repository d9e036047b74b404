"""Which terms held on which days of a month, out of contracts and what was agreed beside them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.pay_enums import AllowancePer
from db.models import AgreedTerms, Contract
from payroll.pay_rules import Allowance, PayTerms, TermsFrom


def build_spans(
    contracts: Sequence[Contract], agreed: Sequence[AgreedTerms], *, first: date, last: date
) -> tuple[TermsFrom, ...]:
    """Return the terms from `first` to `last`, oldest first; nothing without a contract.

    Of two contracts the one that began last holds. A day between contracts is paid by the one
    before it, and a day before the first by the first: work is never free because papers are late.
    """
    in_force = sorted(
        (
            each
            for each in contracts
            if each.start_date <= last and (each.end_date or last) >= first
        ),
        key=lambda contract: contract.start_date,
    )
    if not in_force:
        return ()
    changes = [each.start_date for each in in_force[1:]] + [each.from_date for each in agreed]
    days = sorted({first, *(day for day in changes if first < day <= last)})
    spans: list[TermsFrom] = []
    for day in days:
        terms = _terms_on(day, in_force, agreed)
        if not spans or spans[-1].terms != terms:
            spans.append(TermsFrom(day, terms))
    return tuple(spans)


def _terms_on(day: date, contracts: Sequence[Contract], agreed: Sequence[AgreedTerms]) -> PayTerms:
    contract = [each for each in contracts if each.start_date <= day or each is contracts[0]][-1]
    begun = [each for each in agreed if each.from_date <= day]
    beside = max(begun, key=lambda each: each.from_date, default=None)
    return PayTerms(
        basis=contract.pay_basis,
        unit_price_fen=contract.unit_price_fen,
        payday=contract.payday,
        pays_overtime=beside is not None and beside.pays_overtime,
        allowances=tuple(map(_read_allowance, beside.allowances)) if beside else (),
    )


def _read_allowance(kept: Mapping[str, Any]) -> Allowance:
    return Allowance(kept["name"], AllowancePer(kept["per"]), kept["amount_fen"])

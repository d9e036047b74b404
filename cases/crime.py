"""Whether refusing to pay may be a crime: 刑法 §276-1 with the amounts the province chose."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.local_rules import (
    CRIME_AMOUNTS,
    LOWEST_MANY_WORKERS_FEN,
    LOWEST_ONE_WORKER_FEN,
    MANY_WORKERS,
    MONTHS_OWED,
    UNKNOWN,
)
from core.case_enums import CrimeVerdict


@dataclass(frozen=True, slots=True)
class Arrears:
    """What one complainant is owed by an employer, over all of its projects."""

    months: int | None
    """None where the complaint does not say."""
    amount_fen: int | None
    people: int = 1


@dataclass(frozen=True, slots=True)
class Screening:
    """The verdict with the figures it rests on."""

    verdict: CrimeVerdict
    people: int
    total_fen: int
    source: str


def screen(arrears: Sequence[Arrears], *, province: str) -> Screening:
    """Compare what an employer owes with the amounts of a province (two digits).

    An unknown amount, in the law or in a complaint, is never taken as too little: a person judges.
    """
    amounts = CRIME_AMOUNTS.get(province, UNKNOWN)
    people = sum(one.people for one in arrears)
    total = sum(one.amount_fen or 0 for one in arrears)
    verdict = _judge(arrears, amounts.one_worker_fen, amounts.many_workers_fen)
    return Screening(verdict, people, total, amounts.source)


def _judge(arrears: Sequence[Arrears], one_fen: int | None, many_fen: int | None) -> CrimeVerdict:
    if one_fen and many_fen and _is_reached(arrears, one_fen, many_fen):
        return CrimeVerdict.REACHED
    is_known = all(one.amount_fen is not None and one.months is not None for one in arrears)
    lowest = (one_fen or LOWEST_ONE_WORKER_FEN, many_fen or LOWEST_MANY_WORKERS_FEN)
    if is_known and not _is_reached(arrears, *lowest):
        return CrimeVerdict.BELOW
    return CrimeVerdict.REVIEW


def _is_reached(arrears: Sequence[Arrears], one_fen: int, many_fen: int) -> bool:
    one = any(
        (owed.months or 0) >= MONTHS_OWED and (owed.amount_fen or 0) >= one_fen * owed.people
        for owed in arrears
    )
    many = (
        sum(owed.people for owed in arrears) >= MANY_WORKERS
        and sum(owed.amount_fen or 0 for owed in arrears) >= many_fen
    )
    return one or many

"""What a county publishes and every notice board there repeats: minimum wages, whom to turn to.

Facts of a place come from files, each row with the source it was taken from. The product ships
them without rows: a figure nobody has checked must not hang on a fence. `COUNTY_FACTS` names the
folder of an installation's own; `docs/notice-board.md` says how to fill it.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from core.money import parse_yuan

SHIPPED = Path(__file__).with_suffix("")
MINIMUM_WAGES = "minimum_wages.csv"
CHANNELS = "complaint_channels.csv"

Fact = TypeVar("Fact")


class UnreadableFactsError(Exception):
    """A row of an installation's own file is wrong; the message names file and row."""


@dataclass(frozen=True, slots=True)
class MinimumWage:
    """最低工资标准 of a county (最低工资规定 §5): fen a month and fen an hour."""

    in_force_from: date
    monthly_fen: int
    hourly_fen: int
    source: str


@dataclass(frozen=True, slots=True)
class Channels:
    """Where workers of a county turn to (条例 §34)."""

    bureau: str
    bureau_phone: str
    industry_authority: str
    industry_phone: str
    arbitration: str
    """Where and how to ask for arbitration, in a sentence."""
    legal_aid: str
    source: str


@dataclass(frozen=True, slots=True)
class CountyFacts:
    """What is known of a county; None where nobody has entered it yet."""

    minimum_wage: MinimumWage | None
    channels: Channels | None


def read_county_facts(folder: Path | None, *, county_code: str, on: date) -> CountyFacts:
    """Return what holds in a county on a day; UnreadableFactsError for a row that is wrong."""
    wages = _read(folder, MINIMUM_WAGES, county_code, _to_minimum_wage)
    in_force = [wage for wage in wages if wage.in_force_from <= on]
    channels = _read(folder, CHANNELS, county_code, _to_channels)
    return CountyFacts(
        minimum_wage=max(in_force, key=lambda wage: wage.in_force_from, default=None),
        channels=channels[-1] if channels else None,
    )


def _read(
    folder: Path | None, name: str, county_code: str, to_fact: Callable[[dict[str, str]], Fact]
) -> list[Fact]:
    path = (folder or SHIPPED) / name
    facts = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                if row["county_code"] == county_code:
                    facts.append(to_fact(row))
            except (KeyError, ValueError, AttributeError) as error:
                raise UnreadableFactsError(f"{name}, row {number}: {error}") from error
    return facts


def _to_minimum_wage(row: dict[str, str]) -> MinimumWage:
    return MinimumWage(
        in_force_from=date.fromisoformat(row["in_force_from"]),
        monthly_fen=parse_yuan(row["monthly_yuan"]),
        hourly_fen=parse_yuan(row["hourly_yuan"]),
        source=_require(row, "source"),
    )


def _to_channels(row: dict[str, str]) -> Channels:
    return Channels(
        bureau=_require(row, "bureau"),
        bureau_phone=_require(row, "bureau_phone"),
        industry_authority=_require(row, "industry_authority"),
        industry_phone=_require(row, "industry_phone"),
        arbitration=_require(row, "arbitration"),
        legal_aid=_require(row, "legal_aid"),
        source=_require(row, "source"),
    )


def _require(row: dict[str, str], column: str) -> str:
    text = row[column].strip()
    if not text:
        raise ValueError(f"{column} is empty")
    return text

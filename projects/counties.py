"""What a county publishes and every notice board there repeats: minimum wages, whom to turn to.

Facts of a place come from files, each row with the source it was taken from. The product ships
them without rows: a figure nobody has checked must not hang on a fence. `COUNTY_FACTS` names the
folder of an installation's own; `docs/notice-board.md` says how to fill it. What cannot be read
there is as if nobody had entered it, and is logged: one slip must not take a fence's notice down.
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import structlog

from core.money import parse_yuan

SHIPPED = Path(__file__).with_suffix("")
MINIMUM_WAGES = "minimum_wages.csv"
CHANNELS = "complaint_channels.csv"
COUNTY = "county_code"
ENCODINGS = ("utf-8-sig", "gb18030")
"""What the spreadsheet programs of an office save."""

Fact = TypeVar("Fact")
Row = dict[str, str | None]

log = structlog.stdlib.get_logger(__name__)


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
    """Return what holds in a county on a day; a row that is wrong counts as not entered."""
    wages = _read(folder, MINIMUM_WAGES, county_code, _to_minimum_wage)
    in_force = [wage for wage in wages if wage.in_force_from <= on]
    channels = _read(folder, CHANNELS, county_code, _to_channels)
    return CountyFacts(
        minimum_wage=max(in_force, key=lambda wage: wage.in_force_from, default=None),
        channels=channels[-1] if channels else None,
    )


def _read(
    folder: Path | None, name: str, county_code: str, to_fact: Callable[[Row], Fact]
) -> list[Fact]:
    facts = []
    for line, row in _read_rows((folder or SHIPPED) / name):
        try:
            if _require(row, COUNTY) == county_code:
                facts.append(to_fact(row))
        except ValueError as error:
            log.warning("county_fact_unreadable", file=name, line=line, cause=str(error))
    return facts


def _read_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Yield each row with the number of its line, as far as the file can be read."""
    line = 0
    try:
        reader = csv.DictReader(io.StringIO(_decode(path.read_bytes()), newline=""), strict=True)
        for row in reader:
            line = reader.line_num
            yield line, row
    except (OSError, ValueError, csv.Error) as error:
        log.warning("county_file_unreadable", file=path.name, after_line=line, cause=str(error))


def _decode(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("neither UTF-8 nor GB18030")


def _to_minimum_wage(row: Row) -> MinimumWage:
    return MinimumWage(
        in_force_from=date.fromisoformat(_require(row, "in_force_from")),
        monthly_fen=_require_amount(row, "monthly_yuan"),
        hourly_fen=_require_amount(row, "hourly_yuan"),
        source=_require(row, "source"),
    )


def _to_channels(row: Row) -> Channels:
    return Channels(
        bureau=_require(row, "bureau"),
        bureau_phone=_require(row, "bureau_phone"),
        industry_authority=_require(row, "industry_authority"),
        industry_phone=_require(row, "industry_phone"),
        arbitration=_require(row, "arbitration"),
        legal_aid=_require(row, "legal_aid"),
        source=_require(row, "source"),
    )


def _require(row: Row, column: str) -> str:
    text = (row.get(column) or "").strip()
    if not text:
        raise ValueError(f"{column} is missing or empty")
    return text


def _require_amount(row: Row, column: str) -> int:
    fen = parse_yuan(_require(row, column))
    if fen <= 0:
        raise ValueError(f"{column} is no wage")
    return fen

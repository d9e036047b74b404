"""法定节假日: the days on which work is paid 300 % (劳动法 §44), each with its source.

Not the days off around them: those are rest days moved by the yearly announcement
(`core.calendar`). Since 2025 there are thirteen in a year, before eleven.
"""

import csv
from datetime import date
from pathlib import Path

TABLE = Path(__file__).with_name("statutory_holidays.csv")


def _read_table() -> dict[date, str]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {date.fromisoformat(row["date"]): row["name"] for row in csv.DictReader(file)}


STATUTORY_HOLIDAYS = _read_table()
"""Name by day."""
KNOWN_YEARS = frozenset(day.year for day in STATUTORY_HOLIDAYS)

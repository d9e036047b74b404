"""The cities and counties of Zhejiang (GB/T 2260, state of June 2023), by code."""

import csv
from functools import cache
from pathlib import Path

CITY_SUFFIX = "00"


@cache
def names() -> dict[str, str]:
    """Return all 11 cities and 90 counties: code → name."""
    path = Path(__file__).with_name("divisions.csv")
    with path.open(encoding="utf-8", newline="") as rows:
        return {row["code"]: row["name"] for row in csv.DictReader(rows)}


def is_county(code: str) -> bool:
    """Tell whether the code is a county, the level at which complaints are handled."""
    return code in names() and not code.endswith(CITY_SUFFIX)


def full_name(code: str) -> str:
    """Return city and county of a county code, e.g. ``杭州市西湖区``."""
    return names()[code[:4] + CITY_SUFFIX] + names()[code]

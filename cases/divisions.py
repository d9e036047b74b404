"""The province, cities and counties of Zhejiang (GB/T 2260, state of June 2023), by code."""

import csv
from functools import cache
from pathlib import Path

CITY_SUFFIX = "00"
PROVINCE = "330000"
PROVINCE_NAME = "浙江省"

SUCCESSORS = {
    "330103": "330105",  # 下城区 → 拱墅区, 2021
    "330104": "330102",  # 江干区 → 上城区, 2021
    "330181": "330109",  # 萧山市 → 萧山区
    "330184": "330110",  # 余杭市 → 余杭区
    "330185": "330112",  # 临安市 → 临安区
    "330204": "330212",  # 江东区 → 鄞州区
    "330227": "330212",  # 鄞县 → 鄞州区
    "330283": "330213",  # 奉化市 → 奉化区
    "330322": "330305",  # 洞头县 → 洞头区
    "330621": "330603",  # 绍兴县 → 柯桥区
    "330682": "330604",  # 上虞市 → 上虞区
    "331021": "331083",  # 玉环县 → 玉环市
}
"""Abolished codes that became one county, as papers and old rosters still write them."""


@cache
def names() -> dict[str, str]:
    """Return all 11 cities and 90 counties: code → name."""
    path = Path(__file__).with_name("divisions.csv")
    with path.open(encoding="utf-8", newline="") as rows:
        return {row["code"]: row["name"] for row in csv.DictReader(rows)}


def find_county(code: str) -> str | None:
    """Return today's code of the county a code means, or None for a city or anything unknown."""
    current = SUCCESSORS.get(code, code)
    return current if is_county(current) else None


def is_county(code: str) -> bool:
    """Tell whether the code is a county, the level at which complaints are handled."""
    return code in names() and not code.endswith(CITY_SUFFIX)


def is_division(code: str) -> bool:
    """Tell whether the code is the province, one of its cities or counties."""
    return code == PROVINCE or code in names()


def is_outside(code: str) -> bool:
    """Tell whether the code lies in another province."""
    return not code.startswith(PROVINCE[:2])


def is_above(superior: str, county: str) -> bool:
    """Tell whether the first is the city or the province that the county belongs to."""
    return superior == PROVINCE or superior == city_of(county)


def city_of(county: str) -> str:
    """Return the code of the city a county belongs to."""
    return county[:4] + CITY_SUFFIX


def list_scope(code: str | None) -> list[str]:
    """Return the counties an inspector of this division looks after; none without a division."""
    if code is None:
        return []
    if is_county(code):
        return [code]
    return [county for county in names() if is_county(county) and is_above(code, county)]


def superiors_of(county: str) -> tuple[str, str]:
    """Return the city and the province above a county."""
    return city_of(county), PROVINCE


def common_superior(counties: list[str]) -> str:
    """Return the lowest division above all of these counties."""
    cities = {city_of(county) for county in counties}
    return cities.pop() if len(cities) == 1 else PROVINCE


def full_name(code: str) -> str:
    """Return city and county of a county code, e.g. ``杭州市西湖区``; one name for the others."""
    if code == PROVINCE:
        return PROVINCE_NAME
    return names()[code] if code == city_of(code) else names()[city_of(code)] + names()[code]

"""最低工资 of a project's county in a month, from the dated table every notice board reads."""

from datetime import date
from pathlib import Path

from projects.counties import MinimumWage, read_county_facts


def find_minimum_wage(folder: Path | None, *, county_code: str, on: date) -> MinimumWage | None:
    """Return what holds in the county on a day; None where nobody has entered it.

    Nothing is refused for a figure that is not known; the payslip says that it was not checked.
    """
    return read_county_facts(folder, county_code=county_code, on=on).minimum_wage

"""What is kept of a complaint, who may read what of it, and how old a claim may be."""

import json
import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from core.clock import month_start

IMPERSONAL_FACTS = frozenset({"project_name", "employer_name", "months"})
"""Facts a whole crew shares; an exact amount or a payslip would name one person."""

LIMIT_YEARS = 2
"""劳动保障监察条例 §20."""
NUMBER = re.compile(r"\d{6,}[\dXx]")
ABUSE = re.compile(r"他妈的|妈的|操你|狗日的|狗东西|王八蛋|混蛋|畜生|滚蛋|去死|傻[逼比叉]")
"""What nobody needs to read to pay a wage; a few roots, not a dictionary."""


def keep_impersonal(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may stand beside an anonymous complaint."""
    return {name: fact for name, fact in facts.items() if name in IMPERSONAL_FACTS}


def read_given_name(personal: str | None) -> str | None:
    """Return the name in what somebody without an account said of themselves (JSON)."""
    name: str | None = json.loads(personal or "{}").get("name")
    return name


def word_for_employer(statement: str, *, names: Collection[str]) -> str:
    """Return what of a statement may be quoted to the employer: no abuse, name or number in it.

    The statement itself is kept as it was written.
    """
    quoted = NUMBER.sub("****", ABUSE.sub("**", statement))
    for name in sorted(filter(None, names), key=len, reverse=True):
        quoted = quoted.replace(name, "某某")
    return quoted


def is_old_claim(facts: Mapping[str, Any], filed: date) -> bool:
    """Tell whether every month complained of ended more than two years before the filing.

    It is told, and never a reason to turn somebody away: what still goes on is not too old.
    """
    months = facts.get("months") or ()
    limit = date(filed.year - LIMIT_YEARS, filed.month, 1)
    return bool(months) and all(month_start(month) < limit for month in months)

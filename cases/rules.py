"""What is kept of the facts around a complaint, depending on who may learn the name."""

from collections.abc import Mapping
from typing import Any

IMPERSONAL_FACTS = frozenset({"project_name", "employer_name", "months"})
"""Facts a whole crew shares; an exact amount or a payslip would name one person."""


def keep_impersonal(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may stand beside an anonymous complaint."""
    return {name: fact for name, fact in facts.items() if name in IMPERSONAL_FACTS}

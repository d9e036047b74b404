"""Closed sets of assisted confirmation and of wage accounts."""

from enum import StrEnum


class CallBackReason(StrEnum):
    """Why somebody asks a worker again whether they confirmed at a kiosk."""

    SAMPLE = "sample"
    OFTEN = "often"
    """The witness has stood beside many people this month."""


class CallBackOutcome(StrEnum):
    """What the worker said when asked again."""

    STANDS = "stands"
    DENIED = "denied"
    """They did not confirm; the payslip waits for them again."""
    NOT_REACHED = "not_reached"


class AccountPurpose(StrEnum):
    """What moved the money of a wage account."""

    LABOUR_COST = "labour_cost"
    """人工费 paid in (条例 §24)."""
    WAGES = "wages"
    OTHER = "other"

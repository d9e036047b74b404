"""The closed sets of attendance sheets: who is asked about one, and what they did."""

from enum import StrEnum


class SheetStep(StrEnum):
    """Who looks a sheet over, in this order: 条例 §31, the team's employer before the builder."""

    TEAM_LEADER = "team_leader"
    SUBCONTRACTOR = "subcontractor"
    GENERAL_CONTRACTOR = "general_contractor"
    """Its labour manager, who also locks; or an administrator of the company."""


class SheetAct(StrEnum):
    """What was done at a step."""

    APPROVED = "approved"
    SENT_BACK = "sent_back"
    """With a reason; whatever was approved before does not stand any more."""
    SKIPPED = "skipped"
    """Nobody of the step had approved when the sheet was locked, and why."""
    LOCKED = "locked"
    REOPENED = "reopened"
    """With a reason; what the lock had frozen stays with this act."""

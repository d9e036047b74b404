"""The vocabulary of work days: what becomes of objections, entries by hand and withdrawals."""

from enum import StrEnum


class ObjectionOutcome(StrEnum):
    """What the labour manager answered to a worker's objection to a day."""

    ACCEPTED = "accepted"
    """Check-ins were entered by hand; what the gates recorded stays as it is."""
    REJECTED = "rejected"


class EntryOutcome(StrEnum):
    """What became of one day that was entered by hand."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    """The same was entered before."""
    UNKNOWN_WORKER = "unknown_worker"
    OWN_RECORD = "own_record"
    """Nobody enters their own attendance."""
    IMPOSSIBLE = "impossible"
    """No time at all, one without its counterpart, or longer than one shift can be."""
    NOT_YET = "not_yet"
    NOT_ON_PROJECT = "not_on_project"
    LEFT_PROJECT = "left_project"
    SHEET_LOCKED = "sheet_locked"
    SCANS_STAND = "scans_stand"
    """What gates recorded that day is complete, or would be worth less with the entry."""


class WithdrawalOutcome(StrEnum):
    """What became of a check-in, entered by hand or imported, that was to be taken back."""

    WITHDRAWN = "withdrawn"
    """Now or before: it stays on record and counts for nothing."""
    NOT_ENTERED = "not_entered"
    """Nobody entered or imported it here; what gates and phones recorded is never taken back."""
    OWN_RECORD = "own_record"
    """Nobody decides about their own attendance."""
    SHEET_APPROVED = "sheet_approved"
    SHEET_LOCKED = "sheet_locked"
    SHEET_PAID = "sheet_paid"
    """Wages made of the day's sheet have gone to the bank."""

"""The payslip on paper: what a worker can keep in a drawer, or lay before a court."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from qr.image import link_svg
from qr.prints.press import print_pdf, soften

HASH_GROUP = 16


@dataclass(frozen=True, slots=True)
class PrintedAmount:
    """One amount of the payslip and how it came about."""

    name: str
    detail: str
    amount: str


@dataclass(frozen=True, slots=True)
class PrintedPayslip:
    """What the page says; all amounts are decimal yuan."""

    month: str
    about: Sequence[tuple[str, str]]
    """Who, where, when: label and text."""
    items: Sequence[PrintedAmount]
    deductions: Sequence[PrintedAmount]
    gross: str
    deducted: str
    net: str
    rounding: str
    standing: Sequence[tuple[str, str]]
    """What worker and bank have said so far: label and text."""
    remarks: Sequence[str]
    version: int
    content_hash: str
    printed: str
    address: str
    """What the code opens: does this page say what the platform has on record?"""


def print_payslip(payslip: PrintedPayslip) -> bytes:
    """Return one A4 page."""
    groups = range(0, len(payslip.content_hash), HASH_GROUP)
    facts = asdict(payslip) | {
        "about": _pairs(payslip.about),
        "standing": _pairs(payslip.standing),
        "remarks": [soften(remark) for remark in payslip.remarks],
        "hash": " ".join(payslip.content_hash[at : at + HASH_GROUP] for at in groups),
        "version": str(payslip.version),
        "code": link_svg(payslip.address),
    }
    return print_pdf("payslip", facts)


def _pairs(rows: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"label": label, "text": soften(text)} for label, text in rows]

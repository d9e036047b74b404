"""A payslip corrected line by line: what is left alone stays, the rest is worked out anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session

from attendance.day_rules import format_units
from core.clock import month_start
from core.money import parse_yuan, round_half_up, to_yuan
from db.models import Payslip
from identity.principal import Principal
from payroll import desk_queries, service
from payroll.line_words import describe_line, price_line
from payroll.pay_rules import PayItem, price_item
from payroll.rules import describe_item
from payroll.term_errors import (
    LineNotFoundError,
    LineOnRecordError,
    LineSumError,
    LineUnclearError,
)

Shown = Mapping[str, Any]
"""A line as it stands on a payslip."""
UNPRICED_UNIT = "分钟"
"""Nobody agrees on a price for a minute; one is a line of hours or 工日, copied wrongly."""


@dataclass(frozen=True, slots=True)
class LineIn:
    """A line as the labour manager wants it; `quantity` is in hundredths of its unit."""

    name: str
    quantity: int
    unit: str
    unit_price_fen: int
    amount_fen: int | None = None
    """What it is said to come to; None where nothing is said."""
    number: int | None = None
    """Which line of the payslip it was, counted from 1."""


def adjust_payslip(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    payslip_id: UUID,
    lines: Sequence[LineIn] | None,
    note: str,
    at: datetime,
    county_facts: Path | None = None,
) -> Payslip:
    """Replace a payslip by a version with these lines; see `service.adjust_payslip`.

    Raises also LineNotFoundError, LineOnRecordError, LineSumError and LineUnclearError.
    """
    items = None
    if lines is not None:
        earlier = desk_queries.get_payslip(session, project_id=project_id, payslip_id=payslip_id)
        shown = earlier.content["items"]
        items = tuple(correct_line(line, shown, month=earlier.month) for line in lines)
    return service.adjust_payslip(
        session,
        principal=principal,
        project_id=project_id,
        payslip_id=payslip_id,
        items=items,
        note=note,
        at=at,
        county_facts=county_facts,
    )


def correct_line(line: LineIn, shown: Sequence[Shown], *, month: str) -> PayItem:
    """Return the line priced in its own unit; one left alone keeps amount and days.

    It is the line of that number or else the one of that name and unit on the payslip; a new one
    has the price of one of its unit.
    """
    earlier = _find_earlier(line, shown)
    if earlier is None:
        item = _price_new(line)
    elif earlier["entry_id"]:
        raise LineOnRecordError(name=earlier["name"])
    else:
        item = _price_again(line, earlier, month)
    if line.amount_fen not in {None, item.amount_fen}:
        assert line.amount_fen is not None
        raise LineSumError(
            name=line.name,
            sum=describe_line(describe_item(item)),
            expected=to_yuan(item.amount_fen),
            given=to_yuan(line.amount_fen),
        )
    return item


def _find_earlier(line: LineIn, shown: Sequence[Shown]) -> Shown | None:
    if line.number is not None:
        if line.number > len(shown):
            raise LineNotFoundError
        named = shown[line.number - 1]
        return named if named["unit"] == line.unit else None
    same = [each for each in shown if (each["name"], each["unit"]) == (line.name, line.unit)]
    if len(same) > 1:
        same = [each for each in same if _is_left_alone(line, each)]
        if not same:
            raise LineUnclearError(name=line.name)
    return same[0] if same else None


def _is_left_alone(line: LineIn, earlier: Shown) -> bool:
    return _is_same_quantity(line, earlier) and earlier["unit_price"] == to_yuan(
        line.unit_price_fen
    )


def _is_same_quantity(line: LineIn, earlier: Shown) -> bool:
    return parse_yuan(earlier["quantity"]) == line.quantity


def _price_new(line: LineIn) -> PayItem:
    if line.unit == UNPRICED_UNIT:
        raise LineUnclearError(name=line.name)
    return price_item(
        line.name,
        quantity=line.quantity,
        unit=line.unit,
        unit_price_fen=line.unit_price_fen,
    )


def _price_again(line: LineIn, earlier: Shown, month: str) -> PayItem:
    kept = restore_item(earlier, month)
    if _is_left_alone(line, earlier):
        return replace(kept, name=line.name)
    if "covers" not in earlier and earlier["unit"] != earlier["price_per"]:
        raise LineUnclearError(name=line.name)
    quantity = kept.quantity
    if not _is_same_quantity(line, earlier):
        quantity = format_units(line.quantity)
    most_fen = kept.most_fen
    if most_fen is not None and kept.unit_price_fen:
        most_fen = round_half_up(most_fen * line.unit_price_fen, kept.unit_price_fen)
    amount = price_line(
        quantity,
        line.unit_price_fen,
        covers=kept.covers,
        percent=kept.percent,
        most_fen=most_fen,
    )
    return replace(
        kept,
        name=line.name,
        quantity=quantity,
        unit_price_fen=line.unit_price_fen,
        amount_fen=amount,
        days=kept.days if quantity == kept.quantity else (),
        most_fen=most_fen,
    )


def restore_item(earlier: Shown, month: str) -> PayItem:
    """Return the line as it was priced; payslips shown long ago say less of it."""
    first, most = month_start(month), earlier.get("most")
    return PayItem(
        name=earlier["name"],
        quantity=earlier["quantity"],
        unit=earlier["unit"],
        unit_price_fen=parse_yuan(earlier["unit_price"]),
        price_per=earlier["price_per"],
        amount_fen=parse_yuan(earlier["amount"]),
        days=tuple(first + timedelta(days=day - 1) for day in earlier.get("days", [])),
        covers=earlier.get("covers", "1"),
        percent=earlier.get("percent", 100),
        most_fen=None if most is None else parse_yuan(most),
    )

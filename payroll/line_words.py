"""How a line of a payslip comes to its amount: the sum itself, and the same in words."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.money import parse_yuan, round_half_up

MINUTES_PER_HOUR = 60
FINEST = Fraction(1, 1000)
"""Hours and 工日 finer than this are written as a division, so that nothing is rounded early."""
NO_OVERTIME = 100


def price_line(
    quantity: str, unit_price_fen: int, *, covers: str, percent: int, most_fen: int | None
) -> int:
    """Return the fen a quantity earns, rounded ROUND_HALF_UP once, at most `most_fen`.

    One price is for as many units as `covers` says; overtime pays `percent` of it.
    """
    exact = Fraction(Decimal(quantity)) * unit_price_fen * percent
    exact /= NO_OVERTIME * Fraction(Decimal(covers))
    amount = round_half_up(exact.numerator, exact.denominator)
    return amount if most_fen is None else min(amount, most_fen)


def describe_line(line: Mapping[str, Any]) -> str:
    """Return a line's arithmetic as anybody with a phone calculator can repeat it.

    A line that does not follow from quantity and price, as one taken over from a spreadsheet may
    not, is not dressed up as if it did.
    """
    price = f"{line['unit_price']} 元/{line['price_per']}"
    if not _adds_up(line):
        return f"{line['quantity']} {line['unit']}，{price}，按 {line['amount']} 元算"
    said = f"{_say_quantity(line)} × {price}{_say_share(line)}"
    if line["percent"] != NO_OVERTIME:
        said += f" × {line['percent']}%"
    if line["most"] == line["amount"]:
        said += f"，最多 {line['most']} 元"
    return said + _explain_day(line)


def _adds_up(line: Mapping[str, Any]) -> bool:
    """Payslips shown before lines said how they were priced do not say enough."""
    if "covers" not in line:
        return False
    amount = price_line(
        line["quantity"],
        parse_yuan(line["unit_price"]),
        covers=line["covers"],
        percent=line["percent"],
        most_fen=None if line["most"] is None else parse_yuan(line["most"]),
    )
    return amount == parse_yuan(line["amount"])


def _say_quantity(line: Mapping[str, Any]) -> str:
    """Minutes are said in what the price is for: hours, or 工日."""
    if line["unit"] != "分钟":
        return f"{line['quantity']} {line['unit']}"
    is_daily = line["price_per"] == "工日"
    size, unit = (int(line["covers"]), "工日") if is_daily else (MINUTES_PER_HOUR, "小时")
    count = Fraction(Decimal(line["quantity"])) / size
    if (count / FINEST).denominator == 1:
        return f"{float(count):g} {unit}"
    return f"{line['quantity']} 分钟 ÷ {size}（约 {float(count):.2f} {unit}）"


def _say_share(line: Mapping[str, Any]) -> str:
    """Say what part of a month's price an hour or a 工日 earns."""
    if line["price_per"] != "月" or line["unit"] == "月":
        return ""
    if line["unit"] == "分钟":
        days = Decimal(line["covers"]) / MINUTES_PER_HOUR / 8
        return f" ÷ {days.normalize():f} 天 ÷ 8 小时"
    return f" ÷ {line['covers']} 天"


def _explain_day(line: Mapping[str, Any]) -> str:
    if line["unit"] != "分钟" or line["price_per"] != "工日":
        return ""
    hours = Fraction(int(line["covers"]), MINUTES_PER_HOUR)
    return f"（1 工日 = {float(hours):g} 小时）"

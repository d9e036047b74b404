"""Money is a whole number of fen (分); the wire shows yuan as a decimal string."""

from decimal import ROUND_HALF_UP, Decimal, DecimalException

FEN_PER_YUAN = 100


def to_yuan(fen: int) -> str:
    """Return fen as yuan with two decimals, e.g. ``"-12.05"``."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{sign}{yuan}.{rest:02d}"


def parse_yuan(text: str) -> int:
    """Return the fen in a decimal yuan string.

    Raises ValueError for anything that is not a plain number or is finer than one fen; no
    amount is ever rounded on its way in.
    """
    try:
        fen = Decimal(text.strip()) * FEN_PER_YUAN
    except DecimalException:
        raise ValueError(f"not an amount in yuan: {text!r}") from None
    if not fen.is_finite() or fen != fen.to_integral_value():
        raise ValueError(f"finer than one fen: {text!r}")
    return int(fen)


def round_half_up(numerator: int, denominator: int) -> int:
    """Return numerator ÷ denominator rounded ROUND_HALF_UP, as each payslip line states."""
    quotient = Decimal(numerator) / Decimal(denominator)
    return int(quotient.quantize(Decimal(1), rounding=ROUND_HALF_UP))

"""Amounts that provinces and cities set themselves, with their source; None is not known."""

from dataclasses import dataclass

MONTHS_OWED = 3
"""刑法 §276-1 by 法释〔2013〕3号 §3: one worker, so many months' pay and the province's amount."""
MANY_WORKERS = 10


@dataclass(frozen=True, slots=True)
class CrimeAmounts:
    """From which arrears refusing to pay may be a crime; in fen."""

    one_worker_fen: int | None
    many_workers_fen: int | None
    source: str


UNKNOWN = CrimeAmounts(None, None, "not published where we looked; a person judges")

CRIME_AMOUNTS: dict[str, CrimeAmounts] = {
    "32": CrimeAmounts(1_000_000, 6_000_000, "江苏省高级人民法院"),
    "33": UNKNOWN,
    "41": CrimeAmounts(800_000, 4_000_000, "河南省高级人民法院"),
    "43": CrimeAmounts(600_000, 4_000_000, "湖南省高级人民法院"),
    "52": CrimeAmounts(1_000_000, 5_000_000, "贵州省高级人民法院"),
}
"""By the first two digits of the division code (法释〔2013〕3号 §3 lets each high court choose)."""

LOWEST_ONE_WORKER_FEN = 500_000
LOWEST_MANY_WORKERS_FEN = 3_000_000
"""No province may choose less (法释〔2013〕3号 §3): below these nothing is to be judged."""

ADVANCE_SHARES: dict[str, int] = {"330304": 30}
"""Percent of the arrears that may be advanced at most (条例 §63); 瓯海区 2020-09-15."""

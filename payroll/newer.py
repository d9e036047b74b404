"""What a pay sheet does not know yet, and how that is said."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from payroll.term_errors import PaySheetStaleError

NAMES_SHOWN = 5


class NewerKind(StrEnum):
    """What a pay sheet does not know of; a published one can only miss attendance."""

    ATTENDANCE = "attendance"
    """Reopened since, or locked anew."""
    TERMS = "terms"
    CONTRACT = "contract"
    CARD = "card"
    """Another wage card than the one that would be shown."""
    PIECE = "piece"
    SUPPLEMENT = "supplement"
    DEDUCTION = "deduction"
    ADVANCE = "advance"
    WITHDRAWN = "withdrawn"
    """Something the draft counts was taken back."""


WORDS = {
    NewerKind.ATTENDANCE: ("考勤表重新打开过", "attendance reopened"),
    NewerKind.TERMS: ("改了津贴或加班的约定", "pay terms"),
    NewerKind.CONTRACT: ("登记了合同", "contract"),
    NewerKind.CARD: ("换了工资卡", "wage card"),
    NewerKind.PIECE: ("登记了计件", "piece work"),
    NewerKind.SUPPLEMENT: ("登记了补发", "supplement"),
    NewerKind.DEDUCTION: ("登记或同意了扣款", "deduction"),
    NewerKind.ADVANCE: ("登记了预支", "advance"),
    NewerKind.WITHDRAWN: ("撤回了登记", "entry withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Newer:
    """One thing a pay sheet does not know of."""

    kind: NewerKind
    worker_name: str | None
    """None for what concerns everybody on the sheet."""


def check_up_to_date(newer: Sequence[Newer]) -> None:
    """Refuse to show workers what is out of date; PaySheetStaleError says what is newer."""
    if newer:
        raise PaySheetStaleError(
            newer="；".join(describe_newer(newer)), newer_en="; ".join(_describe_english(newer))
        )


def describe_newer(newer: Sequence[Newer]) -> list[str]:
    """Return one phrase for each kind, with the first names."""
    return [_say(WORDS[kind][0], names) for kind, names in _by_kind(newer).items()]


def _describe_english(newer: Sequence[Newer]) -> list[str]:
    return [
        f"{WORDS[kind][1]} ({', '.join(names[:NAMES_SHOWN])})" if names else WORDS[kind][1]
        for kind, names in _by_kind(newer).items()
    ]


def _by_kind(newer: Sequence[Newer]) -> dict[NewerKind, list[str]]:
    kinds: dict[NewerKind, list[str]] = {}
    for each in newer:
        kinds.setdefault(each.kind, [])
        if each.worker_name is not None:
            kinds[each.kind].append(each.worker_name)
    return kinds


def _say(what: str, names: Sequence[str]) -> str:
    if not names:
        return what
    more = f"等 {len(names)} 人" if len(names) > NAMES_SHOWN else ""
    return f"{what}（{'、'.join(names[:NAMES_SHOWN])}{more}）"

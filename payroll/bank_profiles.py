"""What banks take: one entry for each format, all made from the same stored order.

Table layouts are read by `_write_table`, ISO 20022 by `payroll.pain`. A new bank is a new entry.
"""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.money import to_yuan
from identity.rules import PersonalField
from payroll import pain
from payroll.bank_errors import ProfileRowCountError
from payroll.bank_order import (
    MAX_ROWS,
    PURPOSE,
    ROW_COUNT,
    TOTAL,
    Instruction,
    Order,
    write_order,
)


class ProfileName(StrEnum):
    """The formats on offer."""

    GENERIC = "generic"
    GENERIC_GB18030 = "generic-gb18030"
    PIPE = "pipe"
    ICBC = "icbc"
    PAIN_001 = "pain.001"


PROFILE_NAMES = {
    ProfileName.GENERIC: "通用 CSV（UTF-8）",
    ProfileName.GENERIC_GB18030: "通用 CSV（GB18030）",
    ProfileName.PIPE: "竖线分隔 TXT",
    ProfileName.ICBC: "工商银行样式",
    ProfileName.PAIN_001: "ISO 20022（pain.001）",
}


CELLS: Mapping[str, Callable[[Instruction], str]] = {
    "序号": lambda line: str(line.row_number),
    "姓名": lambda line: line.name,
    "姓名（无空格）": lambda line: "".join(line.name.split()),
    "帐号": lambda line: line.account,
    "卡号": lambda line: line.account,
    "金额": lambda line: to_yuan(line.amount_fen),
    "身份证": lambda line: line.id_number,
    "备注": lambda _: PURPOSE,
}
"""What a bank calls a column, and what goes into it."""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """A text of separated cells without quoting."""

    separator: str
    columns: tuple[str, ...]
    is_closed: bool = False
    """A separator follows the last cell too."""
    has_totals: bool = False
    """A first line states how many rows and how much."""


@dataclass(frozen=True, slots=True)
class BankProfile:
    """One format."""

    media_type: str
    extension: str
    encoding: str
    """A Python codec; spreadsheets show garbage without the mark of `utf-8-sig`."""
    layout: TableLayout | None
    """None for the stored text itself, or for ISO 20022."""
    fields: tuple[PersonalField, ...]
    """The workers' full numbers in it; each is told who read them."""
    min_rows: int = 1
    max_rows: int = MAX_ROWS

    @property
    def charset(self) -> str:
        """The encoding as HTTP calls it."""
        return self.encoding.removesuffix("-sig")


BOTH = (PersonalField.BANK_CARD, PersonalField.ID_NUMBER)
CARD = (PersonalField.BANK_CARD,)

PROFILES: Mapping[ProfileName, BankProfile] = {
    ProfileName.GENERIC: BankProfile("text/csv", "csv", "utf-8-sig", None, BOTH),
    ProfileName.GENERIC_GB18030: BankProfile("text/csv", "csv", "gb18030", None, BOTH),
    ProfileName.PIPE: BankProfile(
        "text/plain",
        "txt",
        "gb18030",
        TableLayout("|", ("序号", "姓名（无空格）", "帐号", "金额", "身份证"), is_closed=True),
        BOTH,
        min_rows=5,
    ),
    ProfileName.ICBC: BankProfile(
        "text/plain",
        "txt",
        "gb18030",
        TableLayout(",", ("卡号", "姓名", "金额", "备注"), has_totals=True),
        CARD,
    ),
    ProfileName.PAIN_001: BankProfile("application/xml", "xml", "utf-8", None, CARD),
}


def format_order(order: Order, name: ProfileName) -> bytes:
    """Return the bytes of a format; the same order always gives the same bytes.

    Raises ProfileRowCountError when the bank takes no file of that length, PayerMissingError when
    the format names the payer and none is on record.
    """
    profile = PROFILES[name]
    rows = len(order.instructions)
    if not profile.min_rows <= rows <= profile.max_rows:
        raise ProfileRowCountError(
            rows=rows,
            minimum=profile.min_rows,
            maximum=profile.max_rows,
            profile=name.value,
            said=PROFILE_NAMES[name],
        )
    if name is ProfileName.PAIN_001:
        return pain.write_transfer(order)
    text = write_order(order) if profile.layout is None else _write_table(order, profile.layout)
    return text.encode(profile.encoding)


def _write_table(order: Order, layout: TableLayout) -> str:
    lines = [[CELLS[column](line) for column in layout.columns] for line in order.instructions]
    if layout.has_totals:
        totals = [ROW_COUNT, str(len(order.instructions)), TOTAL, to_yuan(order.total_fen)]
        lines.insert(0, totals)
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter=layout.separator,
        lineterminator="\r\n",
        quoting=csv.QUOTE_NONE,
        quotechar=None,
    )
    writer.writerows([*line, ""] if layout.is_closed else line for line in lines)
    return text.getvalue()

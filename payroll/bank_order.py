"""What a bank is told to pay, as it is stored once and turned into any bank's format later.

The stored text is a CSV: a control line of labels and values, a header, one line for each worker.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.clock import SHANGHAI
from core.money import parse_yuan, to_yuan

MAX_ROWS = 1000
"""Banks refuse longer files."""
PURPOSE = "农民工工资"
COLUMNS = (
    "序号",
    "姓名",
    "证件号码",
    "账号",
    "开户行名称",
    "联行号",
    "金额",
    "摘要",
    "项目编号",
    "批次号",
)
REFERENCE, ROW_COUNT, TOTAL = "批次号", "总笔数", "总金额"
PAYER, PAYER_ACCOUNT, PAYER_BANK, DRAWN_UP = "付款单位", "付款账号", "付款开户行", "制单时间"
UNUSABLE = re.compile(r"^[=+\-@]|[|,\"]")
"""A spreadsheet would run the first, a bank's reader would split at the second."""


@dataclass(frozen=True, slots=True)
class Payer:
    """The general contractor's 农民工工资专用账户 (条例 §26); blank where not on record."""

    name: str
    account: str
    bank_name: str


@dataclass(frozen=True, slots=True)
class Instruction:
    """One line that tells the bank to pay a worker."""

    row_number: int
    name: str
    id_number: str
    account: str
    bank_name: str
    bank_link_number: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Order:
    """Everything a bank's format can ask for."""

    reference: str
    project_code: str
    payer: Payer
    drawn_up_at: datetime
    instructions: tuple[Instruction, ...]

    @property
    def total_fen(self) -> int:
        """The sum the control total states."""
        return sum(instruction.amount_fen for instruction in self.instructions)


def write_order(order: Order) -> str:
    """Return the text to be stored."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    control = (
        (REFERENCE, order.reference),
        (ROW_COUNT, len(order.instructions)),
        (TOTAL, to_yuan(order.total_fen)),
        (PAYER, order.payer.name),
        (PAYER_ACCOUNT, order.payer.account),
        (PAYER_BANK, order.payer.bank_name),
        (DRAWN_UP, order.drawn_up_at.astimezone(SHANGHAI).isoformat(timespec="seconds")),
    )
    writer.writerow([cell for pair in control for cell in pair])
    writer.writerow(COLUMNS)
    writer.writerows(
        (
            instruction.row_number,
            instruction.name,
            instruction.id_number,
            instruction.account,
            instruction.bank_name,
            instruction.bank_link_number,
            to_yuan(instruction.amount_fen),
            PURPOSE,
            order.project_code,
            order.reference,
        )
        for instruction in order.instructions
    )
    return text.getvalue()


def read_order(text: str, *, created_at: datetime) -> Order:
    """Return what `write_order` was given.

    Files of before the release by two people name neither payer nor time; `created_at` stands in.
    """
    control, _, *lines = csv.reader(io.StringIO(text, newline=""))
    stated = dict(zip(control[::2], control[1::2], strict=True))
    drawn_up = stated.get(DRAWN_UP)
    return Order(
        reference=stated[REFERENCE],
        project_code=lines[0][COLUMNS.index("项目编号")] if lines else "",
        payer=Payer(*(stated.get(label, "") for label in (PAYER, PAYER_ACCOUNT, PAYER_BANK))),
        drawn_up_at=datetime.fromisoformat(drawn_up) if drawn_up else created_at,
        instructions=tuple(_read_line(line) for line in lines),
    )


def clean_cell(text: str) -> str:
    """Return the text without control characters and odd spaces, which no bank accepts."""
    return "".join(character for character in text if character.isprintable()).strip()


def is_usable(instruction: Instruction) -> bool:
    """Tell whether every bank's format can hold the line as it is.

    Nothing is escaped: a name with an apostrophe before it is another name to the bank.
    """
    return not any(UNUSABLE.search(cell) for cell in (instruction.name, instruction.bank_name))


def compute_lines_hash(lines: Iterable[Sequence[str]]) -> str:
    """Return the SHA-256 (hex) of what is paid to whom, whatever its order and reference."""
    text = "\n".join(sorted("|".join(line) for line in lines))
    return hashlib.sha256(text.encode()).hexdigest()


def _read_line(line: Sequence[str]) -> Instruction:
    row_number, name, id_number, account, bank_name, bank_link_number, amount, *_ = line
    return Instruction(
        row_number=int(row_number),
        name=name,
        id_number=id_number,
        account=account,
        bank_name=bank_name,
        bank_link_number=bank_link_number,
        amount_fen=parse_yuan(amount),
    )

"""Reading clues that the national platform (根治欠薪线索反映) exports, as .xlsx or CSV."""

from collections.abc import Mapping
from dataclasses import dataclass

from cases.clue_findings import ClueFinding, ClueFindingCode
from core.phone import PhoneError, parse_mobile
from projects.cells import RowReader
from projects.errors import TooManyRowsError
from projects.findings import Finding
from projects.tables import open_table
from projects.workbook import MAX_COLUMNS, Column

SHEET = "线索"
NAME = "姓名"
ID_NUMBER = "身份证号码"
PHONE = "联系电话"
BANK_CARD = "银行卡信息"
EMPLOYER = "用人单位名称"
COUNTY = "欠薪地区划代码"
PERIOD = "欠薪时间段"
AMOUNT = "欠薪金额"
WORK = "工作内容描述"
PEOPLE = "欠薪人数"
COLUMNS = (
    Column(NAME, is_required=True),
    Column(ID_NUMBER, ("身份证号",)),
    Column(PHONE, is_required=True),
    Column(BANK_CARD),
    Column(EMPLOYER, is_required=True),
    Column(COUNTY, is_required=True),
    Column(PERIOD),
    Column(AMOUNT),
    Column(WORK, is_required=True),
    Column(PEOPLE),
)
"""Columns of the platform's form; what is in brackets after a name does not matter."""
MOST_ROWS = 2_000
MOST_PEOPLE = 1_000
NAME_LENGTH = 50
EMPLOYER_LENGTH = 200
COUNTY_LENGTH = 6
NUMBER_LENGTH = 30
WORDS_LENGTH = 1_000

ClueFault = Finding | ClueFinding


@dataclass(frozen=True, slots=True)
class Clue:
    """One line as it can be filed, or what keeps it out; personal numbers go sealed."""

    line: int
    """As Excel counts, from 1."""
    statement: str
    county_code: str
    employer_name: str
    phone: str
    personal: Mapping[str, str]
    amount_fen: int | None
    people: int
    found: tuple[ClueFault, ...] = ()


def read_clues(content: bytes) -> list[Clue]:
    """Return every line, in order.

    Raises the refusals of `open_table` and `Workbook.read_sheet` for what is no list of clues.
    """
    book = open_table(content, sheet=SHEET)
    rows = book.read_sheet(next(iter(book.sheets), SHEET), COLUMNS)
    if len(rows) > MOST_ROWS:
        raise TooManyRowsError(max_rows=MOST_ROWS, max_columns=MAX_COLUMNS)
    return [_read(RowReader(row)) for row in rows]


def _read(reader: RowReader) -> Clue:
    faults: list[ClueFinding] = []
    period, work = reader.text(PERIOD, limit=100), reader.required_text(WORK, limit=WORDS_LENGTH)
    said = {
        "name": reader.required_text(NAME, limit=NAME_LENGTH),
        "id_number": _read_number(reader, ID_NUMBER),
        "bank_card": reader.text(BANK_CARD, limit=100),
    }
    return Clue(
        line=reader.number,
        statement="，".join(filter(None, (period, work))),
        county_code=reader.required_text(COUNTY, limit=COUNTY_LENGTH),
        employer_name=reader.required_text(EMPLOYER, limit=EMPLOYER_LENGTH),
        phone=_read_phone(reader, faults),
        personal={field: text for field, text in said.items() if text},
        amount_fen=reader.amount(AMOUNT) if reader.has(AMOUNT) else None,
        people=_read_people(reader, faults),
        found=(*reader.found, *faults),
    )


def _read_number(reader: RowReader, column: str) -> str:
    return reader.long_number(column) if reader.has(column) else ""


def _read_phone(reader: RowReader, faults: list[ClueFinding]) -> str:
    text = reader.required_text(PHONE, limit=NUMBER_LENGTH)
    try:
        return parse_mobile(text) if text else ""
    except PhoneError:
        faults.append(ClueFinding(reader.number, PHONE, ClueFindingCode.PHONE_NEEDED))
        return ""


def _read_people(reader: RowReader, faults: list[ClueFinding]) -> int:
    text = reader.text(PEOPLE, limit=NUMBER_LENGTH) or "1"
    people = int(text) if text.isdecimal() else 0
    if not 1 <= people <= MOST_PEOPLE:
        code = ClueFindingCode.BAD_PEOPLE
        faults.append(ClueFinding(reader.number, PEOPLE, code, {"most": MOST_PEOPLE}))
    return people

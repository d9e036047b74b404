"""Reading clues that the national platform (根治欠薪线索反映) exports as CSV."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from cases.desk_errors import ClueFileError
from core.money import parse_yuan
from core.phone import PhoneError, parse_mobile

COLUMNS = {
    "姓名": "name",
    "身份证号码": "id_number",
    "联系电话": "phone",
    "银行卡信息": "bank_card",
    "用人单位名称": "employer_name",
    "欠薪地区划代码": "county_code",
    "欠薪时间段": "period",
    "欠薪金额": "amount",
    "工作内容描述": "work",
    "欠薪人数": "people",
}
"""Columns of the platform's form; what is in brackets after a name does not matter."""
REQUIRED = frozenset({"姓名", "联系电话", "用人单位名称", "欠薪地区划代码", "工作内容描述"})
MOST_ROWS = 2_000
MOST_BYTES = 2_000_000
PERSONAL = ("name", "id_number", "bank_card")
MOST_PEOPLE = 1_000


@dataclass(frozen=True, slots=True)
class Clue:
    """One line that can be filed; the personal numbers go into a sealed column."""

    line: int
    statement: str
    county_code: str
    employer_name: str
    phone: str
    personal: Mapping[str, str]
    amount_fen: int | None
    people: int


@dataclass(frozen=True, slots=True)
class ClueFault:
    """One line that cannot be filed, and why."""

    line: int
    reason: str


def read_clues(content: bytes) -> list[Clue | ClueFault]:
    """Return every line, in order; ClueFileError when the file is no list of clues."""
    if len(content) > MOST_BYTES:
        raise ClueFileError(reason="文件太大")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ClueFileError(reason="不是 UTF-8 编码") from error
    rows = csv.DictReader(io.StringIO(text, newline=""))
    missing = REQUIRED - set(rows.fieldnames or ())
    if missing:
        raise ClueFileError(reason=f"缺少列：{'、'.join(sorted(missing))}")
    clues = [_read(line, row) for line, row in enumerate(rows, 2)]
    if len(clues) > MOST_ROWS:
        raise ClueFileError(reason=f"超过 {MOST_ROWS} 行")
    return clues


def _read(line: int, row: Mapping[str, str | None]) -> Clue | ClueFault:
    said = {field: (row.get(column) or "").strip() for column, field in COLUMNS.items()}
    missing = [column for column in sorted(REQUIRED) if not said[COLUMNS[column]]]
    if missing:
        return ClueFault(line, f"没有填：{'、'.join(missing)}")
    try:
        return Clue(
            line=line,
            statement="，".join(filter(None, (said["period"], said["work"]))),
            county_code=said["county_code"],
            employer_name=said["employer_name"],
            phone=parse_mobile(said["phone"]),
            personal={field: said[field] for field in PERSONAL if said[field]},
            amount_fen=parse_yuan(said["amount"]) if said["amount"] else None,
            people=_read_people(said["people"]),
        )
    except PhoneError:
        return ClueFault(line, "联系电话不对")
    except ValueError:
        return ClueFault(line, "金额或者人数不对")


def _read_people(text: str) -> int:
    people = int(text or 1)
    if not 1 <= people <= MOST_PEOPLE:
        raise ValueError(f"not a number of people: {text!r}")
    return people

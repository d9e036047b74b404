"""The sheet 花名册: its columns in the words of the national standard, and one row read as a line.

Columns carry the fields of WorkerMaster, ProjectWorker and WorkerContractRule; every line holds one
worker with one contract.
"""

import re
from dataclasses import dataclass
from datetime import date

from core.enums import ContractKind, PayBasis
from core.identifiers import (
    IdNumberError,
    IdNumberFault,
    age_on,
    birth_date_of,
    gender_of,
    normalize_code,
    parse_id_number,
    passes_luhn,
)
from core.masking import mask_name
from projects import dictionaries
from projects.cells import NO_DATE, RowReader
from projects.findings import FindingCode, RowFindings
from projects.workbook import Column, SheetRow

SHEET = "花名册"
NAME = "姓名"
ID_TYPE = "证件类型"
ID_NUMBER = "证件编号"
GENDER = "性别"
NATION = "民族"
BIRTH_DATE = "出生日期"
ADDRESS = "住址"
PHONE = "手机号码"
TEAM = "班组名称"
WORK_TYPE = "当前工种"
WORKER_ROLE = "工人类型"
IS_LEADER = "是否班组长"
CARD_NUMBER = "门禁卡号"
ENTERED = "进场时间"
LEFT = "退场时间"
BANK_CARD = "工资银行卡号"
BANK_NAME = "工资银行名称"
BANK_LINK = "银行联号"
CONTRACT_KIND = "合同类型"
PERIOD_TYPE = "合同期限类型"
CONTRACT_CODE = "合同编号"
CONTRACT_START = "开始日期"
CONTRACT_END = "结束日期"
PAY_BASIS = "结算方式"
UNIT_PRICE = "单价"
PAYDAY = "发薪日"

COLUMNS = (
    Column(NAME, ("工人姓名",), is_required=True),
    Column(ID_TYPE),
    Column(ID_NUMBER, ("证件号码", "身份证号", "身份证号码"), is_required=True),
    Column(GENDER, ("工人性别",)),
    Column(NATION),
    Column(BIRTH_DATE),
    Column(ADDRESS, ("家庭住址",)),
    Column(PHONE, ("手机号", "联系电话")),
    Column(TEAM, ("班组", "所属班组"), is_required=True),
    Column(WORK_TYPE, ("工种",), is_required=True),
    Column(WORKER_ROLE, ("工人角色",)),
    Column(IS_LEADER),
    Column(CARD_NUMBER),
    Column(ENTERED, ("进场日期",), is_required=True),
    Column(LEFT, ("退场日期",)),
    Column(BANK_CARD, ("银行卡号",)),
    Column(BANK_NAME, ("开户银行",)),
    Column(BANK_LINK, ("联行号",)),
    Column(CONTRACT_KIND, is_required=True),
    Column(PERIOD_TYPE, is_required=True),
    Column(CONTRACT_CODE, ("工人劳动合同编号",)),
    Column(CONTRACT_START, ("合同开始日期",), is_required=True),
    Column(CONTRACT_END, ("结束时期", "合同结束日期")),
    Column(PAY_BASIS, is_required=True),
    Column(UNIT_PRICE, is_required=True),
    Column(PAYDAY),
)

RESIDENT_IDENTITY_CARD = "01"
WORKER = "20"
FIXED_TERM = "0"
DEFAULT_PAYDAY = 15
LAST_PAYDAY = 31
MINIMUM_AGE = 16
ADULT_AGE = 18
OTHER_DOCUMENT = re.compile(r"[A-Z0-9()/-]{5,30}")
BANK_CARD_DIGITS = re.compile(r"[0-9]{16,19}")
FAULTS = {
    IdNumberFault.LENGTH: FindingCode.ID_LENGTH,
    IdNumberFault.FIFTEEN_DIGITS: FindingCode.ID_FIFTEEN_DIGITS,
    IdNumberFault.CHARACTERS: FindingCode.ID_CHARACTERS,
    IdNumberFault.BIRTH_DATE: FindingCode.ID_BIRTH_DATE,
    IdNumberFault.CHECKSUM: FindingCode.ID_CHECKSUM,
}
CONTRACT_KINDS = {
    "劳动合同": ContractKind.LABOUR_CONTRACT,
    "用工书面协议": ContractKind.WRITTEN_AGREEMENT,
}
PAY_BASES = {
    "计时": PayBasis.HOUR,
    "计天": PayBasis.DAY,
    "包月": PayBasis.MONTH,
    "计量": PayBasis.PIECE,
    "0": PayBasis.HOUR,
    "1": PayBasis.DAY,
    "3": PayBasis.MONTH,
    "2": PayBasis.PIECE,
}
"""国家标准 结算方式; 定额 and 其它 name no unit a sheet could count."""
YES_NO = {"是": True, "否": False, "1": True, "0": False}
PAYDAYS = {str(day): day for day in range(1, LAST_PAYDAY + 1)}


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose papers a line was copied from."""

    id_type: str
    id_number: str
    birth_date: date
    gender: str | None


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """The contract columns of a line; the price is in fen."""

    kind: ContractKind
    code: str | None
    period_type: str
    start_date: date
    end_date: date | None
    pay_basis: PayBasis
    unit_price_fen: int
    payday: int


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One worker as the sheet describes them; optional values are None when blank."""

    name: str
    identity: Identity
    nation: str | None
    address: str | None
    phone: str | None
    team_name: str
    work_type: str
    worker_role: str
    is_team_leader: bool
    card_number: str | None
    entered_date: date
    left_date: date | None
    bank_card: str | None
    bank_name: str | None
    bank_link_number: str | None
    contract: ContractTerms


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A row on its way through the checks; the line is as good as the findings say."""

    line: RosterLine
    findings: RowFindings

    @property
    def masked_name(self) -> str:
        """Who the row is about, as reports show it."""
        return mask_name(self.line.name)


def read_row(row: SheetRow) -> RosterRow:
    """Read one row by itself; the line of a rejected row is meaningless."""
    reader = RowReader(row)
    line = _read_line(reader)
    if not reader.is_rejected:
        _check_age(reader, line)
        _check_contract_start(reader, line)
    return RosterRow(line, reader)


def _read_line(reader: RowReader) -> RosterLine:
    line = RosterLine(
        name=_read_name(reader),
        identity=_read_identity(reader),
        nation=reader.text(NATION, limit=10) or None,
        address=reader.text(ADDRESS, limit=200) or None,
        phone=reader.phone(PHONE),
        team_name=reader.required_text(TEAM, limit=100),
        work_type=reader.code(WORK_TYPE, dictionaries.WORK_TYPE, unknown=FindingCode.UNKNOWN_TRADE),
        worker_role=reader.code(
            WORKER_ROLE,
            dictionaries.WORKER_ROLE,
            unknown=FindingCode.UNKNOWN_CODE,
            default=WORKER,
        ),
        is_team_leader=reader.choice(
            IS_LEADER, YES_NO, default=False, unknown=FindingCode.UNKNOWN_CODE
        ),
        card_number=reader.text(CARD_NUMBER, limit=30) or None,
        entered_date=reader.required_day(ENTERED),
        left_date=reader.day(LEFT),
        bank_card=_read_bank_card(reader),
        bank_name=_read_bank_name(reader),
        bank_link_number=reader.text(BANK_LINK, limit=30) or None,
        contract=_read_contract(reader),
    )
    reader.check_order(ENTERED, line.entered_date, LEFT, line.left_date)
    return line


def _read_name(reader: RowReader) -> str:
    """Return the name; Han names lose the blanks people align columns with."""
    name = reader.required_text(NAME, limit=50)
    return name if name.isascii() else name.replace(" ", "").replace("•", "·").replace("・", "·")


def _read_identity(reader: RowReader) -> Identity:
    id_type = reader.code(
        ID_TYPE,
        dictionaries.ID_CARD_TYPE,
        unknown=FindingCode.UNKNOWN_CODE,
        default=RESIDENT_IDENTITY_CARD,
    )
    if not reader.has(ID_NUMBER):
        reader.report(ID_NUMBER, FindingCode.MISSING_VALUE)
        return Identity(id_type, "", NO_DATE, None)
    number = reader.long_number(ID_NUMBER)
    if id_type == RESIDENT_IDENTITY_CARD:
        return _read_resident(reader, number)
    return _read_other_document(reader, id_type, number)


def _read_resident(reader: RowReader, text: str) -> Identity:
    if not text:
        return Identity(RESIDENT_IDENTITY_CARD, "", NO_DATE, None)
    try:
        number = parse_id_number(text)
    except IdNumberError as error:
        reader.report(ID_NUMBER, FAULTS[error.fault])
        return Identity(RESIDENT_IDENTITY_CARD, "", NO_DATE, None)
    return Identity(RESIDENT_IDENTITY_CARD, number, birth_date_of(number), gender_of(number))


def _read_other_document(reader: RowReader, id_type: str, text: str) -> Identity:
    """Passports and permits say nothing about their holder, so the sheet must."""
    number = normalize_code(text)
    if number and not OTHER_DOCUMENT.fullmatch(number):
        reader.report(ID_NUMBER, FindingCode.ID_CHARACTERS)
    birth_date = reader.required_day(BIRTH_DATE)
    gender = reader.text(GENDER, limit=1)
    return Identity(id_type, number, birth_date, dictionaries.GENDER.find_code(gender))


def _check_age(reader: RowReader, line: RosterLine) -> None:
    """Refuse children and point out juveniles by their age on entering (劳动法 §15, §58)."""
    age = age_on(line.identity.birth_date, line.entered_date)
    if age < 0:
        reader.report(ID_NUMBER, FindingCode.ID_BIRTH_DATE)
    elif age < MINIMUM_AGE:
        reader.report(ID_NUMBER, FindingCode.UNDER_AGE)
    elif age < ADULT_AGE:
        reader.report(ID_NUMBER, FindingCode.JUVENILE)


def _check_contract_start(reader: RowReader, line: RosterLine) -> None:
    """Point out work before there was a contract (条例 §28)."""
    if line.contract.start_date > line.entered_date:
        reader.report(CONTRACT_START, FindingCode.LATE_CONTRACT)


def _read_bank_card(reader: RowReader) -> str | None:
    if not reader.has(BANK_CARD):
        return None
    card = normalize_code(reader.long_number(BANK_CARD)).replace("-", "")
    if card and not BANK_CARD_DIGITS.fullmatch(card):
        reader.report(BANK_CARD, FindingCode.BAD_BANK_CARD)
    elif not passes_luhn(card):
        reader.report(BANK_CARD, FindingCode.CARD_CHECK_DIGIT)
    return card


def _read_bank_name(reader: RowReader) -> str | None:
    """Return the bank as written, or the name behind a national bank code."""
    bank = reader.text(BANK_NAME, limit=50)
    return dictionaries.BANK.names.get(bank, bank) or None


def _read_contract(reader: RowReader) -> ContractTerms:
    if not reader.has(CONTRACT_KIND) and not reader.has(CONTRACT_START):
        reader.report(CONTRACT_KIND, FindingCode.CONTRACT_MISSING)
        return NO_CONTRACT
    terms = ContractTerms(
        kind=_read_contract_kind(reader),
        code=reader.text(CONTRACT_CODE, limit=50) or None,
        period_type=reader.code(
            PERIOD_TYPE, dictionaries.CONTRACT_PERIOD_TYPE, unknown=FindingCode.UNKNOWN_CODE
        ),
        start_date=reader.required_day(CONTRACT_START),
        end_date=reader.day(CONTRACT_END),
        pay_basis=_read_pay_basis(reader),
        unit_price_fen=reader.amount(UNIT_PRICE),
        payday=reader.choice(
            PAYDAY, PAYDAYS, default=DEFAULT_PAYDAY, unknown=FindingCode.BAD_PAYDAY
        ),
    )
    if terms.period_type == FIXED_TERM and not reader.has(CONTRACT_END):
        reader.report(CONTRACT_END, FindingCode.MISSING_VALUE)
    reader.check_order(CONTRACT_START, terms.start_date, CONTRACT_END, terms.end_date)
    return terms


def _read_contract_kind(reader: RowReader) -> ContractKind:
    reader.required_text(CONTRACT_KIND, limit=20)
    return reader.choice(
        CONTRACT_KIND,
        CONTRACT_KINDS,
        default=ContractKind.LABOUR_CONTRACT,
        unknown=FindingCode.UNKNOWN_CODE,
    )


def _read_pay_basis(reader: RowReader) -> PayBasis:
    reader.required_text(PAY_BASIS, limit=20)
    return reader.choice(
        PAY_BASIS, PAY_BASES, default=PayBasis.DAY, unknown=FindingCode.UNKNOWN_PAY_BASIS
    )


NO_CONTRACT = ContractTerms(
    ContractKind.LABOUR_CONTRACT, None, FIXED_TERM, NO_DATE, None, PayBasis.DAY, 0, DEFAULT_PAYDAY
)

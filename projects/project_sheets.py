"""The sheets 项目信息, 参建单位 and 班组 in the words of the national standard, read as a whole."""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date

from core.identifiers import is_valid_uscc, normalize_code
from projects import dictionaries
from projects.cells import RowReader
from projects.errors import ProjectSheetInvalidError
from projects.findings import FindingCode, RowFindings
from projects.workbook import Column, Workbook

PROJECT_SHEET = "项目信息"
PARTY_SHEET = "参建单位"
TEAM_SHEET = "班组"

CODE = "项目编号"
NAME = "项目名称"
CATEGORY = "项目分类"
AREA_CODE = "项目所在地"
STATUS = "状态"
ADDRESS = "项目地址"
OWNER_NAME = "建设单位名称"
OWNER_USCC = "建设单位统一社会信用代码"
LICENCE = "施工许可证编号"
CONTRACT_AMOUNT = "承包合同额"
START = "开工日期"
COMPLETE = "竣工日期"
EMPLOYER_NAME = "企业名称"
USCC = "统一社会信用代码"
PARTY_TYPE = "参建类型"
ENTERED = "进场时间"
LEFT = "退场时间"
MANAGER_NAME = "项目经理名称"
MANAGER_PHONE = "项目经理电话"
BANK_NAME = "发放工资的银行名称"
WAGE_ACCOUNT = "发放工资的银行账户"
TEAM_NAME = "班组名称"
TEAM_USCC = "所属企业统一社会信用代码"
LEADER_NAME = "班组长"

PROJECT_COLUMNS = (
    Column(CODE, is_required=True),
    Column(NAME, is_required=True),
    Column(CATEGORY, is_required=True),
    Column(AREA_CODE, ("区划代码",), is_required=True),
    Column(STATUS, ("项目状态",), is_required=True),
    Column(ADDRESS),
    Column(OWNER_NAME),
    Column(OWNER_USCC, ("建设单位组织机构代码或统一社会信用代码",)),
    Column(LICENCE),
    Column(CONTRACT_AMOUNT),
    Column(START),
    Column(COMPLETE),
)
PARTY_COLUMNS = (
    Column(EMPLOYER_NAME, ("单位名称",), is_required=True),
    Column(USCC, ("企业系统组织机构代码",), is_required=True),
    Column(PARTY_TYPE, is_required=True),
    Column(ENTERED, ("进场日期",)),
    Column(LEFT, ("退场日期",)),
    Column(MANAGER_NAME),
    Column(MANAGER_PHONE),
    Column(BANK_NAME),
    Column(WAGE_ACCOUNT, ("发放工资的共管银行账户", "农民工工资专用账户")),
)
TEAM_COLUMNS = (
    Column(TEAM_NAME, is_required=True),
    Column(TEAM_USCC, ("所属企业组织机构代码",), is_required=True),
    Column(LEADER_NAME, ("联系人",)),
)

AREA = re.compile(r"[1-9][0-9]{5}")
ACCOUNT = re.compile(r"[0-9]{8,30}")
YUAN_PER_UNIT = 10_000
"""The standard writes the contract amount in 万元."""


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """项目信息; amounts in fen."""

    code: str
    name: str
    category: str
    county_code: str
    status: str
    address: str | None
    owner_name: str | None
    owner_uscc: str | None
    licence_number: str | None
    contract_amount_fen: int | None
    start_date: date | None
    complete_date: date | None


@dataclass(frozen=True, slots=True)
class PartyLine:
    """One company in one part."""

    name: str
    uscc: str
    party_type: str
    entered_date: date | None
    left_date: date | None
    manager_name: str | None
    manager_phone: str | None
    wage_bank_name: str | None
    wage_account: str | None


@dataclass(frozen=True, slots=True)
class TeamLine:
    """One team of one company."""

    name: str
    uscc: str
    leader_name: str | None


@dataclass(frozen=True, slots=True)
class ProjectSheets:
    """A project as its workbook describes it."""

    project: ProjectLine
    parties: Sequence[PartyLine]
    teams: Sequence[TeamLine]


def read_project_sheets(workbook: Workbook) -> ProjectSheets:
    """Return the whole project; ProjectSheetInvalidError lists every mistake of every sheet."""
    project_rows = _readers(workbook, PROJECT_SHEET, PROJECT_COLUMNS)
    party_rows = _readers(workbook, PARTY_SHEET, PARTY_COLUMNS)
    team_rows = _readers(workbook, TEAM_SHEET, TEAM_COLUMNS)
    projects = [_read_project(reader) for reader in project_rows]
    sheets = ProjectSheets(
        project=projects[0],
        parties=[_read_party(reader) for reader in party_rows],
        teams=[_read_team(reader) for reader in team_rows],
    )
    _refuse_repeats(project_rows, CODE, [PROJECT_SHEET for _ in projects])
    _refuse_repeats(party_rows, USCC, [(line.uscc, line.party_type) for line in sheets.parties])
    _refuse_repeats(team_rows, TEAM_NAME, [line.name for line in sheets.teams])
    _check_companies(sheets, team_rows)
    _refuse_mistakes({PROJECT_SHEET: project_rows, PARTY_SHEET: party_rows, TEAM_SHEET: team_rows})
    return sheets


def _readers(workbook: Workbook, sheet: str, columns: Sequence[Column]) -> list[RowReader]:
    return [RowReader(row) for row in workbook.read_sheet(sheet, columns)]


def _read_project(reader: RowReader) -> ProjectLine:
    line = ProjectLine(
        code=reader.required_text(CODE, limit=32),
        name=reader.required_text(NAME, limit=200),
        category=reader.code(
            CATEGORY, dictionaries.PROJECT_CATEGORY, unknown=FindingCode.UNKNOWN_CODE
        ),
        county_code=_read_area(reader),
        status=reader.code(STATUS, dictionaries.PROJECT_STATUS, unknown=FindingCode.UNKNOWN_CODE),
        address=reader.text(ADDRESS, limit=200) or None,
        owner_name=reader.text(OWNER_NAME, limit=200) or None,
        owner_uscc=_read_uscc(reader, OWNER_USCC) if reader.has(OWNER_USCC) else None,
        licence_number=reader.text(LICENCE, limit=50) or None,
        contract_amount_fen=_read_contract_amount(reader),
        start_date=reader.day(START),
        complete_date=reader.day(COMPLETE),
    )
    if line.start_date is not None:
        reader.check_order(START, line.start_date, COMPLETE, line.complete_date)
    return line


def _read_party(reader: RowReader) -> PartyLine:
    line = PartyLine(
        name=reader.required_text(EMPLOYER_NAME, limit=200),
        uscc=_read_uscc(reader, USCC),
        party_type=reader.code(
            PARTY_TYPE, dictionaries.PARTY_TYPE, unknown=FindingCode.UNKNOWN_CODE
        ),
        entered_date=reader.day(ENTERED),
        left_date=reader.day(LEFT),
        manager_name=reader.text(MANAGER_NAME, limit=50) or None,
        manager_phone=reader.phone(MANAGER_PHONE),
        wage_bank_name=reader.text(BANK_NAME, limit=50) or None,
        wage_account=_read_account(reader),
    )
    if line.entered_date is not None:
        reader.check_order(ENTERED, line.entered_date, LEFT, line.left_date)
    return line


def _read_team(reader: RowReader) -> TeamLine:
    return TeamLine(
        name=reader.required_text(TEAM_NAME, limit=100),
        uscc=_read_uscc(reader, TEAM_USCC),
        leader_name=reader.text(LEADER_NAME, limit=50) or None,
    )


def _read_area(reader: RowReader) -> str:
    area = reader.required_text(AREA_CODE, limit=20)
    if area and not AREA.fullmatch(area):
        reader.report(AREA_CODE, FindingCode.BAD_AREA_CODE)
    return area


def _read_uscc(reader: RowReader, column: str) -> str:
    text = reader.required_text(column, limit=30)
    uscc = normalize_code(text)
    if text and not is_valid_uscc(uscc):
        reader.report(column, FindingCode.BAD_USCC)
    return uscc


def _read_account(reader: RowReader) -> str | None:
    if not reader.has(WAGE_ACCOUNT):
        return None
    account = normalize_code(reader.long_number(WAGE_ACCOUNT))
    if account and not ACCOUNT.fullmatch(account):
        reader.report(WAGE_ACCOUNT, FindingCode.BAD_BANK_CARD)
    return account


def _read_contract_amount(reader: RowReader) -> int | None:
    if not reader.has(CONTRACT_AMOUNT):
        return None
    return reader.amount(CONTRACT_AMOUNT, yuan_per_unit=YUAN_PER_UNIT)


def _refuse_repeats(readers: Sequence[RowReader], column: str, keys: Sequence[Hashable]) -> None:
    first_rows: dict[Hashable, int] = {}
    for reader, key in zip(readers, keys, strict=True):
        first_row = first_rows.setdefault(key, reader.number)
        if first_row != reader.number:
            reader.report(column, FindingCode.REPEATED_ROW, first_row=first_row)


def _check_companies(sheets: ProjectSheets, readers: Sequence[RowReader]) -> None:
    usccs = {party.uscc for party in sheets.parties}
    for team, reader in zip(sheets.teams, readers, strict=True):
        if team.uscc not in usccs:
            reader.report(TEAM_USCC, FindingCode.UNKNOWN_PARTY)


def _refuse_mistakes(sheets: dict[str, list[RowReader]]) -> None:
    mistakes = [
        _describe(sheet, row) for sheet, rows in sheets.items() for row in rows if row.is_rejected
    ]
    if mistakes:
        raise ProjectSheetInvalidError(findings=[each for row in mistakes for each in row])


def _describe(sheet: str, row: RowFindings) -> list[dict[str, object]]:
    return [
        {
            "sheet": sheet,
            "row": finding.row,
            "field": finding.column,
            "code": finding.code.value,
            "message": finding.text.message,
            "message_en": finding.text.message_en,
            "advice": finding.text.advice,
            "advice_en": finding.text.advice_en,
        }
        for finding in row.found
    ]

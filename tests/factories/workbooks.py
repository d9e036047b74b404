"""Invented uploads: rosters and project workbooks as Excel users write them."""

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO

from openpyxl import Workbook

from core.identifiers import id_check_character, luhn_sum
from projects import lines, project_sheets

Row = Mapping[str, object]

GENERAL_CONTRACTOR = "91350100M000100Y43"


def make_id(serial: int, *, born: str = "19900101", area: str = "330106") -> str:
    """Return an invented, checksum-valid identity number."""
    body = f"{area}{born}{serial:03d}"
    return body + id_check_character(body)


def make_card(serial: int) -> str:
    """Return an invented bank card number that passes Luhn."""
    body = f"622202{serial:012d}"
    return body + str(-luhn_sum(body + "0") % 10)


def make_row(serial: int, **changes: object) -> dict[str, object]:
    """Return one good row of 花名册; `changes` by constant name, e.g. ``PHONE=None``."""
    row: dict[str, object] = {
        lines.NAME: f"王小{chr(0x4E00 + serial)}",
        lines.ID_TYPE: "居民身份证",
        lines.ID_NUMBER: make_id(serial),
        lines.NATION: "汉",
        lines.ADDRESS: "浙江省杭州市某某路 1 号",
        lines.PHONE: f"191{serial:08d}",
        lines.TEAM: "钢筋一班",
        lines.WORK_TYPE: "钢筋工",
        lines.CARD_NUMBER: str(1000 + serial),
        lines.ENTERED: date(2026, 9, 1),
        lines.BANK_CARD: make_card(serial),
        lines.BANK_NAME: "102",
        lines.CONTRACT_KIND: "劳动合同",
        lines.PERIOD_TYPE: "以完成一定工作为期限的合同",
        lines.CONTRACT_CODE: f"HT-{serial:03d}",
        lines.CONTRACT_START: "2026-09-01",
        lines.CONTRACT_END: None,
        lines.PAY_BASIS: "计天",
        lines.UNIT_PRICE: 350.5,
        lines.PAYDAY: 15,
    }
    return row | {getattr(lines, name): value for name, value in changes.items()}


def make_roster(*rows: Row, title: str | None = "某项目花名册") -> bytes:
    """Return an .xlsx with the sheet 花名册."""
    return make_workbook({lines.SHEET: rows}, title=title)


def make_workbook(sheets: Mapping[str, Sequence[Row]], *, title: str | None = None) -> bytes:
    """Return an .xlsx; the headers are the keys of each sheet's first row."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        if title is not None:
            sheet.append([title])
        headers = list(rows[0]) if rows else []
        sheet.append(headers)
        for row in rows:
            sheet.append([row.get(header) for header in headers])
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def make_project_sheets(**changes: object) -> dict[str, list[dict[str, object]]]:
    """Return the three sheets of a good project; `changes` to 项目信息 by constant name."""
    project: dict[str, object] = {
        project_sheets.CODE: "3301062026090001",
        project_sheets.NAME: "某某安置房项目",
        project_sheets.CATEGORY: "房屋建筑工程",
        project_sheets.AREA_CODE: 330106,
        project_sheets.STATUS: "在建",
        project_sheets.ADDRESS: "杭州市西湖区某某路",
        project_sheets.OWNER_NAME: "某某城市建设有限公司",
        project_sheets.OWNER_USCC: GENERAL_CONTRACTOR,
        project_sheets.LICENCE: "330106202609010001",
        project_sheets.CONTRACT_AMOUNT: 6800.123456,
        project_sheets.START: date(2026, 9, 1),
        project_sheets.COMPLETE: date(2028, 8, 31),
    }
    party: dict[str, object] = {
        project_sheets.EMPLOYER_NAME: "某某建设集团有限公司",
        project_sheets.USCC: GENERAL_CONTRACTOR,
        project_sheets.PARTY_TYPE: "总承包单位",
        project_sheets.ENTERED: "2026-09-01",
        project_sheets.MANAGER_NAME: "陈大力",
        project_sheets.MANAGER_PHONE: "19100000999",
        project_sheets.BANK_NAME: "中国工商银行某支行",
        project_sheets.WAGE_ACCOUNT: "1202026609900123456",
    }
    team: dict[str, object] = {
        project_sheets.TEAM_NAME: "钢筋一班",
        project_sheets.TEAM_USCC: GENERAL_CONTRACTOR,
        project_sheets.LEADER_NAME: "李大山",
    }
    project |= {getattr(project_sheets, name): value for name, value in changes.items()}
    return {
        project_sheets.PROJECT_SHEET: [project],
        project_sheets.PARTY_SHEET: [party],
        project_sheets.TEAM_SHEET: [team],
    }

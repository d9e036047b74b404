"""Writes the demo project's files into ``demo/data``: ``python -m demo.generate``."""

from datetime import date, timedelta
from pathlib import Path

from demo import people
from demo.gate_log import make_gate_log
from demo.people import COMPANIES, TEAMS, Worker
from projects import lines, project_sheets
from projects.workbook_writer import SheetDraft, WrittenCell, write_workbook

DATA = Path(__file__).parent / "data"
ROSTER = DATA / "roster.xlsx"
GATE_LOG = DATA / "attlog_2026-10.txt"

PROJECT_NAME = "西湖区某某安置房工程"
LEADER_MONTHLY_WAGE = 9_600
HOURLY_WAGE = 48.5
HOURLY_NUMBERS = (19, 20)
AGREEMENT_NUMBERS = (14, 35, 36)
"""People who only agreed in writing, as 建市〔2022〕59号 allows."""

Cells = dict[str, WrittenCell]


def make_workbook() -> bytes:
    """Return the .xlsx with the project, its companies, teams and roster."""
    return write_workbook(
        [
            _sheet(project_sheets.PROJECT_SHEET, [_project()]),
            _sheet(project_sheets.PARTY_SHEET, [_party(place) for place in range(len(COMPANIES))]),
            _sheet(project_sheets.TEAM_SHEET, [_team(place) for place in range(len(TEAMS))]),
            _sheet(
                lines.SHEET,
                [_line(worker) for worker in people.WORKERS],
                title=f"{PROJECT_NAME}工人花名册",
            ),
        ]
    )


def _sheet(name: str, rows: list[Cells], *, title: str | None = None) -> SheetDraft:
    headers = list(rows[0])
    native = frozenset(
        header
        for header in headers
        if any(isinstance(row[header], date | int | float) for row in rows)
    )
    return SheetDraft(name, headers, [list(row.values()) for row in rows], title, native)


def _project() -> Cells:
    return {
        project_sheets.CODE: people.PROJECT_CODE,
        project_sheets.NAME: PROJECT_NAME,
        project_sheets.CATEGORY: "房屋建筑工程",
        project_sheets.AREA_CODE: "330106",
        project_sheets.STATUS: "在建",
        project_sheets.ADDRESS: "杭州市西湖区某某路与某某街交叉口",
        project_sheets.OWNER_NAME: COMPANIES[0].name,
        project_sheets.OWNER_USCC: COMPANIES[0].uscc,
        project_sheets.LICENCE: "330106202603010001",
        "建筑面积": 86500.5,
        project_sheets.CONTRACT_AMOUNT: 32680.5,
        project_sheets.START: date(2026, 3, 1),
        project_sheets.COMPLETE: date(2028, 6, 30),
    }


def _party(place: int) -> Cells:
    company = COMPANIES[place]
    pays_wages = company.part == "总承包单位"
    return {
        project_sheets.EMPLOYER_NAME: company.name,
        project_sheets.USCC: company.uscc,
        project_sheets.PARTY_TYPE: company.part,
        project_sheets.ENTERED: date(2026, 3, 1),
        project_sheets.LEFT: None,
        project_sheets.MANAGER_NAME: f"{people.SURNAMES[place]}经理",
        project_sheets.MANAGER_PHONE: f"1910000080{place}",
        project_sheets.BANK_NAME: "中国工商银行某某支行" if pays_wages else None,
        project_sheets.WAGE_ACCOUNT: "1202026030100000001" if pays_wages else None,
    }


def _team(place: int) -> Cells:
    team = TEAMS[place]
    leader = next(each for each in people.WORKERS if each.is_leader and each.team == team)
    return {
        project_sheets.TEAM_NAME: team.name,
        project_sheets.TEAM_USCC: COMPANIES[team.company].uscc,
        project_sheets.LEADER_NAME: leader.name,
    }


def _line(worker: Worker) -> Cells:
    return _person_columns(worker) | _place_columns(worker) | _contract_columns(worker)


def _person_columns(worker: Worker) -> Cells:
    return {
        lines.NAME: worker.name,
        lines.ID_TYPE: "居民身份证",
        lines.ID_NUMBER: worker.id_number,
        lines.GENDER: "女" if worker.is_woman else "男",
        lines.NATION: worker.nation,
        lines.BIRTH_DATE: worker.birth_date,
        lines.ADDRESS: worker.address,
        "政治面貌": "群众",
        "文化程度": "初中",
        lines.PHONE: worker.phone,
    }


def _place_columns(worker: Worker) -> Cells:
    return {
        lines.TEAM: worker.team.name,
        lines.WORK_TYPE: worker.team.trade,
        lines.WORKER_ROLE: "建筑工人",
        lines.IS_LEADER: "是" if worker.is_leader else "否",
        lines.CARD_NUMBER: worker.card_number,
        lines.ENTERED: worker.entered_date,
        lines.LEFT: worker.left_date,
        lines.BANK_CARD: worker.bank_card,
        lines.BANK_NAME: "中国工商银行",
        lines.BANK_LINK: "102331000000",
        "有无购买工伤或意外伤害保险": "有",
    }


def _contract_columns(worker: Worker) -> Cells:
    is_agreement = worker.number in AGREEMENT_NUMBERS
    return {
        lines.CONTRACT_KIND: "用工书面协议" if is_agreement else "劳动合同",
        lines.PERIOD_TYPE: "固定期限合同" if is_agreement else "以完成一定工作为期限的合同",
        lines.CONTRACT_CODE: f"HT-2026-{worker.number:03d}",
        lines.CONTRACT_START: worker.entered_date,
        lines.CONTRACT_END: worker.entered_date + timedelta(days=365) if is_agreement else None,
        lines.PAY_BASIS: _pay(worker)[0],
        lines.UNIT_PRICE: _pay(worker)[1],
        lines.PAYDAY: 15,
    }


def _pay(worker: Worker) -> tuple[str, float]:
    if worker.is_leader:
        return "包月", LEADER_MONTHLY_WAGE
    if worker.number in HOURLY_NUMBERS:
        return "计时", HOURLY_WAGE
    return "计天", worker.team.day_wage


def write_files(folder: Path) -> None:
    """Write both files; only the date inside the .xlsx differs from one time to the next."""
    folder.mkdir(exist_ok=True)
    (folder / ROSTER.name).write_bytes(make_workbook())
    (folder / GATE_LOG.name).write_text(make_gate_log(), encoding="ascii", newline="\n")


if __name__ == "__main__":
    write_files(DATA)

"""The empty roster that managers download, fill in and upload."""

from uuid import UUID

from sqlmodel import Session

from projects import dictionaries, lines, queries
from projects.workbook_writer import SheetDraft, write_workbook

GUIDE_SHEET = "填写说明"
REQUIRED, OPTIONAL = "必填", "可不填"
HINTS = {
    lines.NAME: "与证件一致",
    lines.ID_TYPE: "不填就是居民身份证（居住证、永久居留证也填 01）",
    lines.ID_NUMBER: "18 位，最后一位可以是 X",
    lines.BIRTH_DATE: "证件不是身份证时必填，例如 1990-04-08",
    lines.PHONE: "没有手机可以不填；请填本人的号码",
    lines.WORK_TYPE: "名称或编号：" + "、".join(dictionaries.WORK_TYPE.codes),
    lines.WORKER_ROLE: "不填就是建筑工人；管理人员填 10",
    lines.IS_LEADER: "是 或 否",
    lines.CARD_NUMBER: "闸机上登记的工号，每人一个",
    lines.ENTERED: "例如 2026-10-01",
    lines.LEFT: "还在项目上就不填",
    lines.BANK_CARD: "本人的工资卡，16 到 19 位",
    lines.CONTRACT_KIND: "、".join(lines.CONTRACT_KINDS),
    lines.PERIOD_TYPE: "、".join(dictionaries.CONTRACT_PERIOD_TYPE.codes),
    lines.CONTRACT_START: "例如 2026-10-01",
    lines.CONTRACT_END: "固定期限合同必填",
    lines.PAY_BASIS: "计时、计天、包月 或 计量",
    lines.UNIT_PRICE: "元，例如 350 或 350.50",
    lines.PAYDAY: "次月几号发工资，不填就是 15",
}


def make_roster_template(session: Session, *, project_id: UUID) -> bytes:
    """Return an .xlsx with the roster's header in text columns, and a sheet that explains each."""
    teams = "、".join(team.name for team in queries.list_teams(session, project_id))
    hints = {**HINTS, lines.TEAM: f"与项目登记的班组名称一致：{teams}"}
    guide = [
        [column.header, REQUIRED if column.is_required else OPTIONAL, hints.get(column.header)]
        for column in lines.COLUMNS
    ]
    headers = [column.header for column in lines.COLUMNS]
    return write_workbook(
        [
            SheetDraft(lines.SHEET, headers, rows=[]),
            SheetDraft(GUIDE_SHEET, ["列名", "是否必填", "怎么填"], guide),
        ]
    )

"""The rights notice board of a site (条例 §34): what stands on it, and what is still missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

from core.enums import PayBasis
from core.masking import MOBILE_PREFIX
from core.money import to_yuan
from db.models import ClosingNotice, Contract, Employer, Person, Project, ProjectParty
from projects import queries
from projects.counties import Channels, CountyFacts, MinimumWage, read_county_facts
from projects.errors import NoticeBoardIncompleteError

GENERAL_CONTRACTOR = "009"
OWNER = "008"
SUBCONTRACTORS = ("001", "006")
HOTLINE = "12333（人力资源和社会保障服务热线）"
LEGAL_HOTLINE = "12348（公共法律服务热线）"
PAY_BASES = {
    PayBasis.HOUR: "按小时",
    PayBasis.DAY: "按天",
    PayBasis.MONTH: "按月",
    PayBasis.PIECE: "按完成的量",
}


class Supplier(StrEnum):
    """Who can supply a missing entry."""

    PROJECT_SHEET = "project_sheet"
    ROSTER = "roster"
    ADMIN = "admin"
    COUNTY_FACTS = "county_facts"


SUPPLIERS: dict[Supplier, tuple[str, str]] = {
    Supplier.PROJECT_SHEET: (
        "请总承包单位填好项目资料表，由管理员导入",
        "the general contractor in the project workbook, imported by an administrator",
    ),
    Supplier.ROSTER: (
        "请劳资专管员在花名册里填好合同内容再导入",
        "the labour manager in the contract columns of the roster",
    ),
    Supplier.ADMIN: (
        "请管理员指定本项目的劳资专管员，并登记手机号",
        "an administrator, who appoints the labour manager with a phone number",
    ),
    Supplier.COUNTY_FACTS: (
        "请系统运维人员按县（市、区）公布的内容填写，并注明出处",
        "the operator of this installation, from what the county publishes",
    ),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the board; without a text it is missing, which a final board may not be."""

    field: str
    label: str
    text: str | None
    supplier: Supplier = Supplier.PROJECT_SHEET


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together."""

    title: str
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class NoticeBoard:
    """Everything the law wants workers to find at the gate, and the way to the site's page."""

    project_name: str
    poster_token: str
    sections: Sequence[Section]

    @property
    def missing(self) -> list[Entry]:
        """The entries nobody has supplied yet."""
        return [entry for section in self.sections for entry in section.entries if not entry.text]


def get_notice_board(
    session: Session, *, project_id: UUID, county_facts: Path | None, on: date
) -> NoticeBoard:
    """Return the board as the data stand on a day; ProjectNotFoundError."""
    return draw_up(session, queries.get_project(session, project_id), county_facts, on)


def draw_up(session: Session, project: Project, county_facts: Path | None, on: date) -> NoticeBoard:
    """Gather what is known of a project and compose its board."""
    parties = queries.list_parties(session, project.id)
    facts = read_county_facts(county_facts, county_code=project.county_code, on=on)
    closing = queries.find_closing_notice(session, project.id)
    managers = queries.list_labour_managers(session, project.id)
    return NoticeBoard(
        project_name=project.name,
        poster_token=project.poster_token,
        sections=(
            Section("工地和单位", compose_companies(project, parties, managers, facts)),
            Section(
                "工资怎么发",
                [
                    *compose_pay(parties, queries.list_pay_terms(session, project.id, on), facts),
                    *compose_closing(closing),
                ],
            ),
            Section("有问题找谁", compose_channels(facts.channels)),
        ),
    )


def check_complete(board: NoticeBoard) -> None:
    """Refuse a board that is not what 条例 §34 asks for; NoticeBoardIncompleteError."""
    if not board.missing:
        return
    raise NoticeBoardIncompleteError(
        labels="、".join(entry.label for entry in board.missing),
        missing=[
            {
                "field": entry.field,
                "label": entry.label,
                "supplier": SUPPLIERS[entry.supplier][0],
                "supplier_en": SUPPLIERS[entry.supplier][1],
            }
            for entry in board.missing
        ],
    )


def compose_companies(
    project: Project,
    parties: Sequence[tuple[ProjectParty, Employer]],
    managers: Sequence[Person],
    facts: CountyFacts,
) -> list[Entry]:
    """Return §34 (1): owner, contractors, the authority in charge and the labour manager."""
    owners = _names(parties, OWNER) or [project.owner_name or ""]
    subcontractors = _names(parties, *SUBCONTRACTORS)
    authority = facts.channels.industry_authority if facts.channels else None
    return [
        Entry("project", "工程项目", project.name),
        *([Entry("address", "地址", project.address)] if project.address else []),
        Entry("owner", "建设单位", _join(owners)),
        Entry("general_contractor", "施工总承包单位", _join(_contractors(parties))),
        Entry("subcontractors", "分包单位", _join(subcontractors) or "目前没有登记分包单位"),
        Entry("industry_authority", "行业主管部门", authority, Supplier.COUNTY_FACTS),
        Entry("labour_manager", "劳资专管员", _say_managers(managers), Supplier.ADMIN),
    ]


def compose_pay(
    parties: Sequence[tuple[ProjectParty, Employer]],
    contracts: Sequence[Contract],
    facts: CountyFacts,
) -> list[Entry]:
    """Return §34 (2): how wages are reckoned, when and from where they are paid, and the least."""
    banks = [party.wage_bank_name or "" for party, _ in parties if _is_general(party)]
    return [
        Entry("pay_standard", "工资标准", _say_standard(contracts), Supplier.ROSTER),
        Entry("payday", "发工资的日子", _say_payday(contracts), Supplier.ROSTER),
        Entry("wage_account", "工资从哪里发", _say_account(_join(banks))),
        Entry("minimum_wage", "当地最低工资", _say_minimum(facts), Supplier.COUNTY_FACTS),
    ]


def compose_closing(notice: ClosingNotice | None) -> list[Entry]:
    """Return 条例 §27's notice, as long as the wage account is about to be closed."""
    if notice is None:
        return []
    until = notice.last_date
    said = (
        f"工程完工，工资已发清，公示到{until.year}年{until.month}月{until.day}日后注销；"
        "还有工资没拿到的，请马上投诉"
    )
    return [Entry("wage_account_closing", "工资专户注销公示", said)]


def compose_channels(channels: Channels | None) -> list[Entry]:
    """Return §34 (3): hotlines, arbitration and legal aid."""
    county = Supplier.COUNTY_FACTS
    inspection = authority = arbitration = legal_aid = None
    if channels is not None:
        inspection = f"{channels.bureau} {channels.bureau_phone}"
        authority = f"{channels.industry_authority} {channels.industry_phone}"
        arbitration, legal_aid = channels.arbitration, channels.legal_aid
    return [
        Entry("labour_inspection", "劳动保障监察", inspection, county),
        Entry("industry_hotline", "主管部门电话", authority, county),
        Entry("arbitration", "申请劳动仲裁", arbitration, county),
        Entry("legal_aid", "申请法律援助", legal_aid, county),
        Entry("legal_hotline", "法律咨询", LEGAL_HOTLINE),
        Entry("hotline", "工资热线", HOTLINE),
    ]


def _is_general(party: ProjectParty) -> bool:
    return party.party_type == GENERAL_CONTRACTOR


def _names(parties: Sequence[tuple[ProjectParty, Employer]], *types: str) -> list[str]:
    return [employer.name for party, employer in parties if party.party_type in types]


def _contractors(parties: Sequence[tuple[ProjectParty, Employer]]) -> list[str]:
    """Return the general contractor with who leads its project department."""
    return [
        f"{employer.name}（项目负责人：{party.manager_name}）"
        if party.manager_name
        else employer.name
        for party, employer in parties
        if _is_general(party)
    ]


def _join(texts: Sequence[str]) -> str | None:
    return "；".join(text for text in texts if text) or None


def _say_managers(managers: Sequence[Person]) -> str | None:
    """Return names and numbers: §34 wants the labour manager's own on the board."""
    return _join(
        [
            f"{manager.name} {manager.phone.removeprefix(MOBILE_PREFIX)}"
            for manager in managers
            if manager.phone
        ]
    )


def _say_standard(contracts: Sequence[Contract]) -> str | None:
    bases = {contract.pay_basis for contract in contracts}
    if not bases:
        return None
    names = "、".join(name for basis, name in PAY_BASES.items() if basis in bases)
    return f"{names}计算；每个人的单价写在本人的劳动合同或用工书面协议里，不得低于当地最低工资"


def _say_payday(contracts: Sequence[Contract]) -> str | None:
    days = sorted({contract.payday for contract in contracts})
    if not days:
        return None
    said = "、".join(f"{day}日" for day in days)
    return f"每月{said}发上个月的工资；遇到休息日或节假日，提前发"


def _say_account(bank: str | None) -> str | None:
    if bank is None:
        return None
    return f"{bank}的农民工工资专用账户，直接打到本人的银行卡；工资卡由本人保管，谁也不能扣"


def _say_minimum(facts: CountyFacts) -> str | None:
    wage = facts.minimum_wage
    return None if wage is None else say_minimum_wage(wage)


def say_minimum_wage(wage: MinimumWage) -> str:
    """Return both rates, since when they are in force, and who says so."""
    since = wage.in_force_from
    return (
        f"每月 {_say_yuan(wage.monthly_fen)} 元，非全日制每小时 {_say_yuan(wage.hourly_fen)} 元"
        f"（{since.year}年{since.month}月{since.day}日起执行，{wage.source}）"
    )


def _say_yuan(fen: int) -> str:
    return to_yuan(fen).removesuffix(".00")

"""What each paper of a case says, pure: facts become a title, paragraphs, rows and rights."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.case_enums import Conclusion, DocumentKind, PoliceAttachment, RefusalGround
from core.clock import SHANGHAI
from core.money import to_yuan

HOTLINE = "打 12333 问人力资源和社会保障服务热线。"
LEGAL_AID = "打 12348 申请法律援助，农民工讨薪免费。"
ARBITRATION = "到用人单位所在地或干活所在地的劳动人事争议仲裁委员会申请仲裁，不收费。"
REVIEW = "不服的，可以自收到之日起 60 日内申请行政复议，或者 6 个月内向人民法院起诉。"

GROUNDS = {
    RefusalGround.OUT_OF_SCOPE: "反映的事项不属于劳动保障监察的范围",
    RefusalGround.ARBITRATION_OR_SUIT: "反映的事项应当或者已经通过仲裁、诉讼处理",
    RefusalGround.NO_EMPLOYER_OR_FACTS: "没有用人单位名称、地址或者具体事实",
    RefusalGround.OLDER_THAN_TWO_YEARS: "违法行为终了已超过二年",
}
CONCLUSIONS = {
    Conclusion.PAID: "拖欠的工资已经付清",
    Conclusion.PARTLY_PAID: "拖欠的工资已付一部分",
    Conclusion.CORRECTED: "违法行为轻微并已改正",
    Conclusion.NO_VIOLATION: "经调查未发现违法行为",
    Conclusion.TO_ARBITRATION: "争议需要通过仲裁或者诉讼解决",
    Conclusion.CRIMINAL: "案件已由公安机关办理",
    Conclusion.UNPAID: "已用尽行政手段，工资仍未付清，可以申请仲裁或者起诉",
}
POLICE_ATTACHMENTS = {
    PoliceAttachment.TRANSFER_LETTER: "涉嫌犯罪案件移送书",
    PoliceAttachment.INVESTIGATION_REPORT: "调查报告",
    PoliceAttachment.LIST_OF_ARTICLES: "涉案物品清单",
    PoliceAttachment.EXPERT_OPINIONS: "检验报告或者鉴定结论",
    PoliceAttachment.OTHER_MATERIAL: "其他有关材料",
}


HEADINGS = {
    DocumentKind.ACCEPTANCE: ("劳动保障监察投诉受理通知书", "受"),
    DocumentKind.REFUSAL: ("劳动保障监察投诉不予受理通知书", "不受"),
    DocumentKind.TRANSFER: ("案件移送告知书", "移"),
    DocumentKind.EXTENSION: ("延长调查期限告知书", "延"),
    DocumentKind.SUSPENSION: ("中止调查告知书", "中"),
    DocumentKind.AGREEMENT: ("调解协议书", "调"),
    DocumentKind.ORDER: ("责令支付工资指令书", "令"),
    DocumentKind.COURT_APPLICATION: ("强制执行申请书", "执"),
    DocumentKind.POLICE_TRANSFER: ("涉嫌犯罪案件移送书", "移公"),
    DocumentKind.CLOSING: ("案件办理结果告知书", "结"),
}
"""Title of each paper and the 字 of its number."""


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What a paper is written from; `said` are the details of the step it belongs to."""

    number: str
    """Of the complaint."""
    complainant: str
    """The name, or for a shielded or anonymous one only the number."""
    employer: str
    filed_date: date
    amount_fen: int | None
    note: str | None
    said: Mapping[str, Any]
    county: str | None = None
    """The name of the county the step names."""
    pay_by: date | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands below the heading of a paper."""

    to: str | None
    paragraphs: list[str]
    rights_title: str = ""
    rights: tuple[str, ...] = ()


def write_letter(kind: DocumentKind, facts: LetterFacts) -> Letter:
    """Return the paper of this kind."""
    return _WRITERS[kind](facts)


def list_rows(facts: LetterFacts) -> list[tuple[str, str]]:
    """Return the facts that stand as a table on every paper."""
    rows = [("投诉编号", facts.number), ("用人单位", facts.employer)]
    if facts.amount_fen is not None:
        rows.append(("涉及金额", f"{to_yuan(facts.amount_fen)} 元"))
    return rows


@dataclass(frozen=True, slots=True)
class SignedBy:
    """Who signed an agreement, as its paper says it."""

    name: str
    at: datetime
    on_paper: bool


def list_signatures(
    *, worker: SignedBy | None, employer: SignedBy | None, content_hash: str
) -> list[tuple[str, str]]:
    """Return the lines of an agreement that say who signed what, or that wait for a pen."""
    return [
        ("劳动者签字", _say_signed(worker) if worker else "（签名、按手印、日期）"),
        ("用人单位签字", _say_signed(employer) if employer else "（盖章、签名、日期）"),
        ("签字内容 SHA-256", content_hash),
    ]


def _say_signed(signed: SignedBy) -> str:
    way = "纸上签字，原件存档" if signed.on_paper else "电子签字"
    return f"{signed.name}，{format_moment(signed.at)} {way}"


def format_moment(at: datetime) -> str:
    """Return an instant as papers write it, in Shanghai."""
    local = at.astimezone(SHANGHAI)
    return f"{format_day(local.date())} {local:%H:%M}"


def format_number(county: str, kind: DocumentKind, *, year: int, serial: int) -> str:
    """Return the number as papers carry it, e.g. ``西湖区劳监受〔2026〕7号``."""
    _, mark = HEADINGS[kind]
    return f"{county}劳监{mark}〔{year}〕{serial}号"


def format_day(day: date) -> str:
    """Return a day as papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def _accept(facts: LetterFacts) -> Letter:
    return Letter(
        facts.complainant,
        [
            f"您于{format_day(facts.filed_date)}投诉的拖欠工资问题，"
            "符合《关于实施〈劳动保障监察条例〉若干规定》第十八条，本机关决定受理并于同日立案。",
            "本机关将在立案之日起 60 个工作日内完成调查；情况复杂的，"
            "经负责人批准可以延长 30 个工作日，并书面告诉您。",
        ],
        "您的权利",
        ("凭编号和密码随时查看办理进度。", "认为办案人员与本案有利害关系的，可以申请回避。"),
    )


def _refuse(facts: LetterFacts) -> Letter:
    ground = GROUNDS[RefusalGround(facts.said["ground"])]
    return Letter(
        facts.complainant,
        [
            f"您于{format_day(facts.filed_date)}投诉的问题，经审查，{ground}，"
            "依照《浙江省劳动保障监察条例》第二十二条，本机关不予受理。",
            f"具体情况：{facts.note or ''}",
        ],
        "谁能帮您",
        (ARBITRATION, LEGAL_AID, HOTLINE, REVIEW),
    )


def _transfer(facts: LetterFacts) -> Letter:
    return Letter(
        facts.complainant,
        [
            f"您于{format_day(facts.filed_date)}投诉的问题，由{facts.county or ''}"
            "劳动保障监察机构管辖，案件和全部材料已移送该机构，您不用重新投诉，编号不变。",
            f"移送原因：{facts.note or ''}",
        ],
        "您可以",
        ("凭原来的编号和密码继续查看进度。", HOTLINE),
    )


def _extend(facts: LetterFacts) -> Letter:
    return Letter(
        facts.complainant,
        [
            "您投诉的案件情况复杂，依照《浙江省劳动保障监察条例》第三十条，"
            "经本机关负责人批准，调查期限延长 30 个工作日。",
            f"延长原因：{facts.note or ''}",
        ],
    )


def _suspend(facts: LetterFacts) -> Letter:
    return Letter(
        facts.complainant,
        [
            "您投诉的案件，依照《浙江省劳动保障监察条例》第三十条，"
            "经批准中止调查。中止的原因消除后立即恢复，期限接着计算。",
            f"中止原因：{facts.note or ''}",
        ],
        "您可以",
        ("知道用人单位或者负责人下落的，请马上告诉办案人员。", ARBITRATION),
    )


def _agree(facts: LetterFacts) -> Letter:
    agreed = facts.said.get("amount_fen", facts.amount_fen)
    return Letter(
        None,
        [
            f"{facts.employer}与{facts.complainant}就拖欠工资，在本机关主持下自愿达成协议。",
            f"用人单位支付 {to_yuan(agreed or 0)} 元{_by(facts)}。",
            f"其他约定：{facts.note or '无'}",
            "用人单位到期不付的，本机关恢复处理，劳动者也可以凭本协议申请仲裁或者支付令。",
        ],
    )


def _order(facts: LetterFacts) -> Letter:
    return Letter(
        facts.employer,
        [
            f"经查，你单位拖欠劳动者工资（投诉编号 {facts.number}）。"
            "依照《保障农民工工资支付条例》第五十三条、《劳动保障监察条例》第二十六条，"
            f"现责令你单位支付{_sum(facts)}{_by(facts)}。",
            f"{facts.note or ''}",
            "逾期不支付的，将依法加付应付金额百分之五十以上百分之一百以下的赔偿金，"
            "申请人民法院强制执行；涉嫌拒不支付劳动报酬罪的，移送公安机关。",
        ],
        "你单位的权利",
        ("作出陈述和申辩。", REVIEW),
    )


def _apply_to_court(facts: LetterFacts) -> Letter:
    return Letter(
        "人民法院",
        [
            f"{facts.employer}未在责令支付工资指令书规定的期限内支付{_sum(facts)}，"
            "依照《保障农民工工资支付条例》第四十二条，申请强制执行。",
            f"{facts.note or ''}",
        ],
    )


def _transfer_to_police(facts: LetterFacts) -> Letter:
    attached = POLICE_ATTACHMENTS.values()
    return Letter(
        "公安机关",
        [
            f"{facts.employer}涉嫌拒不支付劳动报酬罪（刑法第二百七十六条之一），"
            "依照《行政执法机关移送涉嫌犯罪案件的规定》移送。",
            f"{facts.note or ''}",
            "附：" + "；".join(attached) + "。",
            "请自受理之日起 3 日内决定是否立案并书面通知本机关。",
        ],
    )


def _close(facts: LetterFacts) -> Letter:
    conclusion = CONCLUSIONS[Conclusion(facts.said["conclusion"])]
    return Letter(
        facts.complainant,
        [
            f"您于{format_day(facts.filed_date)}投诉的问题已办结：{conclusion}。",
            f"{facts.note or ''}",
        ],
        "钱没收到怎么办",
        ("在安薪码里点“没收到”，案件重新办理一次。", ARBITRATION, LEGAL_AID),
    )


def _by(facts: LetterFacts) -> str:
    return f"，于{format_day(facts.pay_by)}前付清" if facts.pay_by else ""


def _sum(facts: LetterFacts) -> str:
    owed = facts.said.get("amount_fen", facts.amount_fen)
    return "全部拖欠的工资" if owed is None else f"工资 {to_yuan(owed)} 元"


_WRITERS: dict[DocumentKind, Callable[[LetterFacts], Letter]] = {
    DocumentKind.ACCEPTANCE: _accept,
    DocumentKind.REFUSAL: _refuse,
    DocumentKind.TRANSFER: _transfer,
    DocumentKind.EXTENSION: _extend,
    DocumentKind.SUSPENSION: _suspend,
    DocumentKind.AGREEMENT: _agree,
    DocumentKind.ORDER: _order,
    DocumentKind.COURT_APPLICATION: _apply_to_court,
    DocumentKind.POLICE_TRANSFER: _transfer_to_police,
    DocumentKind.CLOSING: _close,
}

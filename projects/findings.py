"""What can be said about one cell of an uploaded sheet: the closed list, with its words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

Code_co = TypeVar("Code_co", bound=StrEnum, covariant=True)


class Severity(StrEnum):
    """An error keeps its row out; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class FindingCode(StrEnum):
    """Closed, because programs sort by it."""

    MISSING_VALUE = "missing-value"
    NUMERIC_CELL = "numeric-cell"
    TOO_LONG = "too-long"
    UNKNOWN_CODE = "unknown-code"
    BAD_DATE = "bad-date"
    DATES_REVERSED = "dates-reversed"
    BAD_AMOUNT = "bad-amount"
    BAD_PAYDAY = "bad-payday"
    BAD_PHONE = "bad-phone"
    BAD_BANK_CARD = "bad-bank-card"
    BAD_USCC = "bad-uscc"
    BAD_AREA_CODE = "bad-area-code"
    ID_LENGTH = "id-length"
    ID_FIFTEEN_DIGITS = "id-fifteen-digits"
    ID_CHARACTERS = "id-characters"
    ID_BIRTH_DATE = "id-birth-date"
    ID_CHECKSUM = "id-checksum"
    UNDER_AGE = "under-age"
    UNKNOWN_TRADE = "unknown-trade"
    UNKNOWN_TEAM = "unknown-team"
    UNKNOWN_PARTY = "unknown-party"
    UNKNOWN_PAY_BASIS = "unknown-pay-basis"
    CONTRACT_MISSING = "contract-missing"
    CONTRACT_DIFFERS = "contract-differs"
    REPEATED_ROW = "repeated-row"
    CARD_NUMBER_TAKEN = "card-number-taken"
    NAME_DISAGREES = "name-disagrees"
    JUVENILE = "juvenile"
    CARD_CHECK_DIGIT = "card-check-digit"
    SHARED_BANK_CARD = "shared-bank-card"
    BANK_CARD_CHANGED = "bank-card-changed"
    BANK_CARD_KEPT = "bank-card-kept"
    PHONE_OF_MANY = "phone-of-many"
    PHONE_KEPT = "phone-kept"
    LATE_CONTRACT = "late-contract"
    BAD_STATEMENT_AMOUNT = "bad-statement-amount"
    NOT_ONE_WAY = "not-one-way"
    ENTRY_DIFFERS = "entry-differs"
    BALANCE_BREAKS = "balance-breaks"


@dataclass(frozen=True, slots=True)
class FindingText:
    """The words of a finding; the advice says what to do in the sheet."""

    message: str
    message_en: str
    advice: str
    advice_en: str


@dataclass(frozen=True, slots=True)
class CellFinding(Generic[Code_co]):
    """One finding in one cell. Facts are numbers, signs and limits, never a personal value."""

    row: int
    """As Excel counts, from 1."""
    column: str
    """The column's header."""
    code: Code_co
    facts: Mapping[str, object] = field(default_factory=dict)

    texts: ClassVar[Mapping[Any, FindingText]]
    warnings: ClassVar[frozenset[Any]]

    @property
    def severity(self) -> Severity:
        return Severity.WARNING if self.code in self.warnings else Severity.ERROR

    @property
    def text(self) -> FindingText:
        """The words, with the facts filled in."""
        words = self.texts[self.code]
        return FindingText(
            words.message.format_map(self.facts),
            words.message_en.format_map(self.facts),
            words.advice.format_map(self.facts),
            words.advice_en.format_map(self.facts),
        )


WARNINGS = frozenset(
    {
        FindingCode.JUVENILE,
        FindingCode.CARD_CHECK_DIGIT,
        FindingCode.SHARED_BANK_CARD,
        FindingCode.BANK_CARD_CHANGED,
        FindingCode.BANK_CARD_KEPT,
        FindingCode.PHONE_OF_MANY,
        FindingCode.PHONE_KEPT,
        FindingCode.LATE_CONTRACT,
    }
)

TEXTS: dict[FindingCode, FindingText] = {
    FindingCode.MISSING_VALUE: FindingText(
        "这一格必须填写", "This cell must be filled in", "请补上内容。", "Fill it in."
    ),
    FindingCode.NUMERIC_CELL: FindingText(
        "号码被存成了数字，后几位已经丢失",
        "The number was stored as a numeric cell and has lost its last digits",
        "把这一列设为文本格式再填，按证件或银行卡原件重新输入。",
        "Format the column as text and type the number again from the original.",
    ),
    FindingCode.TOO_LONG: FindingText(
        "内容太长，最多 {limit} 个字",
        "Too long, at most {limit} characters",
        "请缩短后再填。",
        "Shorten it.",
    ),
    FindingCode.UNKNOWN_CODE: FindingText(
        "不认识这个填法",
        "Not one of the values allowed here",
        "请填下面其中一个：{choices}。",
        "Use one of: {choices}.",
    ),
    FindingCode.BAD_DATE: FindingText(
        "日期看不懂或不存在",
        "Not a real date",
        "请写成 2026-10-01 这样的日期。",
        "Write it like 2026-10-01.",
    ),
    FindingCode.DATES_REVERSED: FindingText(
        "结束的日期早于开始的日期",
        "The end lies before the start",
        "请核对这一格和“{other}”。",
        "Compare it with “{other}”.",
    ),
    FindingCode.BAD_AMOUNT: FindingText(
        "金额不对",
        "Not an amount",
        "请填大于 0 的元数，最多两位小数，例如 350 或 350.50。",
        "Use yuan above 0 with at most two decimals, such as 350 or 350.50.",
    ),
    FindingCode.BAD_PAYDAY: FindingText(
        "发薪日不对",
        "Not a payday",
        "请填 1 到 31 之间的整数，表示次月几号发工资。",
        "Use a whole number from 1 to 31: the day of the following month.",
    ),
    FindingCode.BAD_PHONE: FindingText(
        "手机号码不对",
        "Not a mobile number",
        "请填 11 位手机号；没有手机可以留空。",
        "Use an 11-digit mobile number, or leave it blank.",
    ),
    FindingCode.BAD_BANK_CARD: FindingText(
        "银行卡号不对",
        "Not a bank card number",
        "银行卡号是 16 到 19 位数字，请按银行卡重新输入；还没有办卡可以留空。",
        "A card has 16 to 19 digits; type it again, or leave it blank for now.",
    ),
    FindingCode.BAD_USCC: FindingText(
        "统一社会信用代码不对",
        "Not a unified social credit code",
        "请按营业执照填写 18 位代码（没有字母 I、O、S、V、Z）。",
        "Copy the 18 characters from the business licence.",
    ),
    FindingCode.BAD_AREA_CODE: FindingText(
        "项目所在地代码不对",
        "Not an area code",
        "请填 6 位县（市、区）行政区划代码，例如西湖区 330106。",
        "Use the 6-digit county code, such as 330106.",
    ),
    FindingCode.ID_LENGTH: FindingText(
        "证件号码位数不对",
        "The document number has the wrong length",
        "身份证和居住证、永久居留证填 18 位；护照、通行证请改“证件类型”。",
        "Identity and residence cards have 18 characters; otherwise change the document type.",
    ),
    FindingCode.ID_FIFTEEN_DIGITS: FindingText(
        "15 位身份证号已经停用",
        "15-digit identity numbers are no longer valid",
        "请按第二代身份证填写 18 位号码；还没有换证的，请本人先到派出所办理。",
        "Use the 18 characters of the current card.",
    ),
    FindingCode.ID_CHARACTERS: FindingText(
        "证件号码里有不该有的字",
        "The document number has characters that do not belong there",
        "请只填数字，最后一位可以是 X。",
        "Use digits only; the last may be X.",
    ),
    FindingCode.ID_BIRTH_DATE: FindingText(
        "证件号码里的出生日期不存在",
        "The birth date inside the number does not exist",
        "请按证件原件核对第 7 到 14 位。",
        "Compare characters 7 to 14 with the original.",
    ),
    FindingCode.ID_CHECKSUM: FindingText(
        "证件号码有一位写错了",
        "One character of the document number is wrong",
        "请按证件原件逐位核对后重新输入。",
        "Compare every character with the original and type it again.",
    ),
    FindingCode.UNDER_AGE: FindingText(
        "进场时不满 16 周岁，禁止招用（劳动法第十五条）",
        "Under 16 on entering; must not be employed (Labour Law art. 15)",
        "不能让此人进场；如果是号码或日期写错，请按证件原件更正。",
        "Do not let this person work; if a number or date is wrong, correct it.",
    ),
    FindingCode.UNKNOWN_TRADE: FindingText(
        "没有这个工种",
        "Unknown trade",
        "请填全国标准里的工种名称或编号，例如“钢筋工”或 020；对不上的填“其他”。",
        "Use a trade of the national list by name or code; if none fits, use 其他.",
    ),
    FindingCode.UNKNOWN_TEAM: FindingText(
        "这个项目没有这个班组",
        "No such team on this project",
        "项目现有班组：{teams}。请照着填；新班组请先登记。",
        "Teams of this project: {teams}. Register a new team first.",
    ),
    FindingCode.UNKNOWN_PARTY: FindingText(
        "参建单位里没有这家企业",
        "No such company on this project",
        "请先在工作表“参建单位”里填上这家企业。",
        "List the company on the sheet 参建单位 first.",
    ),
    FindingCode.UNKNOWN_PAY_BASIS: FindingText(
        "不认识这种结算方式",
        "Unknown pay basis",
        "请填 计时、计天、包月 或 计量。",
        "Use 计时 (hour), 计天 (day), 包月 (month) or 计量 (piece).",
    ),
    FindingCode.CONTRACT_MISSING: FindingText(
        "没有合同不能进场（保障农民工工资支付条例第二十八条）",
        "Nobody may enter without a contract (Regulation art. 28)",
        "请先与本人签订劳动合同或用工书面协议，再填写合同各列。",
        "Sign a labour contract or written agreement, then fill in the contract columns.",
    ),
    FindingCode.CONTRACT_DIFFERS: FindingText(
        "同一天开始的合同已经登记，内容不一样",
        "A contract with this start is on record with other terms",
        "登记过的合同不能覆盖。工资标准有变，请填新的开始日期再导入。",
        "Recorded terms are never overwritten. Give changed terms a later start date.",
    ),
    FindingCode.REPEATED_ROW: FindingText(
        "与第 {first_row} 行重复",
        "Repeats row {first_row}",
        "请核对两行，只留一行。",
        "Compare the two rows and keep one.",
    ),
    FindingCode.CARD_NUMBER_TAKEN: FindingText(
        "这个门禁卡号已经是本项目另一个人的",
        "This gate card number belongs to somebody else on the project",
        "请核对门禁卡号，每人一个。",
        "Check the number; everybody has their own.",
    ),
    FindingCode.NAME_DISAGREES: FindingText(
        "这个证件号码登记的是另一个姓名",
        "This document number is on record with another name",
        "请按证件原件核对姓名和号码。",
        "Compare name and number with the original.",
    ),
    FindingCode.JUVENILE: FindingText(
        "已满 16、未满 18 周岁，是未成年工（劳动法第五十八条）",
        "A juvenile worker, 16 or 17 years old (Labour Law art. 58)",
        "可以导入；不得安排高处、井下等危险或繁重的活。",
        "Imported; must not be given dangerous or heavy work.",
    ),
    FindingCode.CARD_CHECK_DIGIT: FindingText(
        "银行卡号可能写错了一位",
        "The bank card number may have a wrong digit",
        "可以导入；请按银行卡核对，写错了工资会被退回。",
        "Imported; check it against the card, or the bank will return the wages.",
    ),
    FindingCode.SHARED_BANK_CARD: FindingText(
        "这张银行卡也登记在别人名下",
        "This bank card is also on record for somebody else",
        "可以导入；工资应当发到本人的卡，请核对。",
        "Imported; wages must go to the worker's own card, so check it.",
    ),
    FindingCode.BANK_CARD_CHANGED: FindingText(
        "与已登记的工资卡不同，将改用这一张",
        "Differs from the wage card on record and replaces it",
        "可以导入；换卡请先问过本人，改动会留下记录。",
        "Imported; ask the worker first, the change is recorded.",
    ),
    FindingCode.BANK_CARD_KEPT: FindingText(
        "与已登记的工资卡不同，没有换",
        "Differs from the wage card on record, which was kept",
        "其余内容可以导入；发过工资条以后，只有本人能在安薪码里换卡。",
        "The rest is imported; after a payslip only the worker changes the card, in person.",
    ),
    FindingCode.PHONE_OF_MANY: FindingText(
        "有 {people} 个人用这一个手机号",
        "{people} people share this phone",
        "可以导入；工资条要由本人确认，请换成每个人自己的手机号。",
        "Imported; payslips are answered by each worker, so use everybody's own phone.",
    ),
    FindingCode.PHONE_KEPT: FindingText(
        "与本人已登记的手机号不同，没有更改",
        "Differs from the phone on record, which was kept",
        "其余内容可以导入；换手机号请本人办理。",
        "The rest is imported; only the worker can change it.",
    ),
    FindingCode.LATE_CONTRACT: FindingText(
        "合同在进场之后才开始",
        "The contract begins after the worker entered",
        "可以导入；合同应当在进场前签好，请核对日期。",
        "Imported; contracts must be signed before entering, so check the dates.",
    ),
    FindingCode.BAD_STATEMENT_AMOUNT: FindingText(
        "金额不对",
        "Not an amount",
        "请填元数，最多两位小数，不能是负数；没有发生额可以留空。",
        "Use yuan with at most two decimals, not below 0; leave it blank where nothing moved.",
    ),
    FindingCode.NOT_ONE_WAY: FindingText(
        "收入和支出要有一个，也只能有一个",
        "Exactly one of inflow and outflow must be filled in",
        "请按银行流水核对这一行。",
        "Compare the row with the bank's statement.",
    ),
    FindingCode.ENTRY_DIFFERS: FindingText(
        "这个流水号以前导入过，内容不一样",
        "This reference was imported before and said otherwise",
        "银行的同一笔流水不会变；请重新从银行导出，不要手工改。",
        "A bank never changes a movement; export the statement again and do not edit it.",
    ),
    FindingCode.BALANCE_BREAKS: FindingText(
        "余额和上一笔接不上：这个数不对，或者中间少了流水",
        "The balance does not follow from the movement before: it is wrong, or some are missing",
        "请从银行重新导出，把中间缺的一起导入，不要手工改；以前导入的错了，先在专户页撤回。",
        "Export again with nothing missing and edit nothing; withdraw an earlier import if wrong.",
    ),
}


class Finding(CellFinding[FindingCode]):
    """What a sheet of people, companies or contracts is found to say."""

    __slots__ = ()
    texts = TEXTS
    warnings = WARNINGS


@dataclass(slots=True)
class RowFindings:
    """Everything found in one row so far."""

    number: int
    """As Excel counts, from 1."""
    found: list[Finding] = field(default_factory=list)

    @property
    def is_rejected(self) -> bool:
        """Whether any finding keeps the row out."""
        return any(finding.severity is Severity.ERROR for finding in self.found)

    def report(self, column: str, code: FindingCode, **facts: object) -> None:
        """Remember a finding about a column of this row."""
        self.found.append(Finding(self.number, column, code, facts))

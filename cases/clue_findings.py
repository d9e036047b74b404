"""What can be said about one cell of an imported clue: a closed list, with words."""

from enum import StrEnum

from projects.findings import CellFinding, FindingText


class ClueFindingCode(StrEnum):
    """Closed, because programs sort by it."""

    BAD_PEOPLE = "bad-people"
    PHONE_NEEDED = "phone-needed"
    UNKNOWN_PLACE = "unknown-place"
    OUTSIDE_PROVINCE = "outside-province"


TEXTS: dict[ClueFindingCode, FindingText] = {
    ClueFindingCode.BAD_PEOPLE: FindingText(
        "人数不对",
        "Not a number of people",
        "请填 1 到 {most} 之间的整数；不知道可以留空。",
        "Use a whole number from 1 to {most}, or leave it blank.",
    ),
    ClueFindingCode.PHONE_NEEDED: FindingText(
        "联系电话不对",
        "Not a mobile number",
        "请填 11 位手机号；每办一步都要告诉本人。",
        "Use an 11-digit mobile number: the person is told of every step.",
    ),
    ClueFindingCode.UNKNOWN_PLACE: FindingText(
        "不知道是哪个县（市、区）",
        "The county is not known",
        "请填 6 位县（市、区）行政区划代码，例如西湖区 330106。",
        "Use the 6-digit county code, such as 330106.",
    ),
    ClueFindingCode.OUTSIDE_PROVINCE: FindingText(
        "这个工地不在浙江",
        "The site is in another province",
        "请在全国平台上转给当地，这里没有导入。",
        "Pass it on to that province on the national platform; it was not imported.",
    ),
}


class ClueFinding(CellFinding[ClueFindingCode]):
    """What a list of clues is found to say."""

    __slots__ = ()
    texts = TEXTS
    warnings = frozenset()

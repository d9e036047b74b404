"""Everybody on the demo project: invented names, numbers that check, nobody real."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from core.identifiers import id_check_character, luhn_sum, uscc_check_character

SEED = 330106
WORKER_COUNT = 60
TEAM_SIZE = 20
PROJECT_CODE = "3301062026030001"
MANAGER_PHONE = "19100000901"
INSPECTOR_PHONE = "19100000902"
ADMIN_PHONE = "19100000903"
RELEASER_PHONE = "19100000904"
"""Of the general contractor, who releases what the labour manager draws up."""
SECOND_INSPECTOR_PHONE = "19100000905"
"""Two investigate a case (劳动保障监察条例 §16)."""

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "大山 小川 建国 永强 春生 志远 福来 金水 玉林 长根 德明 国庆 海波 家旺 来顺 美琴 秀兰 桂花"
AREAS = ("330106", "332526", "339005", "340123", "342622", "360121", "411528", "513021", "522422")
"""Where people were first registered; half of these codes have been abolished since."""
PLACES = (
    "安徽省某县某某镇",
    "浙江省某市某某村",
    "江西省某县某某乡",
    "贵州省某县某某村",
    "河南省某县某某镇",
)
NATIONS = ("汉", "汉", "汉", "汉", "苗", "畲", "土家")
BIRTH_YEARS = range(1966, 2006)
FIRST_ENTERED = date(2026, 8, 31)
LATE_ENTERED = date(2026, 10, 12)
SHARED_PHONE = (57, 58)
"""A couple with one phone."""
WITHOUT_PHONE = 52
LEFT_EARLY = 59
CAME_LATE = 60


@dataclass(frozen=True, slots=True)
class Team:
    """One of the three teams."""

    name: str
    trade: str
    company: int
    """Place of the labour subcontractor in `COMPANIES`."""
    day_wage: int
    """Yuan."""


@dataclass(frozen=True, slots=True)
class Company:
    """A company on the project."""

    name: str
    uscc: str
    part: str


@dataclass(frozen=True, slots=True)
class Worker:
    """One of the sixty."""

    number: int
    name: str
    id_number: str
    is_woman: bool
    nation: str
    address: str
    phone: str | None
    bank_card: str
    entered_date: date
    left_date: date | None

    @property
    def team(self) -> Team:
        return TEAMS[(self.number - 1) // TEAM_SIZE]

    @property
    def is_leader(self) -> bool:
        return self.number % TEAM_SIZE == 1

    @property
    def card_number(self) -> str:
        """The PIN the turnstile knows them by."""
        return str(1000 + self.number)

    @property
    def birth_date(self) -> date:
        return date.fromisoformat(self.id_number[6:14])


def _uscc(serial: int) -> str:
    body = f"91330106MAAXM{serial:04d}"
    return body + uscc_check_character(body)


COMPANIES = (
    Company("杭州某某城市建设发展有限公司", _uscc(1), "建设单位"),
    Company("浙江某某建设集团有限公司", _uscc(2), "总承包单位"),
    Company("杭州某某劳务有限公司", _uscc(3), "劳务分包"),
    Company("安徽某某建筑劳务有限公司", _uscc(4), "劳务分包"),
)
TEAMS = (
    Team("钢筋一班", "钢筋工", 2, 380),
    Team("木工二班", "木工", 2, 400),
    Team("泥水三班", "砌筑工", 3, 360),
)


def _make_workers() -> tuple[Worker, ...]:
    dice = random.Random(SEED)  # noqa: S311 - the same people every time
    names = dice.sample([s + g for s in SURNAMES for g in GIVEN.split()], WORKER_COUNT)
    return tuple(_make_worker(dice, number, name) for number, name in enumerate(names, start=1))


def _make_worker(dice: random.Random, number: int, name: str) -> Worker:
    is_woman = name.endswith(("美琴", "秀兰", "桂花"))
    born = date(dice.choice(BIRTH_YEARS), 1, 1) + timedelta(days=dice.randrange(365))
    serial = dice.randrange(100, 900) // 2 * 2 + (0 if is_woman else 1)
    body = f"{dice.choice(AREAS)}{born:%Y%m%d}{serial:03d}"
    entered = FIRST_ENTERED + timedelta(days=dice.randrange(20))
    return Worker(
        number=number,
        name=name,
        id_number=body + id_check_character(body),
        is_woman=is_woman,
        nation=dice.choice(NATIONS),
        address=f"{dice.choice(PLACES)} {number} 号",
        phone=_phone(number),
        bank_card=_bank_card(number),
        entered_date=LATE_ENTERED if number == CAME_LATE else entered,
        left_date=date(2026, 10, 24) if number == LEFT_EARLY else None,
    )


def _phone(number: int) -> str | None:
    if number == WITHOUT_PHONE:
        return None
    owner = SHARED_PHONE[0] if number in SHARED_PHONE else number
    return f"191000000{owner:02d}"


def _bank_card(number: int) -> str:
    body = f"622202{number:012d}"
    return body + str(-luhn_sum(f"{body}0") % 10)


WORKERS = _make_workers()
FIRST_TO_SIGN_IN = WORKERS[1]
"""Of 钢筋一班, whose payslips are published when the demo is loaded."""
CONFIRMS = WORKERS[21]
DISPUTES = WORKERS[22]
"""Both of 木工二班, through which `make demo` walks."""

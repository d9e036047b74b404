"""What `make run` asks before and after loading, at no cost: is it new, and who can sign in."""

from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg.rows import TupleRow

from core.enums import Role
from demo import people


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who is no worker."""

    name: str
    phone: str
    role: Role
    label: str


STAFF = (
    Staff("钱专管", people.MANAGER_PHONE, Role.LABOUR_MANAGER, "劳资专管员"),
    Staff("吴总包", people.RELEASER_PHONE, Role.EMPLOYER_ADMIN, "总包单位管理员"),
    Staff("孙监察", people.INSPECTOR_PHONE, Role.INSPECTOR, "西湖区监察员"),
    Staff("沈监察", people.SECOND_INSPECTOR_PHONE, Role.INSPECTOR, "西湖区监察员"),
    Staff("周管理", people.ADMIN_PHONE, Role.ADMIN, "系统管理员"),
)


def is_empty(database_url: str) -> bool:
    """Tell whether nobody has put a project into the database yet."""
    return _find(database_url, "SELECT FROM project LIMIT 1") is None


def has_demo(database_url: str) -> bool:
    """Tell whether the demo project is in there; somebody's own installation has other people."""
    statement = "SELECT FROM project WHERE code = %s"
    return _find(database_url, statement, people.PROJECT_CODE) is not None


def describe() -> str:
    """Return who can sign in and how."""
    worker = people.FIRST_TO_SIGN_IN
    roles = [
        ("工人", worker.phone or "", f"{worker.name}，{worker.team.name}，有一张待确认的工资条")
    ]
    roles += [(staff.label, staff.phone, staff.name) for staff in STAFF]
    lines = [f"  {label}  {phone}  {note}" for label, phone, note in roles]
    intro = (
        "用手机号登录，验证码显示在本窗口。工人从首页进，专管员和总包单位从 /desk 进，"
        "其他角色用接口（见 docs/tour.md）："
    )
    return "\n".join([intro, *lines])


def _find(database_url: str, statement: LiteralString, *values: str) -> TupleRow | None:
    with psycopg.connect(database_url.replace("+psycopg", "", 1)) as connection:
        return connection.execute(statement, values).fetchone()

"""Projects, the companies on them, their teams, workers and contracts."""

from datetime import date, datetime, time
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from core.enums import ContractKind, PayBasis
from core.places import Datum
from db.base import Record, Sealed, UtcDateTime, enum_type


class Employer(Record, table=True):
    """用人单位, known by its 18-character USCC (GB 32100)."""

    __tablename__ = "employer"

    uscc: str = Field(max_length=18, unique=True)
    name: str = Field(max_length=200)
    area_code: str | None = Field(default=None, max_length=6)


class Project(Record, table=True):
    """工程项目 (national ProjectMaster)."""

    __tablename__ = "project"

    code: str = Field(max_length=32, unique=True)
    name: str = Field(max_length=200)
    category: str = Field(max_length=2)
    status: str = Field(max_length=3)
    county_code: str = Field(max_length=6, index=True)
    """GB/T 2260; decides which bureau is competent."""
    address: str | None = Field(default=None, max_length=200)
    owner_name: str | None = Field(default=None, max_length=200)
    owner_uscc: str | None = Field(default=None, max_length=18)
    licence_number: str | None = Field(default=None, max_length=50)
    start_date: date | None = None
    complete_date: date | None = None
    contract_amount_fen: int | None = Field(default=None, sa_type=sa.BigInteger)
    poster_token: str = Field(max_length=32, unique=True)
    day_starts_at: time = Field(default=time(4))
    """Wall clock at which a work day begins; a night shift belongs to the day it began."""
    full_day_minutes: int = 480
    half_day_minutes: int = 240
    arrears_after_days: int = 15
    faces_at_gates: bool = False
    """Gates that ask are given masked names, trades, teams and photos."""


class ProjectFence(Record, table=True):
    """Where a project's site is: a circle, or a polygon when `radius_m` is NULL."""

    __tablename__ = "project_fence"

    project_id: UUID = Field(foreign_key="project.id", unique=True)
    datum: Datum = Field(sa_type=enum_type(Datum))
    """Of `points`, which are kept as they were entered."""
    points: list[list[float]] = Field(sa_type=JSONB)
    """[latitude, longitude] in degrees: the centre, or the corners in order."""
    radius_m: float | None = None


class ProjectParty(Record, table=True):
    """参建单位: one employer in one part (001–012) on one project."""

    __tablename__ = "project_party"
    __table_args__ = (sa.UniqueConstraint("project_id", "employer_id", "party_type"),)

    project_id: UUID = Field(foreign_key="project.id")
    employer_id: UUID = Field(foreign_key="employer.id", index=True)
    party_type: str = Field(max_length=3)
    entered_date: date | None = None
    left_date: date | None = None
    manager_name: str | None = Field(default=None, max_length=50)
    manager_phone: str | None = Field(default=None, sa_type=Sealed("project_party.manager_phone"))
    wage_bank_name: str | None = Field(default=None, max_length=50)
    wage_account: str | None = Field(default=None, sa_type=Sealed("project_party.wage_account"))
    """农民工工资专用账户, only for the general contractor (条例 §26)."""


class Team(Record, table=True):
    """班组."""

    __tablename__ = "team"
    __table_args__ = (sa.UniqueConstraint("project_id", "name"),)

    project_id: UUID = Field(foreign_key="project.id")
    party_id: UUID = Field(foreign_key="project_party.id")
    name: str = Field(max_length=100)
    leader_name: str | None = Field(default=None, max_length=50)


class ProjectWorker(Record, table=True):
    """项目中工人: one person on one project, from 进场 to 退场."""

    __tablename__ = "project_worker"
    __table_args__ = (
        sa.UniqueConstraint("project_id", "person_id"),
        sa.UniqueConstraint("project_id", "card_number"),
    )

    project_id: UUID = Field(foreign_key="project.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    team_id: UUID = Field(foreign_key="team.id", index=True)
    work_type: str = Field(max_length=4)
    """National 工种, a string with leading zeros."""
    worker_role: str = Field(max_length=2)
    """National 工人类型: `10` management, `20` worker."""
    is_team_leader: bool = False
    card_number: str | None = Field(default=None, max_length=30)
    """门禁卡号: the PIN the turnstile knows this worker by."""
    entered_date: date
    left_date: date | None = None
    bank_card: str | None = Field(default=None, sa_type=Sealed("project_worker.bank_card"))
    bank_card_index: bytes | None = Field(default=None, max_length=32, index=True)
    bank_name: str | None = Field(default=None, max_length=50)
    bank_link_number: str | None = Field(default=None, max_length=30)
    """CNAPS 联行号."""
    card_chosen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When the worker named this card in person; from then on nobody else may change it."""


class Contract(Record, table=True):
    """劳动合同 or 用工书面协议 with its pay terms (条例 §6, §28)."""

    __tablename__ = "contract"
    __table_args__ = (sa.UniqueConstraint("project_id", "project_worker_id", "start_date"),)

    project_id: UUID = Field(foreign_key="project.id")
    project_worker_id: UUID = Field(foreign_key="project_worker.id", index=True)
    kind: ContractKind = Field(sa_type=enum_type(ContractKind))
    code: str | None = Field(default=None, max_length=50)
    period_type: str = Field(max_length=1)
    """National 合同期限类型: `0` fixed term, `1` until a task is done."""
    start_date: date
    end_date: date | None = None
    pay_basis: PayBasis = Field(sa_type=enum_type(PayBasis))
    unit_price_fen: int = Field(sa_type=sa.BigInteger)
    payday: int = 15
    """Day of the month after the worked one on which wages are due; see `core.calendar`."""

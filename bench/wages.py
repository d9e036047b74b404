"""A big project for benches of payroll: ten thousand workers, pay sheets to publish and to pay."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import count
from time import perf_counter
from typing import Any
from uuid import UUID

from alembic import command
from alembic.config import Config
from sqlalchemy import insert, select, text
from sqlmodel import Session, SQLModel, col

from bench.rig import Rig
from bench.sites import ROOT
from core.clock import local_date, now
from core.enums import (
    PayBatchState,
    PayRowState,
    PaySheetState,
    PayslipAnswerState,
    Role,
    SheetState,
)
from core.keyring import Keyring, load_keyring
from core.money import to_yuan
from db.base import new_id
from db.models import (
    AttendanceSheet,
    Employer,
    PayBatch,
    PayBatchRow,
    PaySheet,
    Payslip,
    PayslipAnswer,
    Person,
    Project,
    ProjectParty,
    ProjectWorker,
    Team,
)
from db.session import Database
from evidence.canonical import content_hash
from evidence.receipts import issue_receipt
from identity.principal import Principal
from payroll.bank import record_act
from payroll.bank_order import MAX_ROWS
from payroll.release import record_release

WORKERS = 10_000
NET_FEN = 787_500
CONTENT: dict[str, Any] = {
    "employer_name": "杭州某某劳务有限公司",
    "project_name": "西湖区某安置房工程",
    "team_name": "钢筋一班",
    "month": "2026-10",
    "pay_period": {"from": "2026-10-01", "to": "2026-10-31"},
    "pay_date": "2026-11-13",
    "worker_name": "王小明",
    "id_number": "3301**********1235",
    "contact": "191****0001",
    "work_time": {"days": 23, "units": "22.50", "minutes": 10_800, "unclear_days": 0},
    "items": [
        {
            "name": "计日工资",
            "quantity": "22.50",
            "unit": "工日",
            "unit_price": "350.00",
            "price_per": "工日",
            "amount": "7875.00",
        }
    ],
    "gross": "7875.00",
    "deductions": [],
    "net": "7875.00",
    "payment_means": {
        "kind": "银行代发",
        "bank_name": "中国建设银行杭州西湖支行",
        "account": "**** **** **** 0001",
    },
    "rounding": "每一行四舍五入到分",
    "note": None,
}


@dataclass(frozen=True)
class SentBatch:
    """A bank file that was sent, and the bank's answer to it."""

    sheet_id: UUID
    reference: str
    answer: bytes


class Payroll:
    """A migrated installation with one big team."""

    def __init__(self, rig: Rig) -> None:
        config = Config(ROOT / "alembic.ini")
        config.set_main_option("sqlalchemy.url", rig.database_url)
        command.upgrade(config, "head")
        self.keys_file = rig.directory / "keys.json"
        self.keyring: Keyring = load_keyring(self.keys_file)
        self.database = Database(rig.database_url, self.keyring.fields)
        self._receipt = issue_receipt(self.keyring, {"content_hash": _hash()})
        """One for all answers: nobody reads them here."""
        self._months = _count_months()
        with self.database.transaction() as session:
            self._write_site(session)
        self.analyze()

    def analyze(self) -> None:
        """Let PostgreSQL know its tables, as autovacuum would have."""
        with self.database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))

    def add_sheet(self, state: PaySheetState, answer: PayslipAnswerState) -> UUID:
        """Write a pay sheet of another month with a payslip for everybody; return its id."""
        month = next(self._months)
        attendance = AttendanceSheet(
            project_id=self.project_id,
            team_id=self.team_id,
            month=month,
            state=SheetState.LOCKED,
            lines=[],
        )
        sheet = PaySheet(
            project_id=self.project_id,
            team_id=self.team_id,
            attendance_sheet_id=attendance.id,
            month=month,
            state=state,
            published_at=None if state is PaySheetState.DRAFT else now(),
        )
        payslips = [self._make_payslip(sheet, place, answer) for place in self.places]
        with self.database.transaction() as session:
            for rows in ([attendance], [sheet], payslips):
                write(session, rows)
            if answer is PayslipAnswerState.CONFIRMED:
                write(session, [self._make_answer(payslip) for payslip in payslips])
        return sheet.id

    def send_sheet(self) -> list[SentBatch]:
        """Write a sheet whose payslips are all in bank files that were sent."""
        sheet_id = self.add_sheet(PaySheetState.INSTRUCTED, PayslipAnswerState.CONFIRMED)
        with self.database.transaction() as session:
            payslips = session.scalars(
                select(col(Payslip.id)).where(col(Payslip.pay_sheet_id) == sheet_id)
            ).all()
            return [
                self._send(session, sheet_id, payslips[start : start + MAX_ROWS])
                for start in range(0, len(payslips), MAX_ROWS)
            ]

    def seconds(self, act: Callable[[Session], object]) -> float:
        """Return how long an act in a transaction of its own takes, its commit included."""
        started = perf_counter()
        with self.database.transaction() as session:
            act(session)
        return perf_counter() - started

    def _write_site(self, session: Session) -> None:
        employer = Employer(uscc="91330106BNCHPAY001", name="某劳务公司")
        project = Project(
            code="BENCHPAY",
            name="大工地",
            category="01",
            status="003",
            county_code="330106",
            poster_token="benchpay",  # noqa: S106
        )
        party = ProjectParty(project_id=project.id, employer_id=employer.id, party_type="009")
        team = Team(project_id=project.id, party_id=party.id, name="钢筋一班")
        people = [_make_person(number) for number in range(WORKERS)]
        places = [_make_place(team, person, number) for number, person in enumerate(people)]
        staff = [Person(name="赵主管"), Person(name="钱副管")]
        for rows in ([employer], [project], [party], [team], [*people, *staff], places):
            write(session, rows)
        self.project_id, self.team_id, self.places = project.id, team.id, places
        self.manager, self.releaser = (
            Principal(
                person_id=person.id,
                role=Role.LABOUR_MANAGER,
                sign_in_family_id=new_id(),
                project_id=project.id,
                employer_id=None,
                county_code=None,
            )
            for person in staff
        )

    def _make_payslip(
        self, sheet: PaySheet, place: ProjectWorker, answer: PayslipAnswerState
    ) -> Payslip:
        return Payslip(
            project_id=sheet.project_id,
            pay_sheet_id=sheet.id,
            project_worker_id=place.id,
            person_id=place.person_id,
            month=sheet.month,
            due_date=local_date(now()) + timedelta(days=10),
            gross_fen=NET_FEN,
            deductions_fen=0,
            net_fen=NET_FEN,
            content=CONTENT,
            content_hash=_hash(),
            answer_state=answer,
        )

    def _make_answer(self, payslip: Payslip) -> PayslipAnswer:
        return PayslipAnswer(
            project_id=payslip.project_id,
            payslip_id=payslip.id,
            person_id=payslip.person_id,
            sign_in_family_id=new_id(),
            state=payslip.answer_state,
            content_hash=payslip.content_hash,
            receipt=self._receipt,
        )

    def _send(self, session: Session, sheet_id: UUID, payslip_ids: Sequence[UUID]) -> SentBatch:
        reference = f"AX{new_id().hex[-24:].upper()}"
        batch = PayBatch(
            project_id=self.project_id,
            pay_sheet_id=sheet_id,
            reference=reference,
            row_count=len(payslip_ids),
            total_fen=NET_FEN * len(payslip_ids),
            file="",
            file_hash="0" * 64,
            lines_hash=new_id().hex * 2,
            created_by=self.manager.person_id,
            state=PayBatchState.RELEASED,
            decided_at=now(),
            decided_by=self.releaser.person_id,
        )
        rows = [
            PayBatchRow(
                project_id=self.project_id,
                batch_id=batch.id,
                payslip_id=payslip_id,
                row_number=number,
                account=_card(number),
                amount_fen=NET_FEN,
                state=PayRowState.SUBMITTED,
            )
            for number, payslip_id in enumerate(payslip_ids, start=1)
        ]
        write(session, [batch])
        write(session, rows)
        record_act(session, self.manager, "payroll.pay-batch-created", batch)
        record_release(session, self.releaser, batch, at=now())
        return SentBatch(sheet_id, reference, _answer(reference, rows))


def write(session: Session, rows: Sequence[SQLModel]) -> None:
    """Insert rows of one table."""
    session.execute(insert(type(rows[0])), [row.model_dump() for row in rows])


def _answer(reference: str, rows: Sequence[PayBatchRow]) -> bytes:
    """Return what a bank says that has paid them all."""
    total = to_yuan(sum(row.amount_fen for row in rows))
    today = local_date(now())
    lines = [
        f"批次号,{reference},总笔数,{len(rows)},总金额,{total}",
        "序号,账号,金额,状态,原因,日期",
    ]
    lines += [
        f"{row.row_number},{row.account},{to_yuan(row.amount_fen)},成功,,{today}" for row in rows
    ]
    return "\n".join(lines).encode()


def _make_person(number: int) -> Person:
    return Person(name=f"工人{number}", phone=f"+86191{number:08d}")


def _make_place(team: Team, person: Person, number: int) -> ProjectWorker:
    return ProjectWorker(
        project_id=team.project_id,
        person_id=person.id,
        team_id=team.id,
        work_type="020",
        worker_role="20",
        entered_date=date(2000, 1, 1),
        bank_card=_card(number),
        bank_name="中国建设银行杭州西湖支行",
    )


def _card(number: int) -> str:
    """Return a card of one worker's own; all of them end as `CONTENT` shows."""
    return f"6217000000{number:05d}0001"


def _count_months() -> Iterator[str]:
    for number in count():
        yield f"{2000 + number // 12:04d}-{number % 12 + 1:02d}"


@cache
def _hash() -> str:
    return content_hash(CONTENT)

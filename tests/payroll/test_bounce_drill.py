"""A drill: the bank bounces 13 of 100 lines; it ends with everybody paid or told why not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from redis import Redis
from sqlmodel import Session, col, select

from core.enums import PayRowState, PaySheetState
from core.keyring import Keyring
from core.money import to_yuan
from db.models import Notification, PayBatch, PayBatchRow, PaySheet, Payslip, Person, ProjectWorker
from payroll import own_card
from payroll.bank import CreatedBatch
from payroll.bank_results import ImportedResult, import_bank_result
from payroll.errors import (
    ResultContradictsError,
    ResultRowNeverSentError,
    ResultWrongBatchError,
    ResultWrongTotalError,
)
from payroll.own_card import NewCard
from tests.factories.identity import make_principal
from tests.factories.payroll import (
    AT,
    Site,
    confirm_all,
    make_result,
    make_site,
    send_to_bank,
    tell_results,
)
from tests.payroll.test_own_card import make_card_number
from tests.payroll.test_release import texted

WORKERS, BOUNCED, LATE = 100, 13, 20
SOME = 10
REASONS = ("户名不符", "账户冻结", "账号不存在", "系统繁忙")
"""Three that only the worker can put right, and one that says nothing."""
NEXT_WEEK = AT + timedelta(days=7)

Line = tuple[int, str, str, str, str]


@dataclass
class Drill:
    """A site whose file is with the bank."""

    session: Session
    site: Site
    sheet: PaySheet
    first: CreatedBatch

    def lines(self, batch: PayBatch, *, bounced: int) -> list[Line]:
        """Return the bank's answer to a batch, the first rows sent back."""
        query = select(PayBatchRow).where(PayBatchRow.batch_id == batch.id)
        rows = sorted(self.session.exec(query), key=lambda row: row.row_number)
        return [
            (
                row.row_number,
                row.account,
                to_yuan(row.amount_fen),
                "失败" if place < bounced else "成功",
                REASONS[place % len(REASONS)] if place < bounced else "",
            )
            for place, row in enumerate(rows)
        ]

    def answer(self, batch: PayBatch, content: bytes, at: datetime = AT) -> ImportedResult:
        """Take over a result file."""
        imported = import_bank_result(
            self.session,
            principal=self.site.manager,
            project_id=self.site.project.id,
            sheet_id=batch.pay_sheet_id,
            reference=batch.reference,
            content=content,
            at=at,
        )
        self.session.flush()
        tell_results(self.session)
        return imported

    def states(self) -> dict[PayRowState, int]:
        """Return how many lines of all files stand how."""
        self.session.flush()
        query = select(PayBatchRow).where(PayBatchRow.project_id == self.site.project.id)
        rows = self.session.exec(query).all()
        return {state: sum(row.state is state for row in rows) for state in PayRowState}

    def told(self, template: str) -> set[object]:
        """Return whom a message of a kind went to."""
        query = select(Notification.person_id).where(Notification.template == template)
        return set(self.session.exec(query))


def make_drill(session: Session, keyring: Keyring, *, workers: int) -> Drill:
    site = make_site(session, worker_count=workers)
    sheet_id = confirm_all(session, keyring, site)[0].pay_sheet_id
    first = send_to_bank(session, site, sheet_id)
    return Drill(session, site, session.get_one(PaySheet, sheet_id), first)


@pytest.fixture
def drill(session: Session, keyring: Keyring) -> Drill:
    """A small one, where the number of lines plays no part."""
    return make_drill(session, keyring, workers=SOME)


def rejected_workers(drill: Drill) -> list[ProjectWorker]:
    query = (
        select(ProjectWorker)
        .join(Payslip, col(Payslip.project_worker_id) == col(ProjectWorker.id))
        .join(PayBatchRow, col(PayBatchRow.payslip_id) == col(Payslip.id))
        .where(PayBatchRow.state == PayRowState.REJECTED)
        .order_by(col(PayBatchRow.row_number))
    )
    return list(drill.session.exec(query))


def change_card(session: Session, redis: Redis, worker: ProjectWorker, number: str) -> None:
    """Let the worker name another card, by a code on their own phone."""
    principal, project_id = make_principal(worker.person_id), worker.project_id
    own_card.request_card_code(
        session, redis, principal=principal, project_id=project_id, bank_card=number
    )
    session.flush()
    name = session.get_one(Person, worker.person_id).name
    own_card.change_bank_card(
        session,
        redis,
        principal=principal,
        project_id=project_id,
        card=NewCard(number, name, "中国银行杭州分行", None),
        code=texted(session, principal),
        at=AT,
    )


def test_everybody_is_paid_or_told(session: Session, redis: Redis, keyring: Keyring) -> None:
    drill = make_drill(session, keyring, workers=WORKERS)
    first = drill.first.batch
    lines = drill.lines(first, bounced=BOUNCED)
    reference = first.reference

    drill.answer(first, make_result(reference, lines[:-LATE]))
    assert drill.states()[PayRowState.SUBMITTED] == LATE
    late = drill.answer(first, make_result(reference, lines), NEXT_WEEK)
    assert (late.changed_count, late.count(PayRowState.REJECTED)) == (LATE, BOUNCED)
    assert drill.sheet.state is PaySheetState.INSTRUCTED

    for number, worker in enumerate(rejected_workers(drill)):
        change_card(session, redis, worker, make_card_number(500 + number))
    second = send_to_bank(session, drill.site, drill.sheet.id).batch
    assert second.row_count == BOUNCED
    drill.answer(second, make_result(second.reference, drill.lines(second, bounced=1)), NEXT_WEEK)

    paid, told = drill.told("wage_paid"), drill.told("wage_rejected")
    assert len(paid) == WORKERS - 1
    assert len(told) == BOUNCED
    assert paid | told == {worker.person_id for worker in drill.site.workers}
    assert drill.sheet.state is PaySheetState.INSTRUCTED  # one is still owed
    states = drill.states()
    assert states[PayRowState.ACKNOWLEDGED] == WORKERS - 1
    assert states[PayRowState.REJECTED] == BOUNCED + 1


def test_a_wrong_file_changes_nothing(session: Session, drill: Drill) -> None:
    first = drill.first.batch
    lines = drill.lines(first, bounced=2)
    good = make_result(first.reference, lines)
    other = f"AX20261103{'0' * 12}"
    never_sent = [*lines, (SOME + 1, "6217000000009999", "7875.00", "成功", "")]
    wrong_total = good.replace(b"78750.00", b"78750.01")
    assert wrong_total != good

    for content, refusal in (
        (wrong_total, ResultWrongTotalError),
        (make_result(other, lines), ResultWrongBatchError),
        (make_result(first.reference, never_sent), ResultRowNeverSentError),
    ):
        with pytest.raises(refusal):
            drill.answer(first, content)

    assert drill.states()[PayRowState.SUBMITTED] == SOME
    assert (drill.told("wage_paid"), drill.told("wage_rejected")) == (set(), set())


def test_the_bank_cannot_take_back_what_it_acknowledged(session: Session, drill: Drill) -> None:
    first = drill.first.batch
    drill.answer(first, make_result(first.reference, drill.lines(first, bounced=2)))

    with pytest.raises(ResultContradictsError):
        drill.answer(first, make_result(first.reference, drill.lines(first, bounced=3)))

    assert drill.states()[PayRowState.REJECTED] == 2

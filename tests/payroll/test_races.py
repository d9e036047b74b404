"""What two people at once cannot do to wages: real threads, committed rows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import TypeVar
from uuid import UUID

from sqlmodel import Session, select

from core.enums import PayRowState, PayslipAnswerState
from core.errors import DomainError
from core.keyring import Keyring
from core.pay_enums import PayEntryKind
from db.models import Notification, PayBatchRow, Payslip, PayslipAnswer
from db.session import Database
from payroll import bank_results, service
from payroll.bank_errors import LinesInBatchError
from payroll.errors import (
    NothingToPayError,
    PayslipAtBankError,
    PayslipChangedError,
)
from payroll.pay_rules import price_item
from tests.factories.pay_terms import make_advance, make_entry
from tests.factories.payroll import (
    AT,
    HALF_DAY_MORE,
    MONTH,
    Site,
    card_of,
    confirm,
    confirm_all,
    current_payslips,
    draw_up,
    make_attendance,
    make_result,
    make_site,
    publish,
    send_to_bank,
    tell_results,
)
from tests.factories.projects import make_team

ROUNDS = 8
Act = Callable[[Session], object]
Row = TypeVar("Row", PayslipAnswer, PayBatchRow)


@dataclass(frozen=True)
class Committed:
    """A site whose rows other connections see."""

    site: Site
    sheet_id: UUID
    payslip: Payslip


def commit(database: Database, prepare: Callable[[Session, Site], list[Payslip]]) -> Committed:
    with database.transaction() as session:
        session.expire_on_commit = False
        site = make_site(session, worker_count=1)
        payslip = prepare(session, site)[0]
        session.flush()
        return Committed(site, payslip.pay_sheet_id, payslip)


def at_once(database: Database, *acts: Act) -> list[type[DomainError] | None]:
    """Run each act in a transaction of its own at the same moment; return who was refused."""
    start = Barrier(len(acts))

    def run(act: Act) -> type[DomainError] | None:
        try:
            with database.transaction() as session:
                start.wait()
                act(session)
        except DomainError as refusal:
            return type(refusal)
        return None

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def adjust(made: Committed) -> Act:
    return lambda session: service.adjust_payslip(
        session,
        principal=made.site.manager,
        project_id=made.site.project.id,
        payslip_id=made.payslip.id,
        items=HALF_DAY_MORE,
        note="改了",
        at=AT,
    )


def adjust_to_nothing(made: Committed) -> Act:
    nothing = price_item("计日工资", quantity=0, unit="工日", unit_price_fen=35_000)
    return lambda session: service.adjust_payslip(
        session,
        principal=made.site.manager,
        project_id=made.site.project.id,
        payslip_id=made.payslip.id,
        items=(nothing,),
        note="改成零",
        at=AT,
    )


def draw_up_team(site: Site, team_id: UUID) -> Act:
    return lambda session: service.create_pay_sheet(
        session, project_id=site.project.id, team_id=team_id, month=MONTH, at=AT
    )


def agree(made: Committed, keyring: Keyring) -> Act:
    return lambda session: confirm(session, keyring, made.payslip)


def draw_up_for(site: Site) -> Act:
    return lambda session: draw_up(session, site)


def send(made: Committed) -> Act:
    return lambda session: send_to_bank(session, made.site, made.sheet_id)


def import_paid(made: Committed, reference: str, changed: list[int]) -> Act:
    content = make_result(reference, [(1, card_of(0), "7875.00", "成功", "")])

    def act(session: Session) -> None:
        imported = bank_results.import_bank_result(
            session,
            principal=made.site.manager,
            project_id=made.site.project.id,
            sheet_id=made.sheet_id,
            reference=reference,
            content=content,
            at=AT,
        )
        changed.append(imported.changed_count)

    return act


def rows_of(database: Database, table: type[Row], made: Committed) -> list[Row]:
    with database.transaction() as session:
        session.expire_on_commit = False
        return list(session.exec(select(table).where(table.payslip_id == made.payslip.id)))


def current_state(database: Database, made: Committed) -> tuple[int, PayslipAnswerState]:
    with database.transaction() as session:
        [payslip] = current_payslips(session, made.sheet_id)
        return payslip.version, payslip.answer_state


def count_paid_notices(database: Database, made: Committed) -> int:
    with database.transaction() as session:
        statement = select(Notification).where(
            Notification.template == "wage_paid", Notification.person_id == made.payslip.person_id
        )
        return len(session.exec(statement).all())


def test_two_confirmations_at_once_are_one_answer(
    live_database: Database, keyring: Keyring
) -> None:
    for _ in range(ROUNDS):
        made = commit(live_database, publish)

        refused = at_once(live_database, *[agree(made, keyring)] * 2)

        assert refused == [None, None]
        assert len(rows_of(live_database, PayslipAnswer, made)) == 1


def test_confirmation_never_lands_on_what_was_not_shown(
    live_database: Database, keyring: Keyring
) -> None:
    for _ in range(ROUNDS):
        made = commit(live_database, publish)

        confirmed, adjusted = at_once(
            live_database,
            agree(made, keyring),
            adjust(made),
        )

        assert (confirmed, adjusted) in {(None, None), (PayslipChangedError, None)}
        assert current_state(live_database, made) == (2, PayslipAnswerState.AWAITING)
        assert len(rows_of(live_database, PayslipAnswer, made)) == (confirmed is None)


def test_two_batches_at_once_pay_a_payslip_once(live_database: Database, keyring: Keyring) -> None:
    for _ in range(ROUNDS):
        made = commit(live_database, lambda session, site: confirm_all(session, keyring, site))

        refused = at_once(live_database, send(made), send(made))

        assert sorted(refused, key=str) == [LinesInBatchError, None]
        assert len(rows_of(live_database, PayBatchRow, made)) == 1


def test_a_line_is_either_sent_or_changed(live_database: Database, keyring: Keyring) -> None:
    for _ in range(ROUNDS):
        made = commit(live_database, lambda session, site: confirm_all(session, keyring, site))

        outcome = tuple(at_once(live_database, send(made), adjust(made)))

        assert outcome in {(None, PayslipAtBankError), (NothingToPayError, None)}


def test_result_imported_twice_at_once_counts_once(
    live_database: Database, keyring: Keyring
) -> None:
    for _ in range(ROUNDS):
        made = commit(live_database, lambda session, site: confirm_all(session, keyring, site))
        with live_database.transaction() as session:
            reference = send_to_bank(session, made.site, made.sheet_id).batch.reference

        changed: list[int] = []
        at_once(live_database, *[import_paid(made, reference, changed)] * 2)

        [row] = rows_of(live_database, PayBatchRow, made)
        assert (sorted(changed), row.state) == ([0, 1], PayRowState.ACKNOWLEDGED)
        assert at_once(live_database, tell_results, tell_results) == [None, None]
        assert count_paid_notices(live_database, made) == 1


def test_two_sheets_at_once_take_an_advance_off_once(live_database: Database) -> None:
    for _ in range(ROUNDS):
        with live_database.transaction() as session:
            session.expire_on_commit = False
            site = make_site(session, worker_count=1)
            make_advance(session, site.workers[0])
            make_entry(session, site.workers[0], PayEntryKind.SUPPLEMENT, amount_fen=10_000)
            other = make_team(session, site.project, name="木工二班")
            make_attendance(session, other, site.workers)

        refused = at_once(live_database, draw_up_for(site), draw_up_team(site, other.id))

        assert refused == [None, None]
        with live_database.transaction() as session:
            lines = select(Payslip).where(Payslip.project_id == site.project.id)
            slips = session.exec(lines).all()
            assert sum(slip.gross_fen for slip in slips) == 2 * 787_500 + 10_000
            assert sum(slip.deductions_fen for slip in slips) == 50_000


def test_worker_never_loses_by_a_change_that_crosses_the_confirmation(
    live_database: Database, keyring: Keyring
) -> None:
    for _ in range(ROUNDS):
        made = commit(live_database, publish)

        at_once(live_database, agree(made, keyring), adjust_to_nothing(made))

        with live_database.transaction() as session:
            [payslip] = current_payslips(session, made.sheet_id)
            assert (payslip.net_fen, payslip.promised_fen) == (0, 787_500)


def test_drawing_up_twice_at_once_makes_one_sheet(live_database: Database) -> None:
    for _ in range(ROUNDS):
        with live_database.transaction() as session:
            session.expire_on_commit = False
            site = make_site(session, worker_count=1)

        refused = at_once(live_database, *[draw_up_for(site)] * 2)

        assert refused == [None, None]
        with live_database.transaction() as session:
            lines = select(Payslip).where(Payslip.project_id == site.project.id)
            assert len(session.exec(lines).all()) == 1

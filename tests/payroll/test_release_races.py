"""What two people at once cannot do to a bank file: real threads, committed rows."""

from datetime import datetime
from uuid import UUID

from redis import Redis
from sqlmodel import Session, select

from core.enums import PayBatchState, PayRowState
from core.keyring import Keyring
from db.models import PayBatch, PayBatchRow, ProjectWorker
from db.session import Database
from identity.errors import StepUpCodeWrongError
from identity.principal import Principal
from payroll import own_card, release
from payroll.bank_errors import BatchCardChangedError, BatchDecidedError
from payroll.own_card import ChangedCard, NewCard
from tests.factories.payroll import AT, confirm_all, draw_up_batch, make_second_manager
from tests.payroll.test_own_card import make_card_number
from tests.payroll.test_races import ROUNDS, Act, Committed, at_once, commit
from tests.payroll.test_release import ask, texted


def prepare(database: Database, keyring: Keyring) -> Committed:
    return commit(database, lambda session, site: confirm_all(session, keyring, site))


def draft(database: Database, valkey: Redis, made: Committed) -> tuple[PayBatch, Principal, str]:
    """Commit a drafted batch; return it with its second person and their code."""
    with database.transaction() as session:
        session.expire_on_commit = False
        batch = draw_up_batch(session, made.site, made.sheet_id).batch
        second = make_second_manager(session, made.site)
        session.flush()
        return batch, second, ask(session, valkey, second, batch)


def let_out(valkey: Redis, made: Committed, batch: PayBatch, who: Principal, code: str) -> Act:
    return lambda session: release.release_pay_batch(
        session,
        valkey,
        principal=who,
        project_id=made.site.project.id,
        sheet_id=made.sheet_id,
        reference=batch.reference,
        code=code,
        at=AT,
    )


def withdraw(made: Committed, batch: PayBatch, *, at: datetime = AT) -> Act:
    return lambda session: release.withdraw_pay_batch(
        session,
        principal=made.site.manager,
        project_id=made.site.project.id,
        sheet_id=made.sheet_id,
        reference=batch.reference,
        reason="漏了一个人",
        at=at,
    )


def change_card(valkey: Redis, made: Committed, number: str, code: str) -> Act:
    return lambda session: own_card.change_bank_card(
        session,
        valkey,
        principal=made.site.worker,
        project_id=made.site.project.id,
        card=NewCard(number, "王小明", "中国银行", None),
        code=code,
        at=AT,
    )


def ask_for_card(database: Database, valkey: Redis, made: Committed, number: str) -> str:
    with database.transaction() as session:
        own_card.request_card_code(
            session,
            valkey,
            principal=made.site.worker,
            project_id=made.site.project.id,
            bank_card=number,
        )
        session.flush()
        return texted(session, made.site.worker)


def ended(database: Database, batch_id: UUID) -> tuple[PayBatchState, set[PayRowState]]:
    with database.transaction() as session:
        rows = session.exec(select(PayBatchRow).where(PayBatchRow.batch_id == batch_id))
        return session.get_one(PayBatch, batch_id).state, {row.state for row in rows}


def test_file_is_either_released_or_withdrawn(
    live_database: Database, redis: Redis, keyring: Keyring
) -> None:
    for _ in range(ROUNDS):
        made = prepare(live_database, keyring)
        batch, second, code = draft(live_database, redis, made)

        refused = at_once(
            live_database, let_out(redis, made, batch, second, code), withdraw(made, batch)
        )

        assert sorted(refused, key=str) == [BatchDecidedError, None]
        assert ended(live_database, batch.id) == (
            (PayBatchState.RELEASED, {PayRowState.SUBMITTED})
            if refused[0] is None
            else (PayBatchState.WITHDRAWN, {PayRowState.WITHDRAWN})
        )


def test_two_releases_at_once_are_one(
    live_database: Database, redis: Redis, keyring: Keyring
) -> None:
    for _ in range(ROUNDS):
        made = prepare(live_database, keyring)
        batch, second, code = draft(live_database, redis, made)

        refused = at_once(live_database, *[let_out(redis, made, batch, second, code)] * 2)

        assert refused.count(None) == 1
        assert set(refused) <= {None, BatchDecidedError, StepUpCodeWrongError}


def test_file_is_never_released_to_a_card_that_was_changed_before(
    live_database: Database, redis: Redis, keyring: Keyring
) -> None:
    for number in (make_card_number(each) for each in range(ROUNDS)):
        made = prepare(live_database, keyring)
        batch, second, code = draft(live_database, redis, made)
        card_code = ask_for_card(live_database, redis, made, number)

        released, changed = at_once(
            live_database,
            let_out(redis, made, batch, second, code),
            change_card(redis, made, number, card_code),
        )

        assert changed is None
        assert released in {None, BatchCardChangedError}


def test_drawn_up_file_names_the_card_of_before_or_after_and_the_worker_is_told_which(
    live_database: Database, redis: Redis, keyring: Keyring
) -> None:
    for number in (make_card_number(100 + each) for each in range(ROUNDS)):
        made = prepare(live_database, keyring)
        card_code = ask_for_card(live_database, redis, made, number)
        told: list[bool] = []

        refused = at_once(
            live_database,
            draw_up_for(made),
            note_answer(change_card(redis, made, number, card_code), told),
        )

        assert refused == [None, None]
        with live_database.transaction() as session:
            query = select(PayBatchRow).where(PayBatchRow.payslip_id == made.payslip.id)
            row = session.exec(query).one()
            card = session.get_one(ProjectWorker, made.site.workers[0].id).bank_card
            assert (card, told) == (number, [row.account != number])


def draw_up_for(made: Committed) -> Act:
    return lambda session: draw_up_batch(session, made.site, made.sheet_id)


def note_answer(act: Act, told: list[bool]) -> Act:
    def noted(session: Session) -> None:
        changed = act(session)
        assert isinstance(changed, ChangedCard)
        told.append(changed.is_old_card_in_use)

    return noted

"""What two at once cannot do to an answer at a kiosk: real threads, committed rows."""

from uuid import UUID

from redis import Redis
from sqlmodel import select

from core.enums import PayslipAnswerState
from core.keyring import Keyring
from db.models import PayslipAnswer, WitnessStatement
from db.session import Database
from identity.principal import Principal
from payroll.assisted import ShownCode
from payroll.assisted_errors import AlreadyWitnessedError
from payroll.errors import PayslipChangedError
from tests.factories.assisted import (
    ask_for_witness,
    make_witness,
    sign_in_at_kiosk,
    stand_beside,
)
from tests.factories.payroll import confirm, publish
from tests.payroll.test_races import (
    ROUNDS,
    Act,
    Committed,
    adjust,
    at_once,
    commit,
    current_state,
    rows_of,
)


def show_code(database: Database, made: Committed) -> tuple[Principal, ShownCode]:
    with database.transaction() as session:
        session.expire_on_commit = False
        worker = sign_in_at_kiosk(session, made.site)
        return worker, ask_for_witness(session, worker, made.payslip)


def find_witness(database: Database, made: Committed) -> Principal:
    with database.transaction() as session:
        return make_witness(session, made.site)


def state(redis: Redis, witness: Principal, shown: ShownCode) -> Act:
    return lambda session: stand_beside(session, redis, witness, shown)


def confirm_at(made: Committed, keyring: Keyring, worker: Principal) -> Act:
    return lambda session: confirm(session, keyring, made.payslip, worker)


def test_a_witnessed_answer_never_lands_on_what_was_not_shown(
    live_database: Database, redis: Redis, keyring: Keyring
) -> None:
    for _ in range(ROUNDS):
        made = commit(live_database, publish)
        worker, shown = show_code(live_database, made)
        with live_database.transaction() as session:
            stand_beside(session, redis, make_witness(session, made.site), shown)

        confirmed, adjusted = at_once(
            live_database, confirm_at(made, keyring, worker), adjust(made)
        )

        assert (confirmed, adjusted) in {(None, None), (PayslipChangedError, None)}
        assert current_state(live_database, made) == (2, PayslipAnswerState.AWAITING)


def test_two_witnesses_and_two_taps_at_once_are_one_of_each(
    live_database: Database, redis: Redis, keyring: Keyring
) -> None:
    for _ in range(ROUNDS):
        made = commit(live_database, publish)
        worker, shown = show_code(live_database, made)
        witnesses = [find_witness(live_database, made) for _ in range(2)]

        stated = at_once(live_database, *(state(redis, each, shown) for each in witnesses))
        confirmed = at_once(live_database, *[confirm_at(made, keyring, worker)] * 2)

        assert sorted(stated, key=str) == [AlreadyWitnessedError, None]
        assert confirmed == [None, None]
        [answer] = rows_of(live_database, PayslipAnswer, made)
        assert answer.statement_id in list_statements(live_database)


def list_statements(database: Database) -> set[UUID]:
    with database.transaction() as session:
        return set(session.exec(select(WitnessStatement.id)))

"""Past the day of an agreement somebody asks; the complainant's own word leads on."""

from datetime import datetime, time

import pytest
from sqlmodel import Session, col, select

from cases import agreement_days
from cases.document_errors import AgreementNotDueError
from cases.errors import MoneyMissingError
from cases.letters import format_day
from cases.service import get_my_complaint
from cases.step import Form
from core.case_enums import CaseAction, CaseState, Conclusion, Received
from core.clock import SHANGHAI
from core.keyring import Keyring
from db.models import Notification, Person
from identity.principal import Principal
from notifications.templates import Template
from tests.cases.desk_work import accept, act, sign, stored, told
from tests.factories.cases import make_complaint, make_form
from tests.factories.identity import make_principal

AGREED_BY = make_form(CaseAction.PROPOSE_AGREEMENT).due_date
assert AGREED_BY is not None
LAST_DAY = datetime.combine(AGREED_BY, time(9), SHANGHAI)
NEXT_DAY = LAST_DAY.replace(day=AGREED_BY.day + 1)
"""A Monday and a Tuesday."""
NOT_PAID = Form(received=Received.NOTHING)


@pytest.fixture
def number(
    session: Session, keyring: Keyring, worker: Person, first: Principal, second: Principal
) -> str:
    """A case with an agreement that the complainant signed."""
    filed = make_complaint(session, person_id=worker.id)
    accept(session, filed.number, first, second)
    act(session, first, filed.number, CaseAction.PROPOSE_AGREEMENT)
    sign(session, keyring, worker, filed.number)
    return filed.number


def ask(session: Session, at: datetime) -> None:
    after = agreement_days.ask_chunk(session, after=None, at=at)
    assert agreement_days.ask_chunk(session, after=after, at=at) is None


def heard(session: Session) -> list[tuple[str, str]]:
    statement = (
        select(Notification.template, Person.name)
        .join(Person, col(Person.id) == Notification.person_id)
        .where(
            col(Notification.template).in_(
                [
                    Template.CASE_AGREEMENT_DUE,
                    Template.AGREEMENT_DUE,
                    Template.PAID_SAID,
                    Template.REOPENED_SAID,
                ]
            )
        )
    )
    return sorted(session.exec(statement))


def test_the_day_after_the_complainant_is_asked_and_handlers_are_told_once(
    session: Session, number: str, worker: Person
) -> None:
    ask(session, LAST_DAY)
    early = heard(session)

    for _ in range(2):
        ask(session, NEXT_DAY)

    assert early == []
    assert heard(session) == [
        (Template.AGREEMENT_DUE, "周监察"),
        (Template.AGREEMENT_DUE, "李监察"),
        (Template.CASE_AGREEMENT_DUE, worker.name),
    ]


def test_who_said_that_the_money_came_is_not_asked(
    session: Session, number: str, worker: Person
) -> None:
    act(session, make_principal(worker.id), number, CaseAction.CONFIRM_PAID, at=LAST_DAY)

    ask(session, NEXT_DAY)

    assert stored(session, number).state is CaseState.AGREED
    assert [template for template, _ in heard(session)] == [Template.PAID_SAID] * 2


def test_money_that_did_not_come_opens_the_case_again(
    session: Session, number: str, worker: Person
) -> None:
    act(session, make_principal(worker.id), number, CaseAction.REOPEN, NOT_PAID, at=NEXT_DAY)

    assert stored(session, number).state is CaseState.ACCEPTED
    assert told(session)[-1] == Template.CASE_REOPENED
    assert heard(session) == [
        (Template.REOPENED_SAID, "周监察"),
        (Template.REOPENED_SAID, "李监察"),
    ]


@pytest.mark.parametrize("received", [Received.NOTHING, Received.PARTLY])
def test_missing_money_is_not_taken_for_money_that_came(
    session: Session, number: str, worker: Person, received: Received
) -> None:
    form = Form(received=received)

    with pytest.raises(MoneyMissingError):
        act(session, make_principal(worker.id), number, CaseAction.CONFIRM_PAID, form, at=NEXT_DAY)


def test_missing_money_can_be_said_once_the_day_is_over_and_not_before(
    session: Session, number: str, worker: Person
) -> None:
    early, late = (
        get_my_complaint(session, number=number, person_id=worker.id, at=at)
        for at in (LAST_DAY, NEXT_DAY)
    )

    assert CaseAction.REOPEN not in early.actions
    assert f"{format_day(NEXT_DAY.date())}起可以点“钱没收到”" in early.next_step
    assert CaseAction.REOPEN in late.actions
    assert "约定付款的日子过了" in late.next_step


def test_before_the_day_is_over_nobody_is_late(
    session: Session, number: str, worker: Person
) -> None:
    with pytest.raises(AgreementNotDueError):
        act(session, make_principal(worker.id), number, CaseAction.REOPEN, NOT_PAID, at=LAST_DAY)


def test_a_broken_agreement_leaves_the_one_reopening(
    session: Session, number: str, worker: Person, first: Principal
) -> None:
    own = make_principal(worker.id)
    act(session, own, number, CaseAction.REOPEN, NOT_PAID, at=NEXT_DAY)
    unpaid = Form(note="穷尽手段仍未付清", conclusion=Conclusion.UNPAID)
    act(session, first, number, CaseAction.CLOSE, unpaid, at=NEXT_DAY)

    act(session, own, number, CaseAction.REOPEN, NOT_PAID, at=NEXT_DAY)

    assert stored(session, number).state is CaseState.ACCEPTED

"""Where a case goes: transfers, the common superior, and bureaus nobody can reach."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from cases import bureaus
from cases import errors as refusals
from cases.step import Form
from core.case_enums import (
    CaseAction,
    CaseState,
    ClockKind,
)
from core.enums import Role
from db.models import (
    BureauAlarm,
    CaseEvent,
    Notification,
    Person,
)
from identity.principal import Principal
from notifications.templates import Template
from tests.cases.desk_work import act, clock, stored, told
from tests.factories.cases import FILED_AT, make_complaint, make_inspector
from tests.factories.identity import make_grant, make_person

DAY = timedelta(days=1)


def test_transfer_moves_the_case_and_starts_five_new_days(
    session: Session, number: str, first: Principal
) -> None:
    act(session, first, number, CaseAction.TRANSFER, at=FILED_AT + DAY)

    case = stored(session, number)
    assert (case.county_code, case.state) == ("330105", CaseState.RECEIVED)
    assert clock(session, number, ClockKind.ACCEPTANCE).started_date == date(2026, 11, 3)
    assert told(session)[-1] == Template.CASE_TRANSFERRED
    with pytest.raises(refusals.CaseNotFoundError):
        act(session, first, number, CaseAction.ACCEPT)


def test_ping_pong_ends_with_the_common_superior(
    session: Session, number: str, first: Principal, city: Principal
) -> None:
    other = make_inspector(session, county_code="330105")
    act(session, first, number, CaseAction.TRANSFER, Form(note="工地在拱墅", county_code="330105"))
    act(session, other, number, CaseAction.TRANSFER, Form(note="工地在西湖", county_code="330106"))

    act(session, first, number, CaseAction.TRANSFER, Form(note="还是拱墅", county_code="330105"))

    case = stored(session, number)
    last = session.exec(select(CaseEvent).order_by(col(CaseEvent.id).desc())).first()
    assert case.state is CaseState.AWAITING_DESIGNATION
    assert last is not None
    assert (last.action, last.details["superior"]) == (CaseAction.REFER_UP, "330100")
    act(session, city, number, CaseAction.DESIGNATE, Form(note="属地管辖", county_code="330105"))
    assert (case.state, case.county_code) == (CaseState.RECEIVED, "330105")


def test_a_designated_county_passes_the_case_on_only_through_the_superior(
    session: Session, number: str, first: Principal, city: Principal
) -> None:
    other = make_inspector(session, county_code="330105")
    act(session, first, number, CaseAction.TRANSFER, Form(note="工地在拱墅", county_code="330105"))
    act(session, other, number, CaseAction.REFER_UP)
    act(session, city, number, CaseAction.DESIGNATE, Form(note="属地管辖", county_code="330106"))

    act(session, first, number, CaseAction.TRANSFER, Form(note="还是拱墅", county_code="330105"))

    case = stored(session, number)
    assert (case.state, case.county_code) == (CaseState.AWAITING_DESIGNATION, "330106")
    act(session, city, number, CaseAction.DESIGNATE, Form(note="就由西湖办", county_code="330106"))
    assert (case.state, case.county_code) == (CaseState.RECEIVED, "330106")


def test_a_silent_bureau_below_silent_superiors_is_told_to_their_inspectors_or_who_runs_it(
    session: Session, worker: Person
) -> None:
    administrator = make_person(session, name="某管理员")
    make_grant(session, administrator, Role.ADMIN)
    make_complaint(session, person_id=worker.id, county_code="330106")
    city = make_inspector(session, name="市局", county_code="330200")

    make_complaint(session, person_id=worker.id, county_code="330203", statement="另一个工地")

    statement = select(Notification.person_id).where(
        Notification.template == Template.BUREAU_SILENT
    )
    assert set(session.exec(statement)) == {administrator.id, city.person_id}


def test_a_county_never_designates(session: Session, number: str, first: Principal) -> None:
    other = make_inspector(session, county_code="330105")
    act(session, first, number, CaseAction.TRANSFER)
    act(session, other, number, CaseAction.REFER_UP)

    with pytest.raises(refusals.ActionNotAllowedError):
        act(session, other, number, CaseAction.DESIGNATE)


def test_a_bureau_without_contacts_raises_an_alarm_with_those_above(
    session: Session, worker: Person
) -> None:
    bureaus.add_contact(
        session,
        code="330100",
        name="市局值班",
        phone="+8619100000801",
        is_emergency=False,
        at=FILED_AT,
    )

    number = make_complaint(session, person_id=worker.id).number

    alarm = session.exec(select(BureauAlarm)).one()
    sent = session.exec(
        select(Notification).where(Notification.template == Template.BUREAU_SILENT)
    ).one()
    assert alarm.division_code == "330106"
    assert (sent.phone, number in sent.body) == ("+8619100000801", True)


def test_a_bureau_with_an_inspector_is_not_said_to_have_nobody(
    session: Session, worker: Person
) -> None:
    make_inspector(session, county_code="330106")

    make_complaint(session, person_id=worker.id)

    assert session.exec(select(BureauAlarm)).all() == []


def test_a_contact_clears_the_alarm(session: Session, number: str) -> None:
    alarm = session.exec(select(BureauAlarm)).one()

    bureaus.add_contact(
        session,
        code="330106",
        name="值班员",
        phone="+8619100000802",
        is_emergency=True,
        at=FILED_AT,
    )

    assert alarm.case_id == stored(session, number).id
    assert bureaus.list_alarms(session) == []

"""Cases that belong together, and what happens when they are many."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from cases import bureaus, group_rules, grouping, groups
from cases.desk_errors import (
    AlertNotFoundError,
    GroupDissolvedError,
    GroupNotFoundError,
    ReportTimeUnfitError,
    TooManyRepresentativesError,
)
from core.case_enums import Disclosure, DispatchKind, GroupState
from db.models import CaseGroup, GroupAlert, Notification, Project
from identity.principal import Principal
from notifications.templates import Template
from tests.factories.cases import FILED_AT, make_complaint, make_inspector
from tests.factories.identity import make_worker_person

HALF_AN_HOUR = timedelta(minutes=30)


def file(
    session: Session, project: Project, count: int, *, person_id: UUID | None = None
) -> list[str]:
    """File this many complaints about the project, by as many people unless told otherwise."""
    return [
        make_complaint(
            session,
            person_id=person_id or make_worker_person(session).id,
            project_id=project.id,
            disclosure=Disclosure.SHIELDED,
            statement=f"第{one}次说没发工资",
        ).number
        for one in range(count)
    ]


def add_contact(session: Session, code: str, phone: str, *, is_emergency: bool = True) -> None:
    bureaus.add_contact(
        session, code=code, name="值班", phone=phone, is_emergency=is_emergency, at=FILED_AT
    )


def the_group(session: Session) -> CaseGroup:
    return session.exec(select(CaseGroup)).one()


def called(session: Session) -> list[str | None]:
    messages = session.exec(
        select(Notification)
        .where(Notification.template == Template.GROUP_ALERT)
        .order_by(col(Notification.id))
    )
    return [message.phone for message in messages]


def test_three_people_of_a_project_are_suggested_as_a_group(
    session: Session, project: Project, first: Principal
) -> None:
    file(session, project, 3)

    (listed,) = groups.list_groups(session, principal=first, before=None, limit=10)

    assert (listed.people, listed.state) == (3, GroupState.SUGGESTED)


def test_two_people_are_never_shown_as_a_group(
    session: Session, project: Project, first: Principal
) -> None:
    file(session, project, 2)

    assert groups.list_groups(session, principal=first, before=None, limit=10) == []


def test_one_person_complaining_often_is_no_group(session: Session, project: Project) -> None:
    file(session, project, 4, person_id=make_worker_person(session).id)

    assert session.exec(select(CaseGroup)).all() == []


def test_a_group_that_shrinks_below_three_is_no_longer_shown(
    session: Session, project: Project, first: Principal
) -> None:
    numbers = file(session, project, 3)
    group = the_group(session)

    groups.leave_group(session, principal=first, group_id=group.id, number=numbers[0], at=FILED_AT)

    with pytest.raises(GroupNotFoundError):
        groups.get_group(session, principal=first, group_id=group.id)


def test_complaints_a_month_apart_do_not_belong_together(
    session: Session, project: Project
) -> None:
    file(session, project, 3)
    late = FILED_AT + timedelta(days=31)

    make_complaint(
        session, person_id=make_worker_person(session).id, project_id=project.id, at=late
    )

    assert the_group(session).people == 3


def test_ten_people_call_the_emergency_contacts_at_once_and_once(
    session: Session, project: Project
) -> None:
    add_contact(session, "330106", "+8619100000811")
    add_contact(session, "330106", "+8619100000812", is_emergency=False)

    file(session, project, 9)
    before = called(session)
    file(session, project, 2)

    assert before == []
    assert called(session) == ["+8619100000811"]
    assert the_group(session).mass_since == FILED_AT


def test_without_contacts_in_the_county_the_city_is_called(
    session: Session, project: Project
) -> None:
    add_contact(session, "330100", "+8619100000813")

    file(session, project, 10)

    assert called(session) == ["+8619100000813"]


def test_an_unanswered_call_goes_to_the_city_and_then_to_the_province_once(
    session: Session, project: Project
) -> None:
    add_contact(session, "330106", "+8619100000811")
    add_contact(session, "330100", "+8619100000813")
    file(session, project, 10)

    for minutes in (29, 31, 32):
        grouping.pass_on(session, at=FILED_AT + timedelta(minutes=minutes))
        session.flush()

    assert called(session) == ["+8619100000811", "+8619100000813"]


def test_an_acknowledged_call_is_not_passed_on(
    session: Session, project: Project, first: Principal
) -> None:
    add_contact(session, "330106", "+8619100000811")
    add_contact(session, "330100", "+8619100000813")
    file(session, project, 10)

    groups.acknowledge_alert(session, principal=first, group_id=the_group(session).id, at=FILED_AT)
    grouping.pass_on(session, at=FILED_AT + HALF_AN_HOUR * 2)

    alert = session.exec(select(GroupAlert)).one()
    assert (alert.acknowledged_by, alert.acknowledged_at) == (first.person_id, FILED_AT)
    assert called(session) == ["+8619100000811"]


def test_a_division_that_was_not_called_has_nothing_to_acknowledge(
    session: Session, project: Project, city: Principal
) -> None:
    add_contact(session, "330106", "+8619100000811")
    file(session, project, 10)

    with pytest.raises(AlertNotFoundError):
        groups.acknowledge_alert(
            session, principal=city, group_id=the_group(session).id, at=FILED_AT
        )


def test_five_representatives_and_not_one_more(
    session: Session, project: Project, first: Principal
) -> None:
    numbers = file(session, project, 6)
    group_id = the_group(session).id
    for number in [*numbers[:5], numbers[0]]:
        groups.name_representative(session, principal=first, group_id=group_id, number=number)

    with pytest.raises(TooManyRepresentativesError):
        groups.name_representative(session, principal=first, group_id=group_id, number=numbers[5])


def test_the_board_knows_who_is_on_the_way_and_when_the_next_report_is_due(
    session: Session, project: Project, first: Principal, second: Principal
) -> None:
    file(session, project, 3)
    group_id = the_group(session).id
    report_at = FILED_AT + HALF_AN_HOUR
    for principal, kind, due in (
        (first, DispatchKind.ON_THE_WAY, None),
        (second, DispatchKind.ON_THE_WAY, None),
        (first, DispatchKind.ARRIVED, report_at),
    ):
        board = groups.add_dispatch_entry(
            session,
            principal=principal,
            group_id=group_id,
            kind=kind,
            text="带一名翻译",
            next_report_at=due,
            at=FILED_AT,
        )

    assert (board.on_the_way, board.next_report_at) == (["周监察"], report_at)


def test_a_dissolved_group_takes_nobody_in(
    session: Session, project: Project, first: Principal
) -> None:
    file(session, project, 3)
    group = the_group(session)

    groups.dissolve_group(session, principal=first, group_id=group.id)
    file(session, project, 1)

    assert session.exec(select(CaseGroup)).all() == [group]
    assert group.people == 3


def test_a_dissolved_group_is_not_put_together_again(
    session: Session, project: Project, first: Principal
) -> None:
    numbers = file(session, project, 3)
    group = the_group(session)
    groups.dissolve_group(session, principal=first, group_id=group.id)

    with pytest.raises(GroupDissolvedError):
        groups.confirm_group(session, principal=first, group_id=group.id)
    with pytest.raises(GroupDissolvedError):
        groups.name_representative(session, principal=first, group_id=group.id, number=numbers[0])


@pytest.mark.parametrize(
    ("kind", "due_at"),
    [
        (DispatchKind.REPORTED, FILED_AT),
        (DispatchKind.REPORTED, FILED_AT - HALF_AN_HOUR),
        (DispatchKind.PROMISED, FILED_AT.replace(year=2126)),
        (DispatchKind.ENDED, FILED_AT + HALF_AN_HOUR),
    ],
)
def test_a_next_report_nobody_could_make_is_refused(kind: DispatchKind, due_at: datetime) -> None:
    with pytest.raises(ReportTimeUnfitError):
        group_rules.check_report_time(kind, due_at, at=FILED_AT)


def test_a_next_report_within_a_week_is_taken() -> None:
    latest = FILED_AT + group_rules.REPORT_WITHIN
    group_rules.check_report_time(DispatchKind.REPORTED, latest, at=FILED_AT)


def test_a_group_of_another_county_does_not_exist(session: Session, project: Project) -> None:
    file(session, project, 3)
    stranger = make_inspector(session, county_code="330203")

    with pytest.raises(GroupNotFoundError):
        groups.confirm_group(session, principal=stranger, group_id=the_group(session).id)


def test_a_contact_who_comes_after_the_event_began_is_called_once(
    session: Session, project: Project
) -> None:
    file(session, project, 10)
    before = called(session)

    add_contact(session, "330106", "+8619100000814", is_emergency=False)
    add_contact(session, "330106", "+8619100000815")
    file(session, project, 1)

    assert before == []
    assert called(session) == ["+8619100000815"]


def test_who_comes_after_the_county_acknowledged_is_not_called(
    session: Session, project: Project, first: Principal
) -> None:
    add_contact(session, "330106", "+8619100000811")
    file(session, project, 10)
    groups.acknowledge_alert(session, principal=first, group_id=the_group(session).id, at=FILED_AT)

    add_contact(session, "330106", "+8619100000816")
    add_contact(session, "330100", "+8619100000817")

    assert called(session) == ["+8619100000811"]


def test_the_city_is_called_late_only_where_the_county_did_not_answer(
    session: Session, project: Project
) -> None:
    add_contact(session, "330106", "+8619100000811")
    file(session, project, 10)
    add_contact(session, "330100", "+8619100000818")
    while_waiting = called(session)

    grouping.pass_on(session, at=FILED_AT + HALF_AN_HOUR)
    add_contact(session, "330000", "+8619100000819")

    assert while_waiting == ["+8619100000811"]
    assert called(session) == ["+8619100000811", "+8619100000818"]


def test_the_province_is_called_late_when_everybody_was_called_in_vain(
    session: Session, project: Project
) -> None:
    add_contact(session, "330106", "+8619100000811")
    file(session, project, 10)
    grouping.pass_on(session, at=FILED_AT + HALF_AN_HOUR)
    session.flush()

    add_contact(session, "330000", "+8619100000819")

    assert called(session) == ["+8619100000811", "+8619100000819"]


def silences(session: Session) -> list[Notification]:
    return list(
        session.exec(select(Notification).where(Notification.template == Template.BUREAU_SILENT))
    )


def test_a_mass_event_without_an_emergency_contact_alarms_the_city_at_once(
    session: Session, project: Project, city: Principal
) -> None:
    add_contact(session, "330106", "+8619100000812", is_emergency=False)

    file(session, project, 9)
    before = silences(session)
    file(session, project, 2)

    assert before == []
    assert [one.person_id for one in silences(session)] == [city.person_id]
    assert [alarm.division_code for alarm, _ in bureaus.list_alarms(session)] == ["330106"]


def test_an_alarm_about_a_mass_event_ends_with_somebody_to_call_at_night(
    session: Session, project: Project
) -> None:
    file(session, project, 10)

    add_contact(session, "330106", "+8619100000812", is_emergency=False)
    still = bureaus.list_alarms(session)
    add_contact(session, "330106", "+8619100000815")

    assert len(still) == 1
    assert bureaus.list_alarms(session) == []

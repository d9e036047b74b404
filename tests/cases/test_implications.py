"""What the law asks of complaints and cases, a row for each rule with its article."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from cases import clocks, crime, desk, divisions, documents, groups, handlers, identities, workflow
from cases import errors as refusals
from cases.clocks import PERIODS, Pause, Unit
from cases.crime import Arrears
from cases.desk_errors import (
    ConflictOfInterestError,
    HandlerRequiredError,
    OwnRequestError,
    TooManyRepresentativesError,
)
from core.calendar import Deadline
from core.case_enums import (
    CaseAction,
    CaseState,
    ClockKind,
    ComplaintKind,
    CrimeVerdict,
    Disclosure,
    DocumentKind,
    GroupState,
    PoliceAttachment,
    RefusalGround,
)
from db.models import AuditEntry, CaseClockChange, CaseEvent, CaseGroup, Notification, Person
from identity.errors import ReasonTooShortError
from identity.principal import Principal
from notifications.templates import Template
from tests.cases.desk_work import accept, act, ask, clock, decide, stored
from tests.factories.cases import FILED_AT, make_complaint, make_form
from tests.factories.identity import make_principal, make_worker_person
from tests.factories.projects import make_project

TODAY = date(2026, 11, 2)


@dataclass(frozen=True)
class World:
    """A complaint in 330106 and the officials around it."""

    session: Session
    worker: Person
    number: str
    first: Principal
    second: Principal
    head: Principal

    def act(self, action: CaseAction, **said: object) -> None:
        form = replace(make_form(action), **said)  # type: ignore[arg-type]
        act(self.session, self.first, self.number, action, form)

    def accept(self) -> None:
        accept(self.session, self.number, self.first, self.second)

    def extend(self) -> None:
        request_id = ask(self.session, self.first, self.number, CaseAction.EXTEND)
        decide(self.session, self.head, self.number, request_id)

    def told(self) -> list[str]:
        rows = self.session.exec(
            select(Notification)
            .where(Notification.person_id == self.worker.id)
            .order_by(col(Notification.id))
        )
        return [row.template for row in rows]

    def file_many(self, count: int) -> list[str]:
        project = make_project(self.session)
        return [
            make_complaint(
                self.session,
                person_id=make_worker_person(self.session).id,
                project_id=project.id,
                disclosure=Disclosure.SHIELDED,
            ).number
            for _ in range(count)
        ]


@pytest.fixture
def world(
    session: Session, worker: Person, first: Principal, second: Principal, head: Principal
) -> World:
    number = make_complaint(session, person_id=worker.id, disclosure=Disclosure.SHIELDED).number
    return World(session, worker, number, first, second, head)


def count(started: date, kind: ClockKind, *, added_days: int = 0) -> Deadline:
    return clocks.compute_deadline(kind, started=started, added_days=added_days)


def five_working_days_to_decide(world: World) -> None:
    due = [
        count(date(2024, 9, 27), ClockKind.ACCEPTANCE).due_date,
        count(date(2025, 1, 24), ClockKind.ACCEPTANCE).due_date,
    ]
    assert due == [date(2024, 10, 10), date(2025, 2, 7)]
    assert clock(world.session, world.number, ClockKind.ACCEPTANCE).due_date == date(2026, 11, 9)


def accepted_is_filed_the_same_day(world: World) -> None:
    world.act(CaseAction.ACCEPT)
    assert clock(world.session, world.number, ClockKind.INVESTIGATION).started_date == TODAY
    assert stored(world.session, world.number).state is CaseState.ACCEPTED


def refusal_holds_a_written_notice(world: World) -> None:
    world.act(CaseAction.REFUSE)
    papers = documents.list_papers(world.session, principal=world.first, number=world.number)
    assert [kind for _, kind in papers.due] == [DocumentKind.REFUSAL]


def refusal_needs_one_of_four_grounds(world: World) -> None:
    assert set(RefusalGround) == {
        RefusalGround.OUT_OF_SCOPE,
        RefusalGround.ARBITRATION_OR_SUIT,
        RefusalGround.NO_EMPLOYER_OR_FACTS,
        RefusalGround.OLDER_THAN_TWO_YEARS,
    }
    with pytest.raises(refusals.StepIncompleteError):
        world.act(CaseAction.REFUSE, ground=None)


def what_goes_on_is_never_too_old(world: World) -> None:
    too_old = RefusalGround.OLDER_THAN_TWO_YEARS
    with pytest.raises(refusals.NotThatOldError):
        world.act(CaseAction.REFUSE, ground=too_old, ended_date=None)
    with pytest.raises(refusals.NotThatOldError):
        world.act(CaseAction.REFUSE, ground=too_old, ended_date=date(2024, 11, 2))


def sixty_working_days_and_thirty_once(world: World) -> None:
    started = date(2024, 9, 2)
    assert count(started, ClockKind.INVESTIGATION).due_date == date(2024, 11, 29)
    extended = count(started, ClockKind.INVESTIGATION, added_days=clocks.EXTENSION_DAYS)
    assert extended.due_date == date(2025, 1, 13)
    world.accept()
    world.extend()
    with pytest.raises(refusals.StepDoneError):
        world.extend()


def extension_has_an_approver_who_did_not_ask(world: World) -> None:
    world.accept()
    request_id = ask(world.session, world.head, world.number, CaseAction.EXTEND)
    with pytest.raises(OwnRequestError):
        decide(world.session, world.head, world.number, request_id)


def a_pause_stops_and_resumes_the_count(_world: World) -> None:
    started, pause = date(2024, 9, 2), Pause(date(2024, 9, 9), date(2024, 9, 20))
    paused = clocks.compute_deadline(ClockKind.INVESTIGATION, started=started, pauses=[pause])
    plain = count(started, ClockKind.INVESTIGATION)
    assert len(paused.counted) == len(plain.counted) == 60
    assert not [day for day in paused.counted if pause.from_date < day <= pause.until_date]


def complainant_is_told_within_three_days(world: World) -> None:
    world.accept()
    world.extend()
    change = world.session.exec(select(CaseClockChange)).one()
    assert change.tell_by_date == TODAY + timedelta(days=3)
    assert world.told()[-1] == Template.CASE_EXTENDED


def two_inspectors_investigate(world: World) -> None:
    world.act(CaseAction.ACCEPT)
    with pytest.raises(refusals.TwoInspectorsRequiredError):
        world.act(CaseAction.CLOSE)


def who_is_part_of_the_matter_steps_back(world: World) -> None:
    case, complaint = desk.lock_case(world.session, world.first, world.number)
    with pytest.raises(ConflictOfInterestError):
        handlers.take_on(world.session, case, complaint, world.worker.id, at=FILED_AT)


def a_reporter_is_known_to_who_handles_it_alone(world: World) -> None:
    assert {ComplaintKind.COMPLAINT, ComplaintKind.REPORT} == set(ComplaintKind)
    reason = "核实举报的情况"
    (listed,) = desk.list_cases(
        world.session,
        principal=world.first,
        state=None,
        due=None,
        search=None,
        mine=False,
        before=None,
        limit=9,
        at=FILED_AT,
    )
    assert listed.row.complainant is None
    with pytest.raises(HandlerRequiredError):
        identities.unlock_identity(
            world.session, principal=world.second, number=world.number, reason=reason
        )


def nothing_of_the_reporter_is_quoted_to_the_employer(world: World) -> None:
    name = world.worker.name
    filed = make_complaint(
        world.session, person_id=world.worker.id, statement=f"我是{name}，电话19100000001"
    )
    file = desk.get_case(world.session, principal=world.first, number=filed.number, at=FILED_AT)
    assert name not in file.quotable
    assert "19100000001" not in file.quotable


def same_project_and_period_suggest_a_group(world: World) -> None:
    world.file_many(3)
    group = world.session.exec(select(CaseGroup)).one()
    assert (group.state, group.people, group.mass_since) == (GroupState.SUGGESTED, 3, None)


def ten_people_are_a_mass_event(world: World) -> None:
    world.file_many(10)
    assert world.session.exec(select(CaseGroup)).one().mass_since == FILED_AT


def five_representatives_at_most(world: World) -> None:
    numbers = world.file_many(6)
    group_id = world.session.exec(select(CaseGroup)).one().id
    for number in numbers[:5]:
        groups.name_representative(
            world.session, principal=world.first, group_id=group_id, number=number
        )
    with pytest.raises(TooManyRepresentativesError):
        groups.name_representative(
            world.session, principal=world.first, group_id=group_id, number=numbers[5]
        )


def a_wrong_desk_transfers_under_the_same_number(world: World) -> None:
    world.act(CaseAction.TRANSFER)
    case = stored(world.session, world.number)
    events = world.session.exec(select(CaseEvent).where(CaseEvent.case_id == case.id)).all()
    hop = next(event for event in events if event.action is CaseAction.TRANSFER)
    assert (case.number, case.county_code) == (world.number, "330105")
    assert (hop.details["from_county"], hop.details["county_code"]) == ("330106", "330105")
    assert world.told()[-1] == Template.CASE_TRANSFERRED


def unknown_amounts_leave_the_judgement_to_a_person(_world: World) -> None:
    whole_year = [Arrears(12, 100_000_00)]
    assert crime.screen(whole_year, province="33").verdict is CrimeVerdict.REVIEW
    assert crime.screen(whole_year, province="32").verdict is CrimeVerdict.REACHED
    assert crime.screen(whole_year, province="32").source
    assert crime.screen([Arrears(3, 4_999_99)], province="33").verdict is CrimeVerdict.BELOW


def police_timers_are_three_days_a_day_and_three_days(_world: World) -> None:
    timers = [
        PERIODS[kind]
        for kind in (ClockKind.POLICE_DECISION, ClockKind.POLICE_HANDOVER, ClockKind.POLICE_REPLY)
    ]
    assert [(one.length, one.unit) for one in timers] == [
        (3, Unit.DAYS),
        (24, Unit.HOURS),
        (3, Unit.DAYS),
    ]


def police_get_five_attachments(_world: World) -> None:
    step = workflow.TRANSITIONS[CaseState.POLICE_APPROVED, CaseAction.HAND_TO_POLICE]
    assert len(PoliceAttachment) == 5
    assert [guard for guard in step.guards if guard.value == "five_attachments"]


def the_whole_name_takes_a_reason_and_leaves_a_trace(world: World) -> None:
    world.act(CaseAction.ACCEPT)
    with pytest.raises(ReasonTooShortError):
        identities.unlock_identity(
            world.session, principal=world.first, number=world.number, reason="看"
        )
    identities.unlock_identity(
        world.session, principal=world.first, number=world.number, reason="联系投诉人核实金额"
    )
    world.session.flush()
    trace = world.session.exec(
        select(AuditEntry).where(AuditEntry.subject_id == world.worker.id)
    ).all()
    assert {(one.actor_id, one.reason) for one in trace} == {
        (world.first.person_id, "联系投诉人核实金额")
    }
    assert {one.detail["field"] for one in trace} == {"name", "phone"}


def each_change_of_state_sends_exactly_one(world: World) -> None:
    filed = len(world.told())
    world.accept()
    world.act(CaseAction.ORDER_TO_PAY)
    assert world.told()[filed:] == [Template.CASE_ACCEPTED, Template.CASE_ORDERED_TO_PAY]


def no_withdrawal_ends_an_order(world: World) -> None:
    world.accept()
    world.act(CaseAction.ORDER_TO_PAY)
    with pytest.raises(refusals.ActionNotAllowedError):
        act(
            world.session,
            make_principal(world.worker.id),
            world.number,
            CaseAction.WITHDRAW,
        )


def every_county_has_its_desk_and_old_codes_lead_there(_world: World) -> None:
    codes = divisions.names()
    counties = [code for code in codes if divisions.is_county(code)]
    assert (len(counties), len(codes) - len(counties)) == (90, 11)
    assert divisions.find_county("330184") == "330110"


ROWS: list[tuple[str, str, Callable[[World], None]]] = [
    ("15", "浙江省劳动保障监察条例 §23", five_working_days_to_decide),
    ("15", "浙江省劳动保障监察条例 §23", accepted_is_filed_the_same_day),
    ("15", "浙江省劳动保障监察条例 §22", refusal_holds_a_written_notice),
    ("15", "浙江省劳动保障监察条例 §22", refusal_needs_one_of_four_grounds),
    ("15", "劳动保障监察条例 §20", what_goes_on_is_never_too_old),
    ("16", "劳动保障监察条例 §17", sixty_working_days_and_thirty_once),
    ("16", "浙江省劳动保障监察条例 §30", extension_has_an_approver_who_did_not_ask),
    ("16", "浙江省劳动保障监察条例 §30", a_pause_stops_and_resumes_the_count),
    ("16", "浙江省劳动保障监察条例 §30", complainant_is_told_within_three_days),
    ("16", "劳动保障监察条例 §16", two_inspectors_investigate),
    ("16", "浙江省劳动保障监察条例 §24", who_is_part_of_the_matter_steps_back),
    ("17", "劳动保障监察条例 §9", a_reporter_is_known_to_who_handles_it_alone),
    ("17", "劳动保障监察条例 §9", nothing_of_the_reporter_is_quoted_to_the_employer),
    ("18", "浙江省劳动保障监察条例 §20", same_project_and_period_suggest_a_group),
    ("18", "浙江省劳动人事争议调解仲裁条例 §40", ten_people_are_a_mass_event),
    ("18", "浙江省劳动保障监察条例 §20", five_representatives_at_most),
    ("19", "保障农民工工资支付条例 §10", a_wrong_desk_transfers_under_the_same_number),
    ("20", "法释〔2013〕3号 §3", unknown_amounts_leave_the_judgement_to_a_person),
    ("20", "国务院令310 §5、§8", police_timers_are_three_days_a_day_and_three_days),
    ("20", "国务院令310 §6", police_get_five_attachments),
    ("20", "保障农民工工资支付条例 §42", no_withdrawal_ends_an_order),
    ("22", "个人信息保护法 §6、§17", the_whole_name_takes_a_reason_and_leaves_a_trace),
    ("23", "保障农民工工资支付条例 §10", each_change_of_state_sends_exactly_one),
    ("25", "GB/T 2260", every_county_has_its_desk_and_old_codes_lead_there),
]
"""Number in the list of requirements, article, rule."""


@pytest.mark.parametrize(
    "rule",
    [pytest.param(rule, id=f"{row} {article} {rule.__name__}") for row, article, rule in ROWS],
)
def test_the_law_is_kept(world: World, rule: Callable[[World], None]) -> None:
    rule(world)

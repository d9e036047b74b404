"""The inspector's list and one case in full."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session

from cases import desk, service
from cases.desk import Due
from cases.errors import CaseNotFoundError
from core.case_enums import CaseAction, CaseState, ClockKind, Disclosure
from core.enums import Role
from db.base import new_id
from identity.principal import Principal
from tests.cases.desk_work import accept, act, ask
from tests.cases.test_steps import AFTER_THE_ORDER
from tests.factories.cases import FILED_AT, make_complaint, make_inspector
from tests.factories.identity import make_person, make_principal, make_worker_person
from tests.factories.projects import make_project


def list_county(
    session: Session,
    county_code: str | None = "330106",
    *,
    state: CaseState | None = None,
    due: Due | None = None,
    search: str | None = None,
    at: datetime = FILED_AT,
) -> list[desk.ListedCase]:
    return desk.list_cases(
        session,
        principal=make_principal(new_id(), Role.INSPECTOR, county_code=county_code),
        state=state,
        due=due,
        search=search,
        mine=False,
        before=None,
        limit=50,
        at=at,
    )


def test_only_the_own_county_is_listed(session: Session) -> None:
    here = make_complaint(session)
    make_complaint(session, county_code="330203")

    assert [listed.row.case.number for listed in list_county(session)] == [here.number]


def test_inspector_of_no_county_sees_nothing(session: Session) -> None:
    make_complaint(session)

    assert list_county(session, county_code=None) == []


def test_list_is_narrowed_to_a_state(session: Session) -> None:
    make_complaint(session)

    assert list_county(session, state=CaseState.CLOSED) == []
    assert len(list_county(session, state=CaseState.RECEIVED)) == 1


def test_pages_go_from_new_to_old_without_gaps(session: Session) -> None:
    numbers = [make_complaint(session).number for _ in range(5)]
    seen: list[str] = []
    before = None

    inspector = make_inspector(session)

    while page := desk.list_cases(
        session,
        principal=inspector,
        state=None,
        due=None,
        search=None,
        mine=False,
        before=before,
        limit=2,
        at=FILED_AT,
    )[:2]:
        seen += [listed.row.case.number for listed in page]
        before = page[-1].id

    assert seen == numbers[::-1]


@pytest.mark.parametrize(
    ("disclosure", "is_shown"),
    [(Disclosure.NAMED, True), (Disclosure.SHIELDED, False), (Disclosure.ANONYMOUS, False)],
)
def test_only_a_named_complainant_is_read_from_the_database(
    session: Session, disclosure: Disclosure, *, is_shown: bool
) -> None:
    worker = make_worker_person(session)
    make_complaint(session, person_id=worker.id, disclosure=disclosure)

    (listed,) = list_county(session)

    assert (listed.row.complainant is not None) is is_shown


@pytest.mark.parametrize(
    ("due", "search", "most"), [(None, None, 2), (None, "安置房", 2), (Due.OVERDUE, None, 1)]
)
def test_list_takes_at_most_two_statements_at_any_length(
    session: Session, due: Due | None, search: str | None, most: int
) -> None:
    for number in range(5):
        worker = make_worker_person(session)
        project = make_project(session, name=f"某安置房工程{number}")
        make_complaint(session, person_id=worker.id, project_id=project.id)
    session.flush()
    session.expunge_all()
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        listed = list_county(session, due=due, search=search, at=FILED_AT.replace(day=30))
        assert all(line.row.project and line.clock for line in listed)
    finally:
        event.remove(engine, "before_cursor_execute", count)

    assert (len(listed), len(statements)) == (5, most)


def test_case_in_full_shows_every_clock_with_its_days(session: Session) -> None:
    worker = make_worker_person(session)
    filed = make_complaint(session, person_id=worker.id)
    official = make_person(session, name="李监察")
    inspector = make_principal(official.id, Role.INSPECTOR, county_code="330106")
    service.act_on_case(
        session,
        principal=inspector,
        number=filed.number,
        action=CaseAction.ACCEPT,
        at=FILED_AT + timedelta(days=1),
    )

    file = desk.get_case(session, principal=inspector, number=filed.number, at=FILED_AT)

    acceptance, investigation = file.clocks
    assert acceptance.clock.stopped_at == FILED_AT + timedelta(days=1)
    assert [day.day for day in acceptance.counted] == [3, 4, 5, 6, 9]
    assert (investigation.clock.kind, len(investigation.counted)) == (ClockKind.INVESTIGATION, 60)
    assert file.listed.clock == investigation.clock
    assert CaseAction.ORDER_TO_PAY in file.actions
    assert [person.id for _, person in file.handlers] == [official.id]


def test_case_of_another_county_cannot_be_opened(session: Session) -> None:
    filed = make_complaint(session, county_code="330203")

    with pytest.raises(CaseNotFoundError):
        desk.get_case(session, principal=make_inspector(session), number=filed.number, at=FILED_AT)


def test_the_city_and_the_province_see_their_counties(session: Session) -> None:
    here = make_complaint(session)
    ningbo = make_complaint(session, county_code="330203")

    assert [one.row.case.number for one in list_county(session, "330100")] == [here.number]
    assert [one.row.case.number for one in list_county(session, "330000")] == [
        ningbo.number,
        here.number,
    ]


@pytest.mark.parametrize(
    ("due", "day", "is_listed"),
    [
        (Due.TODAY, 9, True),
        (Due.TODAY, 6, False),
        (Due.SOON, 4, True),
        (Due.SOON, 3, False),
        (Due.OVERDUE, 10, True),
        (Due.OVERDUE, 9, False),
    ],
)
def test_list_is_narrowed_to_what_is_due(
    session: Session, due: Due, day: int, *, is_listed: bool
) -> None:
    make_complaint(session)

    found = list_county(session, due=due, at=FILED_AT.replace(day=day))

    assert bool(found) is is_listed


@pytest.mark.parametrize(
    ("search", "is_found"),
    [("安置房", True), ("某某劳务", True), ("别的", False), ("%", False), (" ", True)],
)
def test_search_finds_words_of_the_project_and_the_employer(
    session: Session, search: str, *, is_found: bool
) -> None:
    project = make_project(session, name="某安置房工程")
    make_complaint(session, project_id=project.id, facts={"employer_name": "杭州某某劳务有限公司"})

    assert bool(list_county(session, search=search)) is is_found


@pytest.mark.parametrize("search", ["王小明", "19100000901", "+86 191 0000 0901"])
@pytest.mark.parametrize(
    ("disclosure", "is_found"),
    [(Disclosure.NAMED, True), (Disclosure.SHIELDED, False), (Disclosure.ANONYMOUS, False)],
)
def test_a_person_is_found_by_name_and_phone_only_where_named(
    session: Session, search: str, disclosure: Disclosure, *, is_found: bool
) -> None:
    worker = make_person(session, name="王小明", phone="+8619100000901")
    make_complaint(session, person_id=worker.id, disclosure=disclosure)

    assert bool(list_county(session, search=search)) is is_found


def test_no_part_of_a_name_finds_anybody(session: Session) -> None:
    worker = make_person(session, name="王小明")
    make_complaint(session, person_id=worker.id)

    assert list_county(session, search="小明") == []


def test_neighbours_of_characters_are_not_yet_the_words(session: Session) -> None:
    make_complaint(session, facts={"employer_name": "建工建材"})

    assert list_county(session, search="工建材建") == []


def test_what_ends_first_comes_first_page_by_page(session: Session) -> None:
    days = (5, 3, 4, 3, 5)
    numbers = [make_complaint(session, at=FILED_AT.replace(day=day)).number for day in days]
    inspector = make_inspector(session)
    seen: list[str] = []
    before = None

    for _ in range(3):
        page = desk.list_cases(
            session,
            principal=inspector,
            state=None,
            due=Due.OVERDUE,
            search=None,
            mine=False,
            before=before,
            limit=2,
            at=FILED_AT.replace(day=30),
        )[:2]
        seen += [listed.row.case.number for listed in page]
        before = page[-1].id

    assert seen == [numbers[at] for at in (1, 3, 2, 0, 4)]


@pytest.mark.parametrize(
    ("due", "day", "kind"),
    [
        (Due.OVERDUE, 30, ClockKind.PAYMENT),
        (Due.OVERDUE, 12, ClockKind.PAYMENT),
        (Due.TODAY, 16, ClockKind.POLICE_DECISION),
    ],
)
def test_a_case_with_two_periods_is_listed_once_with_the_first_that_ends_when_asked(
    session: Session,
    *,
    number: str,
    first: Principal,
    second: Principal,
    due: Due,
    day: int,
    kind: ClockKind,
) -> None:
    accept(session, number, first, second)
    act(session, first, number, CaseAction.ORDER_TO_PAY)
    ask(session, first, number, CaseAction.TRANSFER_TO_POLICE, at=AFTER_THE_ORDER)
    session.flush()

    (listed,) = list_county(session, due=due, at=FILED_AT.replace(day=day))

    assert listed.clock is not None
    assert listed.clock.kind is kind


def test_search_finds_a_number_as_people_write_it(session: Session) -> None:
    wanted = make_complaint(session)
    make_complaint(session)

    (found,) = list_county(session, search=wanted.number.lower().replace("26", "26 ", 1))

    assert found.row.case.number == wanted.number


def test_list_shows_what_one_handles(session: Session) -> None:
    inspector = make_inspector(session)
    mine = make_complaint(session)
    make_complaint(session)
    service.act_on_case(
        session, principal=inspector, number=mine.number, action=CaseAction.ACCEPT, at=FILED_AT
    )

    found = desk.list_cases(
        session,
        principal=inspector,
        state=None,
        due=None,
        search=None,
        mine=True,
        before=None,
        limit=50,
        at=FILED_AT,
    )

    assert [one.row.case.number for one in found] == [mine.number]


def test_colleagues_are_those_of_the_own_division(session: Session) -> None:
    own, _ = make_inspector(session, name="李监察"), make_inspector(session, county_code="330203")

    found = desk.list_colleagues(session, principal=own)

    assert [person.name for person in found] == ["李监察"]


def test_notes_stay_inside_the_bureau(session: Session) -> None:
    inspector, worker = make_inspector(session), make_worker_person(session)
    number = make_complaint(session, person_id=worker.id).number

    desk.add_note(session, principal=inspector, number=number, text="先别惊动包工头", at=FILED_AT)

    file = desk.get_case(session, principal=inspector, number=number, at=FILED_AT)
    story = service.get_my_complaint(session, number=number, person_id=worker.id, at=FILED_AT)
    assert [note.text for note, _ in file.notes] == ["先别惊动包工头"]
    assert "包工头" not in repr(story)

"""The inspector's list and one case in full."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session

from cases import desk, service
from cases.errors import CaseNotFoundError
from core.enums import CaseAction, CaseState, ClockKind, Disclosure, Role
from tests.factories.cases import FILED_AT, make_complaint
from tests.factories.identity import make_principal, make_worker_person
from tests.factories.projects import make_project


def list_county(
    session: Session, county_code: str | None = "330106", state: CaseState | None = None
) -> list[desk.ListedCase]:
    return desk.list_cases(session, county_code=county_code, state=state, before=None, limit=50)


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

    while page := desk.list_cases(
        session, county_code="330106", state=None, before=before, limit=2
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


def test_list_takes_two_statements_at_any_length(session: Session) -> None:
    for _ in range(5):
        worker = make_worker_person(session)
        project = make_project(session)
        make_complaint(session, person_id=worker.id, project_id=project.id)
    session.expunge_all()
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        listed = list_county(session)
        assert all(line.row.project and line.clock for line in listed)
    finally:
        event.remove(engine, "before_cursor_execute", count)

    assert len(statements) == 2


def test_case_in_full_shows_every_clock_with_its_days(session: Session) -> None:
    worker = make_worker_person(session)
    filed = make_complaint(session, person_id=worker.id)
    inspector = make_principal(worker.id, Role.INSPECTOR, county_code="330106")
    service.act_on_case(
        session,
        principal=inspector,
        number=filed.number,
        action=CaseAction.ACCEPT,
        note=None,
        at=FILED_AT + timedelta(days=1),
    )

    file = desk.get_case(session, number=filed.number, county_code="330106")

    acceptance, investigation = file.clocks
    assert acceptance.clock.stopped_at == FILED_AT + timedelta(days=1)
    assert [day.day for day in acceptance.counted] == [3, 4, 5, 6, 9]
    assert (investigation.clock.kind, len(investigation.counted)) == (ClockKind.INVESTIGATION, 60)
    assert file.listed.clock == investigation.clock
    assert file.actions == [CaseAction.ORDER_TO_PAY, CaseAction.CLOSE]


def test_case_of_another_county_cannot_be_opened(session: Session) -> None:
    filed = make_complaint(session, county_code="330203")

    with pytest.raises(CaseNotFoundError):
        desk.get_case(session, number=filed.number, county_code="330106")

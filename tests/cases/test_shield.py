"""What looks like revenge, who hears of it, and that the employer never does."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from cases import desk, shield
from cases.desk_errors import SignNotFoundError
from cases.shield_rules import Days, Watched, judge
from core.case_enums import Disclosure, RetaliationKind
from core.clock import local_date
from core.enums import CheckInMethod, Direction, Grade, ScanReason, WorkDayState
from db.base import new_id
from db.models import CheckIn, Contract, Notification, ProjectWorker, RetaliationSign, WorkDay
from identity.principal import Principal
from notifications.templates import Template
from tests.factories.cases import FILED_AT, make_complaint
from tests.factories.payroll import Site, make_site
from tests.factories.projects import make_contract

CALM = Watched(
    left_date=None,
    crew_left=0,
    crew_size=10,
    denied=0,
    own=Days(10, 9),
    crew=Days(100, 95),
    is_window_over=True,
    rate_before_fen=30_000,
    rate_after_fen=30_000,
    crew_rate_fell=False,
)
FILED = local_date(FILED_AT)
LATER = FILED_AT + timedelta(days=20)


@pytest.mark.parametrize(
    ("watched", "signs"),
    [
        (CALM, set()),
        (replace(CALM, left_date=FILED), {RetaliationKind.REMOVED}),
        (replace(CALM, left_date=FILED, crew_left=5), set()),
        (replace(CALM, left_date=FILED, crew_left=4), {RetaliationKind.REMOVED}),
        (replace(CALM, denied=1), {RetaliationKind.DENIED_ENTRY}),
        (replace(CALM, own=Days(10, 4)), {RetaliationKind.FEWER_DAYS}),
        (replace(CALM, own=Days(10, 4), is_window_over=False), set()),
        # The whole crew has less work: nobody's revenge.
        (replace(CALM, own=Days(10, 4), crew=Days(100, 40)), set()),
        (replace(CALM, own=Days(3, 0)), set()),
        (replace(CALM, rate_after_fen=26_999), {RetaliationKind.LOWER_RATE}),
        (replace(CALM, rate_after_fen=27_000), set()),
        (replace(CALM, rate_after_fen=20_000, crew_rate_fell=True), set()),
        (replace(CALM, rate_before_fen=None), set()),
    ],
)
def test_signs_are_judged_against_the_crew(watched: Watched, signs: set[RetaliationKind]) -> None:
    assert set(judge(watched)) == signs


@pytest.fixture
def site(session: Session) -> Site:
    return make_site(session)


@pytest.fixture
def shielded(session: Session, site: Site) -> str:
    return make_complaint(
        session,
        person_id=site.worker.person_id,
        project_id=site.project.id,
        disclosure=Disclosure.SHIELDED,
    ).number


def work(session: Session, worker: ProjectWorker, first: date, days: int) -> None:
    for number in range(days):
        session.add(
            WorkDay(
                project_id=worker.project_id,
                project_worker_id=worker.id,
                work_date=first + timedelta(days=number),
                minutes=480,
                units=100,
                state=WorkDayState.COMPLETE,
                rule_version=1,
            )
        )
    session.flush()


def watch(session: Session) -> list[RetaliationKind]:
    session.flush()
    after = None
    while (after := shield.watch_chunk(session, after=after, at=LATER)) is not None:
        session.flush()
    return sorted(sign.kind for sign in session.exec(select(RetaliationSign)))


def test_removal_from_the_roster_is_reported_to_the_inspectors_alone(
    session: Session, site: Site, shielded: str, first: Principal
) -> None:
    site.workers[0].left_date = FILED + timedelta(days=2)

    found = watch(session)

    warned = session.exec(
        select(Notification).where(Notification.template == Template.RETALIATION_SEEN)
    ).one()
    assert found == [RetaliationKind.REMOVED]
    assert (warned.person_id, shielded in warned.body) == (first.person_id, True)


def test_fewer_days_than_the_crew_are_noticed(session: Session, site: Site, shielded: str) -> None:
    own, *crew = site.workers
    work(session, own, FILED - timedelta(days=10), 10)
    for mate in crew:
        work(session, mate, FILED - timedelta(days=10), 20)

    assert watch(session) == [RetaliationKind.FEWER_DAYS]


@pytest.mark.parametrize(
    ("reason", "days", "is_noticed"),
    [
        (ScanReason.LEFT_PROJECT, 1, True),
        (ScanReason.LEFT_PROJECT, -1, False),
        (ScanReason.EXPIRED_CODE, 1, False),
    ],
)
def test_an_entry_refused_since_the_filing_is_noticed(
    session: Session, site: Site, shielded: str, reason: ScanReason, days: int, *, is_noticed: bool
) -> None:
    session.add(
        CheckIn(
            project_id=site.project.id,
            source_id=site.workers[0].id,
            nonce="0" * 8,
            project_worker_id=site.workers[0].id,
            direction=Direction.IN,
            method=CheckInMethod.LIVE_CODE,
            grade=Grade.A,
            occurred_at=FILED_AT + timedelta(days=days),
            admitted=False,
            valid=False,
            reason=reason,
        )
    )

    assert bool(watch(session)) is is_noticed


def test_a_lower_rate_is_noticed(session: Session, site: Site, shielded: str) -> None:
    own = site.workers[0]
    before = session.exec(select(Contract).where(Contract.project_worker_id == own.id)).one()
    before.created_at = FILED_AT - timedelta(days=1)
    after = make_contract(session, own, start_date=FILED + timedelta(days=1))
    after.created_at = FILED_AT + timedelta(days=1)
    after.unit_price_fen = before.unit_price_fen // 2

    assert RetaliationKind.LOWER_RATE in watch(session)


def test_watching_again_finds_nothing_new_and_tells_nobody(
    session: Session, site: Site, shielded: str, first: Principal
) -> None:
    site.workers[0].left_date = FILED + timedelta(days=2)
    watch(session)

    again = watch(session)

    warned = session.exec(
        select(Notification).where(Notification.template == Template.RETALIATION_SEEN)
    ).all()
    assert again == [RetaliationKind.REMOVED]
    assert len(warned) == 1


def test_nobody_is_watched_who_complained_anonymously(session: Session, site: Site) -> None:
    make_complaint(
        session,
        person_id=site.worker.person_id,
        project_id=site.project.id,
        disclosure=Disclosure.ANONYMOUS,
    )
    site.workers[0].left_date = FILED + timedelta(days=2)

    assert watch(session) == []


def test_a_sign_is_settled_once_with_what_was_found(
    session: Session, site: Site, shielded: str, first: Principal
) -> None:
    site.workers[0].left_date = FILED + timedelta(days=2)
    watch(session)
    (sign,) = desk.get_case(session, principal=first, number=shielded, at=LATER).signs

    shield.settle_sign(
        session, principal=first, number=shielded, sign_id=sign.id, finding="正常退场", at=LATER
    )

    assert (sign.finding, sign.settled_by) == ("正常退场", first.person_id)
    with pytest.raises(SignNotFoundError):
        shield.settle_sign(
            session, principal=first, number=shielded, sign_id=sign.id, finding="又查", at=LATER
        )


def test_an_unknown_sign_is_not_settled(session: Session, shielded: str, first: Principal) -> None:
    with pytest.raises(SignNotFoundError):
        shield.settle_sign(
            session, principal=first, number=shielded, sign_id=new_id(), finding="查", at=LATER
        )

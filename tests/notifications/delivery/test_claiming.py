"""What holds a message back: the night, the number, the budget; and how one evening is merged."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from core.clock import SHANGHAI, now
from core.enums import NotificationState
from db.models import Notification, SmsSpending
from db.session import Database
from notifications import service
from notifications.delivery.claiming import Dispatch, claim
from notifications.delivery.limits import QuietHours
from notifications.gateways.base import TemporaryGatewayError
from notifications.service import Telling
from notifications.templates import Template
from tests.factories.projects import make_project
from tests.live import wait_until
from tests.notifications.post import (
    PHONE,
    deliver,
    deliver_all,
    list_jobs,
    make_dispatch,
    make_person,
    read,
    record_one,
    set_clock,
    state_of,
    tell,
)
from tests.notifications.provider import Provider

NIGHT = QuietHours(time(21), time(8))
ALWAYS_QUIET = QuietHours(time(0), time(23, 59, 59, 999_999))
Record = Callable[[Session], None]


@pytest.fixture
def provider() -> Provider:
    return Provider()


def record(database: Database, *tell_all: Record) -> list[UUID]:
    """Commit what these record, in order; return the ids of the new messages."""
    known: set[UUID] = set()
    with database.transaction() as session:
        known.update(session.exec(select(Notification.id)))
        for one in tell_all:
            one(session)
    with database.transaction() as session:
        statement = select(Notification.id).order_by(col(Notification.id))
        return [one for one in session.exec(statement) if one not in known]


def evening(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Make it half past ten in the evening of today; return tomorrow's eight o'clock."""
    at = now().astimezone(SHANGHAI).replace(hour=22, minute=30)
    set_clock(monkeypatch, at)
    return (at + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)


def test_notice_waits_for_the_morning(
    live_database: Database, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    notification_id = record_one(live_database)
    morning = evening(monkeypatch)

    assert not deliver(live_database, make_dispatch(provider, quiet=NIGHT), notification_id)

    waiting = read(live_database, notification_id)
    assert (waiting.state, waiting.deferred_until) == (NotificationState.PENDING, morning)
    assert [job.due_at for job in list_jobs(live_database, notification_id)] == [morning]
    assert provider.accepted == []


def test_notice_of_the_night_leaves_in_the_morning(
    live_database: Database, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    notification_id = record_one(live_database)
    dispatch = make_dispatch(provider, quiet=NIGHT)
    morning = evening(monkeypatch)
    deliver(live_database, dispatch, notification_id)

    set_clock(monkeypatch, morning)
    assert deliver(live_database, dispatch, notification_id)

    assert state_of(live_database, notification_id) is NotificationState.SENT


def test_waiting_for_the_morning_is_no_failed_try(
    live_database: Database, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    notification_id = record_one(live_database)
    evening(monkeypatch)

    deliver(live_database, make_dispatch(provider, quiet=NIGHT), notification_id)

    assert [job.attempts for job in list_jobs(live_database, notification_id)] == [0]


def test_urgent_message_leaves_at_night(
    live_database: Database, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    (code,) = record(
        live_database, lambda s: service.send_code(s, phone=PHONE, code="271828", key="1")
    )

    assert deliver(live_database, make_dispatch(provider, quiet=ALWAYS_QUIET), code)


def tell_of_three_things(database: Database) -> list[UUID]:
    """Commit three messages to one person."""

    def record_three(session: Session) -> None:
        person = make_person(session)
        tell(session, person)
        paid = Telling(person.id, "1", {"month": "2026-10"})
        service.notify_many(session, template=Template.WAGE_PAID, tellings=[paid])
        accepted = Telling(person.id, "1", {"number": "AX26112304271962"})
        service.notify_many(session, template=Template.CASE_ACCEPTED, tellings=[accepted])

    return record(database, record_three)


def digests(database: Database) -> list[Notification]:
    with database.transaction() as session:
        found = session.exec(select(Notification).where(Notification.template == "digest")).all()
        session.expunge_all()
    return list(found)


def test_messages_of_one_evening_become_one(live_database: Database, provider: Provider) -> None:
    told = tell_of_three_things(live_database)

    for one in told:
        deliver(live_database, make_dispatch(provider, quiet=ALWAYS_QUIET), one)

    (digest,) = digests(live_database)
    assert "3条新消息：工资条、工资到账、投诉" in digest.body
    assert {state_of(live_database, one) for one in told} == {NotificationState.MERGED}
    assert {read(live_database, one).digest_id for one in told} == {digest.id}
    assert digest.deferred_until == list_jobs(live_database, digest.id)[0].due_at


def test_one_job_merges_as_many_jobs_do(live_database: Database, provider: Provider) -> None:
    told = tell_of_three_things(live_database)

    deliver_all(live_database, make_dispatch(provider, quiet=ALWAYS_QUIET), told)

    assert [digest.state for digest in digests(live_database)] == [NotificationState.PENDING]


def test_digest_alone_is_sent_in_the_morning(live_database: Database, provider: Provider) -> None:
    told = tell_of_three_things(live_database)
    for one in told:
        deliver(live_database, make_dispatch(provider, quiet=ALWAYS_QUIET), one)
    (digest,) = digests(live_database)

    for one in (*told, digest.id):
        assert deliver(live_database, make_dispatch(provider), one)

    assert [sms.reference for sms in provider.accepted] == [str(digest.id)]


def test_evenings_of_a_couple_on_one_phone_stay_apart(
    live_database: Database, provider: Provider
) -> None:
    couple = [record_one(live_database), record_one(live_database)]

    deliver_all(live_database, make_dispatch(provider, quiet=ALWAYS_QUIET), couple)

    assert digests(live_database) == []


def test_two_workers_together_send_a_number_no_more_than_fifty(
    live_database: Database, provider: Provider
) -> None:
    ids = record(live_database, *[tell_many(range(number, number + 30)) for number in (0, 30)])
    dispatch = make_dispatch(provider)
    other = Thread(target=deliver_all, args=(live_database, dispatch, ids[30:]))
    jobs = {one: list_jobs(live_database, one)[-1].id for one in ids[:30]}

    with live_database.transaction() as session:
        claims = claim(session, dispatch, jobs, at=now())
        other.start()
        wait_until(lambda: _is_somebody_waiting(live_database))
    other.join()

    assert len(claims) == 30
    assert len(provider.accepted) == 20


def tell_many(numbers: range) -> Record:
    def tell_all(session: Session) -> None:
        for number in numbers:
            tell(session, make_person(session), key=str(number))

    return tell_all


def _is_somebody_waiting(database: Database) -> bool:
    with database.transaction() as session:
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(session.connection().execute(waiting).scalar_one())


def test_fifty_first_notice_of_a_day_waits(live_database: Database, provider: Provider) -> None:
    def record_many(session: Session) -> None:
        person = make_person(session)
        tellings = [Telling(person.id, str(number), {"month": "2026-10"}) for number in range(51)]
        service.notify_many(session, template=Template.PAYSLIP_CHANGED, tellings=tellings)

    told = record(live_database, record_many)

    deliver_all(live_database, make_dispatch(provider), told)

    assert len(provider.accepted) == 50
    (waiting,) = [one for one in told if state_of(live_database, one) is NotificationState.PENDING]
    assert list_jobs(live_database, waiting)[0].due_at > now() + timedelta(hours=23)


def test_sign_in_code_is_not_counted_among_the_notices(
    live_database: Database, provider: Provider
) -> None:
    def record_many(session: Session) -> None:
        person = make_person(session)
        tellings = [Telling(person.id, str(number), {"month": "2026-10"}) for number in range(50)]
        service.notify_many(session, template=Template.PAYSLIP_CHANGED, tellings=tellings)
        service.send_code(session, phone=PHONE, code="271828", key="1")

    deliver_all(live_database, make_dispatch(provider), record(live_database, record_many))

    assert len(provider.accepted) == 51


@pytest.fixture
def project_id(live_database: Database) -> UUID:
    with live_database.transaction() as session:
        return make_project(session).id


def tell_project(database: Database, project_id: UUID, count: int) -> list[UUID]:
    return record(
        database,
        *(lambda s: tell(s, make_person(s), project_id=project_id) for _ in range(count)),
    )


def spending(database: Database) -> SmsSpending:
    with database.transaction() as session:
        found = session.exec(select(SmsSpending)).one()
        session.expunge(found)
    return found


def test_project_over_its_budget_waits_for_tomorrow(
    live_database: Database, provider: Provider, project_id: UUID
) -> None:
    told = tell_project(live_database, project_id, 3)

    deliver_all(live_database, make_dispatch(provider, project_daily_segments=2), told)

    assert len(provider.accepted) == 2
    spent = spending(live_database)
    assert spent.segments == 2
    assert spent.exhausted_at is not None
    (waiting,) = [one for one in told if state_of(live_database, one) is NotificationState.PENDING]
    assert list_jobs(live_database, waiting)[0].due_at.astimezone(SHANGHAI).hour == 8


def test_exhausted_budget_raises_one_alert(
    live_database: Database,
    provider: Provider,
    project_id: UUID,
    caplog: pytest.LogCaptureFixture,
) -> None:
    told = tell_project(live_database, project_id, 4)

    for one in told:
        deliver(live_database, make_dispatch(provider, project_daily_segments=1), one)

    assert caplog.text.count("sms budget of a project used up") == 1


def test_urgent_message_is_counted_but_never_waits_for_a_budget(
    live_database: Database, provider: Provider, project_id: UUID
) -> None:
    def record_urgent(session: Session) -> None:
        service.notify(
            session,
            template=Template.WAGE_REJECTED,
            person_id=make_person(session).id,
            key="1",
            project_id=project_id,
            month="2026-10",
            reason="账号户名不符",
        )

    tell_project(live_database, project_id, 1)
    told = record(live_database, record_urgent, record_urgent)

    deliver_all(live_database, make_dispatch(provider, project_daily_segments=1), told)

    assert len(provider.accepted) == 2
    assert spending(live_database).segments == 2


def test_project_s_budget_does_not_silence_what_an_authority_says(
    live_database: Database, provider: Provider, project_id: UUID
) -> None:
    def record_filed(session: Session) -> None:
        service.notify(
            session,
            template=Template.COMPLAINT_FILED,
            person_id=make_person(session).id,
            key="1",
            project_id=project_id,
            county_code="330106",
            number="AX26112304271962",
        )

    tell_project(live_database, project_id, 1)
    told = record(live_database, record_filed)

    deliver_all(live_database, make_dispatch(provider, project_daily_segments=0), told)

    assert len(provider.accepted) == 1


def test_second_try_costs_the_budget_nothing(
    live_database: Database, provider: Provider, project_id: UUID
) -> None:
    (told,) = tell_project(live_database, project_id, 1)
    provider.refusals = [TemporaryGatewayError("busy")]
    dispatch = make_dispatch(provider, project_daily_segments=1)

    deliver(live_database, dispatch, told)
    assert deliver(live_database, dispatch, told)

    assert spending(live_database).segments == 1


def test_notice_of_last_week_is_given_up(
    live_database: Database, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    notification_id = record_one(live_database)
    set_clock(monkeypatch, now() + timedelta(days=3))

    assert deliver(live_database, make_dispatch(provider), notification_id)

    given_up = read(live_database, notification_id)
    assert (given_up.state, given_up.error) == (NotificationState.FAILED, "expired")


def test_without_a_settled_gateway_the_first_in_order_is_taken(
    live_database: Database, provider: Provider
) -> None:
    notification_id = record_one(live_database)
    dispatch: Dispatch = make_dispatch(Provider("first"), provider)

    deliver(live_database, dispatch, notification_id)

    assert read(live_database, notification_id).gateway == "first"

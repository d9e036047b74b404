"""Phone punches as they are recorded: counted, repeated, doubted, kept private."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from redis import Redis
from sqlalchemy import text
from sqlmodel import Session, col, select

from attendance import conflicts, phone
from attendance.errors import NotOnThisProjectError, TooManyPunchesError
from attendance.phone import PunchIn, PunchView
from core.clock import now
from core.enums import CheckInMethod, ConflictKind, Direction, Grade, Notice, ScanReason
from core.places import Place, PunchSignal
from db.models import CheckIn, Consent, GateConflict, Person, WorkDay
from db.session import Database
from identity import consents
from projects.errors import UnknownPosterError
from tests.factories.attendance import GateSite, make_check_in, make_gate_site
from tests.factories.fences import make_fence, make_location
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_project, make_project_worker, make_team

MORNING = now().replace(hour=1, minute=0) - timedelta(days=1)
"""09:00 in Shanghai."""
EVENING = MORNING + timedelta(hours=9)


@pytest.fixture
def site(session: Session) -> GateSite:
    """A site with a fence whose worker has agreed to the use of locations."""
    site = make_gate_site(session)
    make_fence(session, site.project)
    consents.agree(
        session,
        person_id=site.person_id,
        notice=Notice.LOCATION,
        version=consents.LOCATION_NOTICE_VERSION,
        at=MORNING,
    )
    return site


def punch(
    session: Session,
    redis: Redis,
    site: GateSite,
    at: datetime = MORNING,
    **facts: Any,
) -> PunchView:
    usual = PunchIn(site.project.poster_token, Direction.IN, uuid4().hex, make_location())
    return phone.check_in_at_poster(
        session, redis, person_id=site.person_id, punch=replace(usual, **facts), at=at
    )


def stored(session: Session) -> list[CheckIn]:
    session.expire_all()
    return list(session.exec(select(CheckIn).order_by(col(CheckIn.occurred_at))))


def test_punch_inside_is_a_grade_c_check_in(session: Session, redis: Redis, site: GateSite) -> None:
    view = punch(session, redis, site)

    (check_in,) = stored(session)
    assert (check_in.method, check_in.grade) == (CheckInMethod.POSTER, Grade.C)
    assert (check_in.valid, check_in.reason) == (True, ScanReason.OK)
    assert (check_in.source_id, check_in.project_worker_id) == (site.person_id, site.worker_id)
    assert (view.finding.place, view.finding.signals) == (Place.INSIDE, ())
    assert view.says == ["进场打卡成功"]
    assert session.exec(select(GateConflict)).all() == []


def test_a_day_of_punches_folds_to_a_day_of_grade_c(
    session: Session, redis: Redis, site: GateSite
) -> None:
    punch(session, redis, site)
    punch(session, redis, site, EVENING, direction=Direction.OUT)

    day = session.exec(select(WorkDay)).one()
    assert (day.minutes, day.units, day.grades) == (540, 100, {"C": 2})


def test_coordinates_are_sealed_and_nowhere_else(
    session: Session, redis: Redis, site: GateSite
) -> None:
    view = punch(session, redis, site)

    raw = session.scalar(text("SELECT row_to_json(check_in)::text FROM check_in"))
    assert "30.25" not in str(raw)
    assert view.location == make_location()


def test_same_nonce_is_the_same_punch_however_late(
    session: Session, redis: Redis, site: GateSite
) -> None:
    first = punch(session, redis, site, nonce="one-punch")
    again = punch(session, redis, site, EVENING, nonce="one-punch", location=None)

    assert again.id == first.id
    assert len(stored(session)) == 1


def test_same_nonce_the_other_way_is_another_punch(
    session: Session, redis: Redis, site: GateSite
) -> None:
    punch(session, redis, site, nonce="one-punch")
    out = punch(session, redis, site, EVENING, nonce="one-punch", direction=Direction.OUT)
    again = punch(session, redis, site, EVENING, nonce="one-punch", direction=Direction.OUT)

    assert again.id == out.id
    assert [check_in.direction for check_in in stored(session)] == [Direction.IN, Direction.OUT]


@pytest.mark.parametrize(
    ("seconds", "direction", "count"),
    [(5, Direction.IN, 1), (59, Direction.IN, 1), (61, Direction.IN, 2), (5, Direction.OUT, 2)],
)
def test_double_tap_within_a_minute_is_one(
    session: Session,
    redis: Redis,
    site: GateSite,
    *,
    seconds: int,
    direction: Direction,
    count: int,
) -> None:
    punch(session, redis, site)
    punch(session, redis, site, MORNING + timedelta(seconds=seconds), direction=direction)

    assert len(stored(session)) == count


@pytest.mark.parametrize(
    ("facts", "signal"),
    [
        ({"location": None}, PunchSignal.NO_LOCATION),
        ({"location": make_location(5_000)}, PunchSignal.OUTSIDE_FENCE),
        ({"location": make_location(accuracy_m=3_000)}, PunchSignal.VAGUE_LOCATION),
        ({"location": make_location(is_mock=True)}, PunchSignal.MOCK_LOCATION),
    ],
)
def test_signal_asks_the_manager_and_takes_nothing_from_the_worker(
    session: Session, redis: Redis, site: GateSite, facts: dict[str, Any], signal: PunchSignal
) -> None:
    view = punch(session, redis, site, **facts)

    (listed,) = conflicts.list_conflicts(session, project_id=site.project_id, before=None, limit=10)
    assert view.check_in.valid
    assert session.exec(select(WorkDay.units)).one() == 50
    assert listed.conflict.kind is ConflictKind.PHONE_SIGNAL
    assert listed.finding is not None
    assert listed.finding.signals == (signal,)
    assert "手机打卡" in listed.explanation


def test_being_in_two_towns_at_once_is_asked_about(
    session: Session, redis: Redis, site: GateSite
) -> None:
    punch(session, redis, site)
    far = make_location(300_000)
    view = punch(
        session, redis, site, MORNING + timedelta(minutes=20), direction=Direction.OUT, location=far
    )

    assert PunchSignal.IMPOSSIBLE_TRAVEL in view.finding.signals
    assert view.check_in.valid


def test_gate_of_another_site_says_where_somebody_was(
    session: Session, redis: Redis, site: GateSite
) -> None:
    elsewhere = make_project(session)
    make_fence(session, elsewhere).points = [[39.91, 116.40]]
    worker = make_project_worker(
        session,
        make_team(session, elsewhere),
        session.get_one(Person, site.person_id),
        entered_date=site.worker.entered_date,
    )
    make_check_in(session, worker, Direction.OUT, MORNING - timedelta(minutes=30))

    view = punch(session, redis, site)

    assert view.finding.signals == (PunchSignal.IMPOSSIBLE_TRAVEL,)


def test_without_consent_the_location_is_neither_used_nor_kept(
    session: Session, redis: Redis, site: GateSite
) -> None:
    consents.withdraw(session, person_id=site.person_id, notice=Notice.LOCATION, at=MORNING)

    view = punch(session, redis, site)

    assert (view.location, view.finding.place) == (None, Place.UNKNOWN)
    assert view.finding.signals == (PunchSignal.NO_LOCATION,)
    assert view.check_in.valid


def test_consent_comes_with_the_punch_and_is_kept(
    session: Session, redis: Redis, site: GateSite
) -> None:
    consents.withdraw(session, person_id=site.person_id, notice=Notice.LOCATION, at=MORNING)

    view = punch(session, redis, site, notice_version=consents.LOCATION_NOTICE_VERSION)

    assert view.finding.place is Place.INSIDE
    standing = session.exec(select(Consent).where(col(Consent.withdrawn_at).is_(None))).one()
    assert (standing.version, standing.agreed_at) == (consents.LOCATION_NOTICE_VERSION, MORNING)


def test_who_has_left_is_recorded_but_not_counted(
    session: Session, redis: Redis, site: GateSite
) -> None:
    site.worker.left_date = site.worker.entered_date

    view = punch(session, redis, site, location=None)

    (check_in,) = stored(session)
    assert (check_in.valid, check_in.reason) == (False, ScanReason.LEFT_PROJECT)
    assert "不算出勤" in view.says[0]
    assert session.exec(select(WorkDay)).all() == []
    assert session.exec(select(GateConflict)).all() == []


def test_missing_contract_costs_no_day_and_is_listed(session: Session, redis: Redis) -> None:
    site = make_gate_site(session, has_contract=False)

    view = punch(session, redis, site)

    (listed,) = conflicts.list_conflicts(session, project_id=site.project_id, before=None, limit=10)
    assert (view.check_in.valid, view.check_in.reason) == (True, ScanReason.NO_CONTRACT)
    assert "没有合同" in listed.explanation
    assert "闸机" not in listed.explanation


def test_stranger_to_the_site_is_sent_to_register(
    session: Session, redis: Redis, site: GateSite
) -> None:
    stranger = make_worker_person(session)

    with pytest.raises(NotOnThisProjectError):
        punch(session, redis, replace(site, person_id=stranger.id))

    assert stored(session) == []


def test_poster_of_no_site_is_refused(session: Session, redis: Redis, site: GateSite) -> None:
    with pytest.raises(UnknownPosterError):
        punch(session, redis, site, poster_token="nowhere")


def test_phone_that_runs_wild_is_told_to_wait(
    session: Session, redis: Redis, site: GateSite
) -> None:
    for _ in range(10):
        punch(session, redis, site)

    with pytest.raises(TooManyPunchesError) as refusal:
        punch(session, redis, site)

    assert 0 < refusal.value.retry_after <= 60


def test_without_valkey_everybody_may_go_to_work(session: Session, site: GateSite) -> None:
    with Redis(unix_socket_path="/nonexistent") as nobody:
        assert punch(session, nobody, site).check_in.valid


def test_own_punches_are_listed_newest_first(
    session: Session, redis: Redis, site: GateSite
) -> None:
    first = punch(session, redis, site)
    second = punch(session, redis, site, EVENING, direction=Direction.OUT)

    listed = phone.list_punches(session, person_id=site.person_id, before=None, limit=5)
    earlier = phone.list_punches(session, person_id=site.person_id, before=second.id, limit=5)

    assert [view.id for view in listed] == [second.id, first.id]
    assert [view.id for view in earlier] == [first.id]


def test_punch_sent_many_times_at_once_is_one(live_database: Database, redis: Redis) -> None:
    with live_database.transaction() as session:
        site = make_gate_site(session)
        one = PunchIn(site.project.poster_token, Direction.IN, "one-punch", None)
        person_id = site.person_id

    def send(_: int) -> UUID:
        with live_database.transaction() as session:
            return phone.check_in_at_poster(
                session, redis, person_id=person_id, punch=one, at=now()
            ).id

    with ThreadPoolExecutor(6) as pool:
        answers = set(pool.map(send, range(6)))

    with live_database.transaction() as session:
        assert {check_in.id for check_in in stored(session)} == answers
    assert len(answers) == 1

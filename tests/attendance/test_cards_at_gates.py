"""Printed cards online and offline: admitted, revoked, looked at, and worth what was proved."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from redis import Redis
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from attendance import service
from attendance.annulments import annul_scan
from attendance.conflicts import ConflictView, list_conflicts
from attendance.due_folds import fold_due_of
from attendance.errors import (
    AnnulledError,
    LookTooLateError,
    NothingToLookAtError,
    ScanNotFoundError,
)
from attendance.looks import confirm_look
from attendance.offline import take_scans
from attendance.rejudge import Arrival, ScanReport
from attendance.service import ScanDecision
from core.clock import ONE_DAY, local_date, now
from core.enums import (
    CheckInMethod,
    ConflictKind,
    Direction,
    Grade,
    ScanReason,
    ScanStatus,
    Tone,
)
from core.keyring import Keyring
from db.models import CheckIn, Device, WorkDay
from db.session import Database
from qr import cards
from qr.cards import IssuedCard
from tests.factories.attendance import GateSite, make_gate, make_gate_site
from tests.factories.cards import make_card
from tests.factories.identity import make_principal
from tests.factories.projects import make_project

AT = now()
YESTERDAY_NOON = AT - ONE_DAY
NONCE = "card-scan-0001"


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def issued(session: Session, site: GateSite) -> IssuedCard:
    return make_card(session, site.worker)


@pytest.fixture
def scan(session: Session, redis: Redis, keyring: Keyring, site: GateSite) -> Any:
    def scan(text: str, *, nonce: str = NONCE, device: Device = site.gate.device) -> ScanDecision:
        session.flush()
        return service.verify_scan(
            session,
            redis,
            keyring,
            device=device,
            code=text,
            direction=Direction.IN,
            nonce=nonce,
            scanned_at=now(),
        )

    return scan


@pytest.fixture
def upload(session: Session, keyring: Keyring, site: GateSite) -> Callable[..., Any]:
    def upload(*reports: ScanReport, device: Device = site.gate.device) -> Any:
        session.flush()
        return take_scans(
            session,
            keyring,
            device=device,
            reports=reports,
            arrival=Arrival(now(), "boot-1", None),
            clock_offset_ms=None,
        )

    return upload


def report(text: str, at: datetime, *, nonce: str = NONCE, **changes: Any) -> ScanReport:
    facts: dict[str, Any] = {
        "code": text,
        "direction": Direction.IN,
        "nonce": nonce,
        "scanned_at": at,
        "clock_bound_ms": 200,
        "admitted": True,
        "reason": "ok",
        "decided_offline": True,
        "sequence": 1,
        "boot_id": "boot-1",
        "uptime_ms": None,
    }
    return ScanReport(**(facts | changes))


def revoke(session: Session, issued: IssuedCard, *, at: datetime) -> None:
    principal = make_principal(issued.card.person_id)
    cards.revoke_my_card(session, principal=principal, card_id=issued.card.id, at=at)
    session.flush()


def grades(session: Session, site: GateSite) -> list[dict[str, int]]:
    fold_due_of(session, person_id=site.person_id)
    return [day.grades for day in session.exec(select(WorkDay))]


def test_a_good_card_opens_and_asks_for_a_look(scan: Any, issued: IssuedCard) -> None:
    decision = scan(issued.code.lower())

    check_in = decision.check_in
    assert (decision.admitted, decision.tone) == (True, Tone.NOTICE)
    assert decision.say == "请进，注意安全，请门卫核对本人"
    assert decision.worker is not None
    assert (check_in.method, check_in.grade) == (CheckInMethod.CARD_CODE, Grade.E)


def test_a_card_opens_more_than_once(scan: Any, issued: IssuedCard) -> None:
    assert scan(issued.code).admitted
    assert scan(issued.code, nonce="card-scan-0002").admitted


def test_a_revoked_card_is_refused_and_recorded(
    session: Session, scan: Any, issued: IssuedCard
) -> None:
    revoke(session, issued, at=now())

    decision = scan(issued.code)

    assert (decision.admitted, decision.reason) == (False, ScanReason.REVOKED_CARD)
    assert decision.say == "这张卡已挂失或停用，请用新卡"
    assert decision.worker is None
    stored = session.exec(select(CheckIn)).one()
    assert (stored.reason, stored.valid) == (ScanReason.REVOKED_CARD, False)


def test_a_card_nobody_has_is_unknown(scan: Any) -> None:
    assert scan("AI" + "A" * 22).reason is ScanReason.UNKNOWN_WORKER


def test_a_card_at_another_project_is_not_registered_there(
    session: Session, scan: Any, issued: IssuedCard
) -> None:
    elsewhere = make_gate(session, make_project(session)).device
    assert scan(issued.code, device=elsewhere).reason is ScanReason.NOT_ON_PROJECT


def test_a_leavers_card_does_not_open(scan: Any, issued: IssuedCard, site: GateSite) -> None:
    site.worker.left_date = local_date(AT) - ONE_DAY
    assert scan(issued.code).reason is ScanReason.LEFT_PROJECT


def test_a_look_afterwards_makes_it_grade_b(
    session: Session, scan: Any, issued: IssuedCard, site: GateSite
) -> None:
    check_in = scan(issued.code).check_in
    before = grades(session, site)

    look = confirm_look(session, device=site.gate.device, nonce=NONCE, at=now())
    session.expire_all()

    assert before == [{"E": 1}]
    assert grades(session, site) == [{"B": 1}]
    assert look.check_in_id == check_in.id
    again = confirm_look(
        session, device=site.gate.device, nonce=NONCE, at=now() + timedelta(hours=1)
    )
    assert again.id == look.id


def test_a_look_is_never_taken_back(
    session: Session, scan: Any, issued: IssuedCard, site: GateSite
) -> None:
    scan(issued.code)
    confirm_look(session, device=site.gate.device, nonce=NONCE, at=now())
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(sa.text("DELETE FROM check_in_look"))


def test_a_look_comes_from_the_same_gate_and_in_time(
    session: Session, scan: Any, issued: IssuedCard, site: GateSite
) -> None:
    scan(issued.code)
    other = make_gate(session, site.project).device

    with pytest.raises(ScanNotFoundError):
        confirm_look(session, device=other, nonce=NONCE, at=now())
    with pytest.raises(LookTooLateError):
        confirm_look(
            session, device=site.gate.device, nonce=NONCE, at=now() + timedelta(minutes=16)
        )


def test_an_annulled_crossing_wants_no_look(
    session: Session, scan: Any, issued: IssuedCard, site: GateSite
) -> None:
    scan(issued.code)
    annul_scan(session, device=site.gate.device, nonce=NONCE, at=now())
    with pytest.raises(AnnulledError):
        confirm_look(session, device=site.gate.device, nonce=NONCE, at=now())


def list_strangers(session: Session, site: GateSite) -> list[ConflictView]:
    listed = list_conflicts(session, project_id=site.project_id, before=None, limit=9)
    return [view for view in listed if view.conflict.kind is ConflictKind.NOT_THE_HOLDER]


def test_a_stranger_whom_an_offline_gate_saw_is_somebodys_to_look_at(
    session: Session, upload: Any, issued: IssuedCard, site: GateSite
) -> None:
    turned_back = report(issued.code, YESTERDAY_NOON, admitted=False, reason="not_the_holder")
    refused = report(
        issued.code, YESTERDAY_NOON, nonce="card-scan-0002", admitted=False, reason="left_project"
    )

    first, _ = upload(turned_back, refused)
    upload(turned_back)

    (view,) = list_strangers(session, site)
    assert (view.id, view.worker is not None) == (first.check_in.id, True)
    assert "不是本人" in view.explanation


@pytest.mark.parametrize("minutes", [1, 16])
def test_a_stranger_let_in_online_and_told_of_in_an_upload_is_listed_too(
    session: Session,
    keyring: Keyring,
    scan: Any,
    issued: IssuedCard,
    site: GateSite,
    *,
    minutes: int,
) -> None:
    let_in = scan(issued.code).check_in

    take_scans(
        session,
        keyring,
        device=site.gate.device,
        reports=[report(issued.code, AT, admitted=False, reason="not_the_holder")],
        arrival=Arrival(now() + timedelta(minutes=minutes), "boot-1", None),
        clock_offset_ms=None,
    )

    (view,) = list_strangers(session, site)
    assert (view.id, view.counts_as_work) == (let_in.id, minutes > 15)


def test_only_a_card_that_counts_wants_a_look(
    session: Session, keyring: Keyring, scan: Any, issued: IssuedCard, site: GateSite
) -> None:
    revoke(session, issued, at=now())
    scan(issued.code)
    scan(site.live_code(session, keyring), nonce="live-scan-0001")

    for nonce in (NONCE, "live-scan-0001"):
        with pytest.raises(NothingToLookAtError):
            confirm_look(session, device=site.gate.device, nonce=nonce, at=now())


@pytest.mark.parametrize(("looked", "grade"), [(True, "B"), (False, "E")])
def test_an_offline_card_counts_for_as_much_as_was_looked_at(
    session: Session, site: GateSite, upload: Any, issued: IssuedCard, *, looked: bool, grade: str
) -> None:
    (outcome,) = upload(report(issued.code, YESTERDAY_NOON, looked=looked))

    check_in = outcome.check_in
    assert (outcome.status, check_in.valid) == (ScanStatus.RECORDED, True)
    assert (check_in.method, check_in.grade, check_in.code_step) == (
        CheckInMethod.CARD_CODE,
        grade,
        None,
    )
    assert check_in.project_worker_id == site.worker_id
    assert grades(session, site) == [{grade: 1}]


@pytest.mark.parametrize(
    ("revoked_after", "reason"),
    [
        (timedelta(hours=1), ScanReason.OK),
        (timedelta(hours=-1), ScanReason.REVOKED_CARD),
        (timedelta(milliseconds=-100), ScanReason.OK),
        (timedelta(milliseconds=-200), ScanReason.REVOKED_CARD),
    ],
    ids=["scanned before", "scanned after", "perhaps before", "surely after"],
)
def test_an_offline_card_is_judged_for_its_own_moment(
    session: Session,
    upload: Any,
    issued: IssuedCard,
    *,
    revoked_after: timedelta,
    reason: ScanReason,
) -> None:
    revoke(session, issued, at=YESTERDAY_NOON + revoked_after)

    (outcome,) = upload(report(issued.code, YESTERDAY_NOON, looked=True))

    is_ok = reason is ScanReason.OK
    check_in = outcome.check_in
    assert (check_in.reason, check_in.valid, check_in.admitted) == (reason, is_ok, True)
    assert check_in.grade is (Grade.B if is_ok else Grade.E)


def test_an_uploaded_card_nobody_has_is_kept_and_names_nobody(upload: Any) -> None:
    (outcome,) = upload(report("AI" + "A" * 22, YESTERDAY_NOON, admitted=False))
    check_in = outcome.check_in
    assert (check_in.reason, check_in.project_worker_id) == (ScanReason.UNKNOWN_WORKER, None)


def test_a_card_of_the_future_does_not_count(upload: Any, issued: IssuedCard) -> None:
    (outcome,) = upload(report(issued.code, now() + timedelta(hours=2)))
    assert (outcome.check_in.reason, outcome.check_in.valid) == (ScanReason.FUTURE_CODE, False)


def test_a_card_sent_twice_is_known_and_used_twice_counts_twice(
    session: Session, upload: Any, issued: IssuedCard
) -> None:
    first = report(issued.code, YESTERDAY_NOON)
    later = report(issued.code, YESTERDAY_NOON + timedelta(hours=2), nonce="card-scan-0002")
    upload(first)

    outcomes = upload(first, later)

    assert [outcome.status for outcome in outcomes] == [
        ScanStatus.DUPLICATE,
        ScanStatus.RECORDED,
    ]
    assert all(outcome.check_in.valid for outcome in outcomes)


def test_cards_and_live_codes_travel_in_one_upload(
    session: Session, keyring: Keyring, upload: Any, issued: IssuedCard, site: GateSite
) -> None:
    live = report(
        site.live_code(session, keyring, at=YESTERDAY_NOON), YESTERDAY_NOON, nonce="live-0001"
    )
    outcomes = upload(report(issued.code, YESTERDAY_NOON), live, report("x", YESTERDAY_NOON))
    assert [outcome.check_in.grade for outcome in outcomes][:2] == [Grade.E, Grade.A]


def test_revoking_while_scanning_leaves_a_true_record(
    live_database: Database, redis: Redis, keyring: Keyring
) -> None:
    with live_database.transaction() as session:
        site = make_gate_site(session)
        issued = make_card(session, site.worker)
        text, card_id = issued.code, issued.card.id
        person_id, gate_id = site.person_id, site.gate.device_id

    def step(number: int) -> None:
        with live_database.transaction() as session:
            if number == 5:
                cards.revoke_my_card(
                    session, principal=make_principal(person_id), card_id=card_id, at=now()
                )
                return
            service.verify_scan(
                session,
                redis,
                keyring,
                device=session.get_one(Device, gate_id),
                code=text,
                direction=Direction.IN,
                nonce=f"card-scan-{number:04d}",
                scanned_at=now(),
            )

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(step, range(12)))

    with live_database.transaction() as session:
        stored = list(session.exec(select(CheckIn)))
        reasons = {check_in.reason for check_in in stored}
        assert len(stored) == 11
        assert reasons <= {ScanReason.OK, ScanReason.REVOKED_CARD}
        assert all(check_in.valid == (check_in.reason == ScanReason.OK) for check_in in stored)

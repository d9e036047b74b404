"""Three viewers of one code: a stranger, a supervisor on the site, an inspector of the county."""

from dataclasses import replace
from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy import func, select
from sqlmodel import Session

from core.clock import local_date, now
from core.enums import DeviceProfile, Role, ScanReason, Tone
from core.keyring import Keyring
from db.models import AuditEntry, CheckIn, WorkerCard, WorkerCode
from identity import photos
from identity.principal import Principal
from payroll import look
from payroll.errors import CodeNotProvedError, LooksThrottledError, NotInCountyError
from qr import code as ax1
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.identity import make_principal
from tests.identity.test_photos import photograph

ONE_DAY = timedelta(days=1)


@pytest.fixture
def site(session: Session) -> GateSite:
    site = make_gate_site(session)
    site.gate.device.profile = DeviceProfile.SUPERVISOR
    return site


@pytest.fixture
def inspector(site: GateSite) -> Principal:
    return make_principal(site.person_id, Role.INSPECTOR, county_code="330106")


def supervise(session: Session, keyring: Keyring, site: GateSite, text: str) -> look.SupervisorView:
    return look.look_at_worker(session, keyring, device=site.gate.device, text=text, at=now())


def ask(session: Session, redis: Redis, keyring: Keyring, text: str) -> bool:
    return look.look_at_code(session, redis, keyring, text=text, caller="10.0.0.1", at=now())


def print_card(session: Session, site: GateSite) -> tuple[str, WorkerCard]:
    secret = b"a secret of 14"
    card = WorkerCard(person_id=site.person_id, digest=ax1.card_digest(secret))
    session.add(card)
    session.flush()
    return ax1.encode_card(secret), card


def forge(text: str) -> str:
    """Return the code with another holder tag: what somebody with a stolen gate can make."""
    return ax1.encode(replace(ax1.decode(text), holder_tag=bytes(8)))


def test_a_stranger_learns_that_a_code_is_valid(
    session: Session, redis: Redis, keyring: Keyring, site: GateSite
) -> None:
    good = site.live_code(session, keyring)
    card, _ = print_card(session, site)
    assert [ask(session, redis, keyring, text) for text in (good, card)] == [True, True]


def test_a_stranger_learns_no_more_of_a_bad_one(
    session: Session, redis: Redis, keyring: Keyring, site: GateSite
) -> None:
    good = site.live_code(session, keyring)
    old = site.live_code(session, keyring, at=now() - timedelta(minutes=3))
    card, printed = print_card(session, site)
    printed.revoked_at = now()
    bad = [old, forge(good), card, "330106199003070014", "A" * 37, ""]
    assert {ask(session, redis, keyring, text) for text in bad} == {False}


def test_a_code_of_somebody_who_left_is_not_valid(
    session: Session, redis: Redis, keyring: Keyring, site: GateSite
) -> None:
    good = site.live_code(session, keyring)
    site.worker.left_date = local_date(now()) - ONE_DAY
    session.flush()
    assert not ask(session, redis, keyring, good)


def test_an_old_phones_code_is_not_valid(
    session: Session, redis: Redis, keyring: Keyring, site: GateSite
) -> None:
    good = site.live_code(session, keyring)
    session.scalars(select(WorkerCode)).one().key_generation = 2
    session.flush()
    assert not ask(session, redis, keyring, good)


def test_strangers_do_not_try_codes_out(session: Session, redis: Redis, keyring: Keyring) -> None:
    for _ in range(60):
        ask(session, redis, keyring, "A" * 37)
    with pytest.raises(LooksThrottledError):
        ask(session, redis, keyring, "A" * 37)
    nobody = Redis.from_url("unix:///nonexistent.sock")
    assert ask(session, nobody, keyring, "A" * 37) is False


def test_a_supervisor_sees_who_may_be_here(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    photos.keep_own_photo(
        session,
        principal=make_principal(site.person_id),
        content=photograph(),
        notice_version=photos.NOTICE_VERSION,
    )

    view = supervise(session, keyring, site, site.live_code(session, keyring))

    assert (view.reason, view.say) == (ScanReason.OK, look.MAY_ENTER)
    assert view.worker is not None
    assert (view.worker.masked_name, view.worker.trade, view.worker.team) == (
        "王*明",
        "钢筋工",
        "钢筋一班",
    )
    assert view.photo is not None


def test_a_look_is_no_crossing_and_uses_nothing_up(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    code = site.live_code(session, keyring)
    reasons = [supervise(session, keyring, site, code).reason for _ in range(2)]
    assert reasons == [ScanReason.OK, ScanReason.OK]
    assert session.scalar(select(func.count()).select_from(CheckIn)) == 0


def test_a_supervisor_learns_no_name_from_a_code_that_proves_none(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    view = supervise(session, keyring, site, forge(site.live_code(session, keyring)))
    assert (view.reason, view.worker, view.photo) == (ScanReason.BAD_HOLDER_TAG, None, None)


def test_a_supervisor_of_another_site_sees_that_it_is_not_theirs(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    elsewhere = make_gate_site(session)
    elsewhere.gate.device.profile = DeviceProfile.SUPERVISOR
    view = supervise(session, keyring, elsewhere, site.live_code(session, keyring))
    assert (view.reason, view.worker) == (ScanReason.BAD_GATE_TAG, None)


def test_an_inspector_sees_identity_project_and_wages(
    session: Session, keyring: Keyring, site: GateSite, inspector: Principal
) -> None:
    view = look.inspect_worker(
        session,
        keyring,
        principal=inspector,
        text=site.live_code(session, keyring),
        at=now(),
    )

    assert view.person.id == site.person_id
    assert [engagement.project_id for engagement in view.engagements] == [site.project_id]
    assert view.wages.severity is not None
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_role, entry.subject_id) == (
        "person.inspected",
        Role.INSPECTOR,
        site.person_id,
    )


def test_an_inspector_of_another_county_is_shown_nobody(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    other = make_principal(site.person_id, Role.INSPECTOR, county_code="330105")
    with pytest.raises(NotInCountyError):
        look.inspect_worker(
            session,
            keyring,
            principal=other,
            text=site.live_code(session, keyring),
            at=now(),
        )
    assert session.scalars(select(AuditEntry)).all() == []


def test_an_inspector_is_told_why_a_code_proves_nobody(
    session: Session, keyring: Keyring, site: GateSite, inspector: Principal
) -> None:
    old = site.live_code(session, keyring, at=now() - timedelta(minutes=3))
    with pytest.raises(CodeNotProvedError) as refusal:
        look.inspect_worker(session, keyring, principal=inspector, text=old, at=now())
    assert refusal.value.facts["reason"] == "expired_code"


def test_a_supervisor_is_asked_to_compare_the_face_of_who_shows_a_card(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    card, _ = print_card(session, site)

    by_card = supervise(session, keyring, site, card)
    by_phone = supervise(session, keyring, site, site.live_code(session, keyring))

    assert (by_card.reason, by_card.tone) == (ScanReason.OK, Tone.NOTICE)
    assert "核对本人" in by_card.say
    assert (by_phone.tone, "核对" in by_phone.say) == (Tone.WELCOME, False)

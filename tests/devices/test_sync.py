"""What a gate is told: keys of nine days, changes of the block list, and nothing personal."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from attendance.rules import Span, judge_standing
from core.clock import local_date, now
from core.enums import DeviceProfile, Direction, ScanReason
from core.keyring import Keyring
from db.models import Device, ProjectWorker
from devices import sync
from devices.sync import SyncPage, sync_gate
from qr import code as ax1
from qr.service import issue_worker_code
from tests.factories.attendance import GateSite, make_gate, make_gate_site
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_contract, make_project, make_project_worker

AT = now()
TODAY = local_date(AT)
ONE_DAY = timedelta(days=1)
KEY_DAYS_SHOWN = [TODAY + n * ONE_DAY for n in range(-1, 8)]
Sync = Callable[..., SyncPage | None]


@pytest.fixture
def site(session: Session) -> GateSite:
    site = make_gate_site(session)
    issue_worker_code(session, person_id=site.person_id)
    return site


@pytest.fixture
def ask(session: Session, keyring: Keyring, site: GateSite) -> Sync:
    def sync(
        cursor: str | None = None,
        etag: str | None = None,
        *,
        device: Device | None = None,
        at: datetime = AT,
    ) -> SyncPage | None:
        session.flush()
        return sync_gate(
            session,
            keyring,
            device=device or site.gate.device,
            cursor=cursor,
            known_etag=etag,
            at=at,
        )

    return sync


def page(answer: SyncPage | None) -> SyncPage:
    assert answer is not None
    return answer


def ref_of(session: Session, worker: ProjectWorker) -> bytes:
    return issue_worker_code(session, person_id=worker.person_id).worker_ref


def add_worker(
    session: Session, site: GateSite, *, entered: int = -30, left: int | None = None, contract: bool
) -> ProjectWorker:
    """Write a worker with a code; days count from today."""
    worker = make_project_worker(
        session,
        site.team,
        make_worker_person(session),
        entered_date=TODAY + entered * ONE_DAY,
    )
    worker.left_date = None if left is None else TODAY + left * ONE_DAY
    if contract:
        make_contract(session, worker, start_date=TODAY - 30 * ONE_DAY)
    issue_worker_code(session, person_id=worker.person_id)
    return worker


def test_a_gate_gets_the_keys_of_yesterday_today_and_seven_more_days(
    keyring: Keyring, site: GateSite, ask: Sync
) -> None:
    first = page(ask())

    assert [key.day - TODAY for key in first.day_keys] == [n * ONE_DAY for n in range(-1, 8)]
    assert first.day_keys[4].key == ax1.derive_project_day_key(
        keyring.gate_masters[1], project_id=site.project_id, day=TODAY + 3 * ONE_DAY
    )
    assert (first.is_full, first.project_id, first.server_time) == (True, site.project_id, AT)


@pytest.mark.parametrize("profile", [DeviceProfile.KIOSK, DeviceProfile.SUPERVISOR])
def test_other_devices_get_no_key_and_no_list(
    session: Session, site: GateSite, ask: Sync, profile: DeviceProfile
) -> None:
    site.worker.left_date = TODAY - ONE_DAY
    site.gate.device.profile = profile

    first = page(ask())

    assert (first.day_keys, first.changes.blocks) == ([], {})
    assert ask(first.cursor, first.etag) is None


@pytest.mark.parametrize("entered", [-1, 0, 1])
@pytest.mark.parametrize("left", [None, -1, 0, 1])
@pytest.mark.parametrize("contract", [True, False])
def test_the_list_says_what_the_rules_say(
    session: Session, site: GateSite, ask: Sync, *, entered: int, left: int | None, contract: bool
) -> None:
    worker = add_worker(session, site, entered=entered, left=left, contract=contract)

    told = page(ask()).changes.blocks.get(ref_of(session, worker), ScanReason.OK)

    stay = Span(worker.entered_date, worker.left_date)
    contracts = [stay] if contract else []
    assert told is judge_standing(stay, contracts, direction=Direction.IN, on=TODAY)


def test_nobody_who_may_enter_is_on_the_list_and_nobody_without_a_code(
    session: Session, site: GateSite, ask: Sync
) -> None:
    make_project_worker(session, site.team, make_worker_person(session))
    assert page(ask()).changes.blocks == {}


def test_workers_of_other_projects_are_not_on_the_list(
    session: Session, site: GateSite, ask: Sync
) -> None:
    site.worker.left_date = TODAY - ONE_DAY
    elsewhere = make_gate(session, make_project(session)).device
    assert page(ask(device=elsewhere)).changes.blocks == {}


def test_a_leaver_and_a_returner_come_as_changes(
    session: Session, site: GateSite, ask: Sync
) -> None:
    ref = ref_of(session, site.worker)
    blocked_before = ref_of(session, add_worker(session, site, contract=False))
    first = page(ask())
    assert first.changes.blocks == {blocked_before: ScanReason.NO_CONTRACT}

    site.worker.left_date = TODAY - ONE_DAY
    left = page(ask(first.cursor, first.etag))
    site.worker.left_date = None
    back = page(ask(left.cursor, left.etag))

    assert (left.is_full, left.changes.blocks, left.changes.unblocked) == (
        False,
        {ref: ScanReason.LEFT_PROJECT},
        [],
    )
    assert (back.is_full, back.changes.blocks, back.changes.unblocked) == (False, {}, [ref])
    assert (page(ask()).changes.blocks, page(ask()).changes.unblocked) == (
        {blocked_before: "no_contract"},
        [ref],
    )


def test_while_masters_rotate_a_gate_gets_both_keys_of_a_day_newest_first(
    session: Session, keyring: Keyring, site: GateSite, ask: Sync
) -> None:
    before = page(ask())
    start = TODAY + 6 * ONE_DAY
    rotating = replace(
        keyring,
        gate_masters={2: b"2" * 32, 1: keyring.gate_masters[1]},
        gate_starts={2: start},
    )

    told = page(
        sync_gate(
            session,
            rotating,
            device=site.gate.device,
            cursor=before.cursor,
            known_etag=before.etag,
            at=AT,
        )
    )

    days = {day: [key.key for key in told.day_keys if key.day == day] for day in KEY_DAYS_SHOWN}
    assert [len(days[day]) for day in KEY_DAYS_SHOWN] == [1] * 6 + [2] * 3
    assert days[start] == [
        ax1.derive_project_day_key(master, project_id=site.project_id, day=start)
        for master in (b"2" * 32, keyring.gate_masters[1])
    ]


def test_who_has_everything_is_told_so(ask: Sync) -> None:
    first = page(ask())
    assert ask(first.cursor, first.etag) is None


def test_the_next_day_brings_new_keys(ask: Sync) -> None:
    first = page(ask())

    later = page(ask(first.cursor, first.etag, at=AT + ONE_DAY))

    assert later.day_keys[-1].day == TODAY + 8 * ONE_DAY
    assert not later.is_full


def test_a_matching_tag_does_not_hide_what_the_cursor_lacks(
    session: Session, site: GateSite, ask: Sync
) -> None:
    before = page(ask())
    site.worker.left_date = TODAY - ONE_DAY
    after = page(ask())
    assert page(ask(before.cursor, after.etag)).changes.blocks != {}


@pytest.mark.parametrize("cursor", ["", "99", "-1", "nonsense", "٣", "9" * 400])
def test_a_cursor_that_is_not_ours_gets_the_full_list(
    session: Session, site: GateSite, ask: Sync, cursor: str
) -> None:
    site.worker.left_date = TODAY - ONE_DAY
    answer = page(ask(cursor))
    assert (answer.is_full, len(answer.changes.blocks)) == (True, 1)


def test_a_long_list_comes_in_pages(
    session: Session, site: GateSite, ask: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "PAGE_BLOCKS", 2)
    refs = {ref_of(session, add_worker(session, site, contract=False)) for _ in range(5)}

    pages = [page(ask())]
    while pages[-1].has_more:
        pages.append(page(ask(pages[-1].cursor, pages[-1].etag)))

    assert [(each.is_full, len(each.changes.blocks)) for each in pages] == [
        (True, 2),
        (False, 2),
        (False, 1),
    ]
    assert {ref for each in pages for ref in each.changes.blocks} == refs


def test_there_is_no_personal_data_in_it(session: Session, site: GateSite, ask: Sync) -> None:
    site.worker.left_date = TODAY - ONE_DAY
    text = str(asdict(page(ask())))
    for personal in (site.person.name, site.person.phone, site.person.id_number, site.person_id):
        assert str(personal) not in text

"""Which cards gates are told of: good ones of the project's people, and what ends them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import pytest
from sqlmodel import Session, select

from core.clock import ONE_DAY, local_date, now
from core.enums import ScanReason
from core.keyring import Keyring
from db.models import Device, GateCard
from db.session import Database
from devices import sync
from devices.queries import lock_blocks
from devices.sync import SyncPage, sync_gate
from qr import cards, code
from qr.service import issue_worker_code
from tests.attendance.test_gate_races import is_somebody_waiting
from tests.factories.attendance import GateSite, make_gate, make_gate_site
from tests.factories.cards import make_card, make_kiosk
from tests.factories.identity import make_principal, make_worker_person
from tests.factories.projects import make_contract, make_project, make_project_worker
from tests.live import wait_until

AT = now()
TODAY = local_date(AT)
Sync = Callable[..., SyncPage | None]


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def ask(session: Session, keyring: Keyring, site: GateSite) -> Sync:
    def ask(
        earlier: SyncPage | None = None, *, device: Device = site.gate.device
    ) -> SyncPage | None:
        session.flush()
        return sync_gate(
            session,
            keyring,
            device=device,
            cursor=earlier.cursor if earlier else None,
            known_etag=earlier.etag if earlier else None,
            at=AT,
        )

    return ask


def page(answer: SyncPage | None) -> SyncPage:
    assert answer is not None
    return answer


def digest_of(card_text: str) -> bytes:
    return code.card_digest(code.decode_card(card_text))


def test_a_good_card_is_told_with_whose_it_is(session: Session, site: GateSite, ask: Sync) -> None:
    issued = make_card(session, site.worker)
    worker_ref = issue_worker_code(session, person_id=site.person_id).worker_ref
    assert page(ask()).changes.cards == {digest_of(issued.code): worker_ref}


def test_a_new_card_comes_alone_and_a_revoked_one_goes(
    session: Session, site: GateSite, ask: Sync
) -> None:
    before = page(ask())
    issued = make_card(session, site.worker)
    made = page(ask(before))
    cards.revoke_my_card(
        session, principal=make_principal(site.person_id), card_id=issued.card.id, at=AT
    )
    ended = page(ask(made))

    digest = digest_of(issued.code)
    assert (made.is_full, list(made.changes.cards), made.changes.ended_cards) == (
        False,
        [digest],
        [],
    )
    assert (ended.is_full, ended.changes.cards, ended.changes.ended_cards) == (False, {}, [digest])
    assert ended.etag != made.etag
    assert ask(ended) is None


def test_replacing_is_both_at_once(session: Session, site: GateSite, ask: Sync) -> None:
    first = make_card(session, site.worker)
    before = page(ask())
    second = make_card(session, site.worker, replace_because="卡丢了")

    changes = page(ask(before)).changes

    assert list(changes.cards) == [digest_of(second.code)]
    assert changes.ended_cards == [digest_of(first.code)]


def test_a_leavers_card_stays_and_the_block_list_says_why_it_does_not_open(
    session: Session, site: GateSite, ask: Sync
) -> None:
    make_card(session, site.worker)
    before = page(ask())
    site.worker.left_date = TODAY - ONE_DAY

    changes = page(ask(before)).changes

    (worker_ref,) = before.changes.cards.values()
    assert (changes.cards, changes.ended_cards) == ({}, [])
    assert changes.blocks == {worker_ref: ScanReason.LEFT_PROJECT}


def test_other_projects_and_other_devices_hear_nothing(
    session: Session, site: GateSite, ask: Sync
) -> None:
    make_card(session, site.worker)
    elsewhere = make_gate(session, make_project(session)).device
    kiosk = make_kiosk(session, site.project).device
    assert page(ask(device=elsewhere)).changes.cards == {}
    assert page(ask(device=kiosk)).changes.cards == {}


def test_many_cards_come_in_pages(
    session: Session, site: GateSite, ask: Sync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "PAGE_CARDS", 2)
    texts = [make_card(session, site.worker).code]
    for _ in range(3):
        worker = make_project_worker(session, site.team, make_worker_person(session))
        make_contract(session, worker)
        texts.append(make_card(session, worker).code)

    pages = [page(ask())]
    while pages[-1].has_more:
        pages.append(page(ask(pages[-1])))

    assert [len(each.changes.cards) for each in pages] == [2, 2]
    assert {digest for each in pages for digest in each.changes.cards} == set(map(digest_of, texts))
    assert ask(pages[-1]) is None


@pytest.mark.parametrize("cursor", ["0.99", "99.0", "0", "0.0.0", "-1.0", ".", "0. 1", "٣.0"])
def test_a_cursor_that_is_not_ours_gets_all_cards(
    session: Session, keyring: Keyring, site: GateSite, cursor: str
) -> None:
    make_card(session, site.worker)
    answer = page(
        sync_gate(session, keyring, device=site.gate.device, cursor=cursor, known_etag=None, at=AT)
    )
    assert (answer.is_full, len(answer.changes.cards)) == (True, 1)


def test_there_is_no_personal_data_and_no_secret_in_it(
    session: Session, site: GateSite, ask: Sync
) -> None:
    issued = make_card(session, site.worker)
    text = str(asdict(page(ask())))
    secret = code.decode_card(issued.code)
    for hidden in (site.person.name, site.person.phone, site.person_id, issued.code, issued.pin):
        assert str(hidden) not in text
    assert repr(secret)[2:-1] not in text


def test_gates_that_sync_at_once_give_each_card_one_revision(
    live_database: Database, keyring: Keyring
) -> None:
    with live_database.transaction() as session:
        site = make_gate_site(session)
        make_card(session, site.worker)
        gates = [site.gate.device_id] + [
            make_gate(session, site.project).device_id for _ in range(3)
        ]

    def ask(gate_id: object) -> str:
        with live_database.transaction() as session:
            device = session.get_one(Device, gate_id)
            return page(
                sync_gate(session, keyring, device=device, cursor=None, known_etag=None, at=AT)
            ).cursor

    with ThreadPoolExecutor(len(gates)) as pool:
        assert set(pool.map(ask, gates)) == {"0.1"}

    with live_database.transaction() as session:
        assert session.exec(select(GateCard.revision)).all() == [1]


def test_gates_take_turns_at_writing_the_list(live_database: Database, keyring: Keyring) -> None:
    with live_database.transaction() as session:
        site = make_gate_site(session)
        make_card(session, site.worker)
        gate_id = site.gate.device_id

    def ask() -> SyncPage:
        with live_database.transaction() as session:
            device = session.get_one(Device, gate_id)
            return page(
                sync_gate(session, keyring, device=device, cursor=None, known_etag=None, at=AT)
            )

    with ThreadPoolExecutor(1) as pool:
        with live_database.transaction() as session:
            lock_blocks(session, site.project_id)  # as a gate that writes the list
            other = pool.submit(ask)
            wait_until(lambda: is_somebody_waiting(live_database))
            assert not other.done()
        assert other.result().cursor == "0.1"

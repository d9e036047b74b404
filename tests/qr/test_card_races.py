"""Cards made, revoked and tried at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from redis import Redis
from sqlmodel import Session, col, select

from core.clock import now
from core.keyring import Keyring
from db.models import Device, WorkerCard
from db.session import Database
from identity.principal import Principal
from qr import card_pins, cards
from qr.errors import CardExistsError
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.cards import make_card, make_kiosk, make_manager

AT_ONCE = 6


@pytest.fixture
def site(live_database: Database) -> tuple[UUID, UUID, UUID, Principal]:
    """Project, team, worker and manager."""
    with live_database.transaction() as session:
        site: GateSite = make_gate_site(session)
        return (
            site.project_id,
            site.team_id,
            site.worker_id,
            make_manager(session, site.project_id),
        )


def good_cards(session: Session) -> list[WorkerCard]:
    return list(session.exec(select(WorkerCard).where(col(WorkerCard.revoked_at).is_(None))))


@pytest.mark.parametrize("reason", [None, "卡丢了"])
def test_cards_made_at_once_leave_one_good_card(
    live_database: Database, site: tuple[UUID, UUID, UUID, Principal], reason: str | None
) -> None:
    project_id, _, worker_id, manager = site

    def issue(_: int) -> bool:
        with live_database.transaction() as session:
            try:
                cards.issue_card(
                    session,
                    principal=manager,
                    project_id=project_id,
                    worker_id=worker_id,
                    replace_because=reason,
                    at=now(),
                )
            except CardExistsError:
                return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = sum(pool.map(issue, range(AT_ONCE)))

    assert made == (1 if reason is None else AT_ONCE)
    with live_database.transaction() as session:
        assert len(good_cards(session)) == 1


def test_batches_of_one_team_at_once_make_each_card_once(
    live_database: Database, site: tuple[UUID, UUID, UUID, Principal]
) -> None:
    project_id, team_id, _, manager = site

    def issue(_: int) -> int:
        with live_database.transaction() as session:
            issued = cards.issue_team_cards(
                session, principal=manager, project_id=project_id, team_id=team_id, at=now()
            )
            return len(issued)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sum(pool.map(issue, range(AT_ONCE))) == 1


def test_wrong_pins_tried_at_once_are_all_counted(
    live_database: Database, redis: Redis, keyring: Keyring
) -> None:
    with live_database.transaction() as session:
        site = make_gate_site(session)
        issued = make_card(session, site.worker)
        text, pin, card_id = issued.code, issued.pin, issued.card.id
        kiosk_id = make_kiosk(session, site.project).device_id
    wrong = f"{(int(pin) + 1) % 10**6:06d}"

    def guess(_: int) -> None:
        with live_database.transaction() as session:
            card_pins.sign_in(
                session,
                redis,
                keyring,
                kiosk=session.get_one(Device, kiosk_id),
                card_text=text,
                pin=wrong,
                new_pin=None,
                at=now(),
            )

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(guess, range(5)))

    with live_database.transaction() as session:
        assert session.get_one(WorkerCard, card_id).pin_failures == 5

"""The gate program against the real server: paired, cut off, and heard again."""

from base64 import urlsafe_b64decode
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import Session, SQLModel

from core.clock import local_date, now
from core.enums import DeviceProfile, Direction, Grade, Role, WorkDayState
from core.keyring import Keyring
from db.models import CheckIn, CheckInAnnulment, CheckInLook, ProjectWorker, WorkDay
from db.session import Database
from devices.service import create_device
from gate.alarms import Alarms
from gate.assembly import Gate, assemble
from gate.clock import read_boot_id, system_clock
from gate.link.pair import pair
from gate.state.entry import State
from qr import code as ax1
from qr.cards import revoke_my_card
from qr.service import issue_worker_code
from tests.factories.attendance import GateSite, fold_waiting, make_gate_site
from tests.factories.cards import make_card
from tests.factories.identity import bearer, make_principal
from tests.gate.conftest import CountingRelay
from tests.live import Api


@dataclass(frozen=True)
class PairedGate:
    """A running gate program and the relay on it."""

    gate: Gate
    relay: CountingRelay

    def cut_off(self) -> None:
        """Behave as after the first call that got no answer."""
        self.gate.line.set(is_up=False)

    def scan(self, text: str) -> str:
        """Hold a code to the reader; return the reason of the decision."""
        decision = self.gate.turnstile.handle(text)
        assert decision is not None
        return decision.reason

    def contact(self) -> None:
        """Sync and upload; afterwards nothing is left at the gate."""
        self.gate.contact.step()
        counts = self.gate.journal.counts()
        assert (counts[State.WAITING], counts[State.ANNUL], counts[State.QUARANTINED]) == (0, 0, 0)


StartGate = Callable[[str], PairedGate]


@pytest.fixture
def site(shared_database: Database) -> GateSite:
    with shared_database.transaction() as session:
        site = make_gate_site(session)
        issue_worker_code(session, person_id=site.person_id)
        return site


@pytest.fixture
def start_gate(
    shared_api: Api, shared_database: Database, site: GateSite, tmp_path: Path
) -> Generator[StartGate]:
    """Create, pair and sync a gate."""
    running: list[Gate] = []

    def start(name: str) -> PairedGate:
        with shared_database.transaction() as session:
            offer = create_device(
                session, project_id=site.project_id, name=name, profile=DeviceProfile.GATE
            )
        directory = tmp_path / name
        directory.mkdir()
        relay = CountingRelay()
        gate = assemble(
            pairing=pair(f"unix:{shared_api.socket}", offer.pairing_code),
            directory=directory,
            direction=Direction.IN,
            relay=relay,
            make_clock=system_clock,
            boot_id=read_boot_id(),
            alarms=Alarms(),
            announce=lambda _: None,
        )
        running.append(gate)
        gate.asker.start()
        gate.contact.step()
        assert gate.line.state.is_up
        return PairedGate(gate, relay)

    yield start
    for gate in running:
        gate.stop()


@pytest.fixture
def show(shared_api: Api, keyring: Keyring, site: GateSite) -> Callable[[], str]:
    """The worker's phone: it fetches its kit once and then needs no network."""
    headers = bearer(keyring, make_principal(site.person_id, Role.WORKER))
    kit = shared_api.client.get("/v1/me/code-kit", headers=headers).json()
    gate_keys = {(key["project_id"], key["day"]): key["key"] for key in kit["gate_keys"]}

    def show_now() -> str:
        step = ax1.step_at(now())
        day = ax1.step_day(step)
        made = ax1.make_code(
            worker_ref=decode(kit["worker_ref"]),
            step=step,
            gate_key=decode(gate_keys[str(site.project_id), day.isoformat()]),
            holder_key=decode(kit["holder_key"]),
        )
        return ax1.encode(made)

    return show_now


def decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


Row = TypeVar("Row", bound=SQLModel)


def of_site(session: Session, site: GateSite, table: type[Row]) -> list[Row]:
    """Return the site's rows, oldest first: the server has other sites."""
    statement = select(table).filter_by(project_id=site.project_id).order_by("id")
    return list(session.scalars(statement))


def test_a_scan_decided_alone_is_heard_once_and_is_grade_a(
    shared_database: Database, site: GateSite, start_gate: StartGate, show: Callable[[], str]
) -> None:
    gate = start_gate("东门")
    gate.cut_off()

    assert gate.scan(show()) == "ok"
    gate.contact()
    gate.contact()

    assert gate.relay.opened == 1
    with shared_database.transaction() as session:
        (check_in,) = of_site(session, site, CheckIn)
        assert (check_in.admitted, check_in.valid, check_in.grade) == (True, True, Grade.A)
        assert (check_in.decided_offline, check_in.project_worker_id) == (True, site.worker_id)
        assert check_in.clock_bound_ms < 1_000
        fold_waiting(session)
        day = of_site(session, site, WorkDay)[0]
        assert (day.first_in_at, day.grades) == (check_in.occurred_at, {"A": 1})
        assert day.state is WorkDayState.NEEDS_CONFIRMATION


def test_a_screenshot_at_two_gates_cut_off_is_a_conflict(
    shared_api: Api,
    keyring: Keyring,
    site: GateSite,
    start_gate: StartGate,
    show: Callable[[], str],
) -> None:
    east, west = start_gate("东门"), start_gate("西门")
    screenshot = show()
    for gate in (east, west):
        gate.cut_off()
        assert gate.scan(screenshot) == "ok"

    east.contact()
    west.contact()

    conflicts = list_conflicts(shared_api, keyring, site.project_id, site.person_id)
    assert [(each["gate"], each["reason"]) for each in conflicts] == [("西门", "already_used")]
    assert conflicts[0]["worker"]["masked_name"] == "王*明"


def list_conflicts(
    api: Api, keyring: Keyring, project_id: UUID, person_id: UUID
) -> list[dict[str, Any]]:
    manager = make_principal(person_id, Role.LABOUR_MANAGER, project_id=project_id)
    page = api.client.get(
        f"/v1/projects/{project_id}/gate-conflicts", headers=bearer(keyring, manager)
    )
    assert page.status_code == 200
    items: list[dict[str, Any]] = page.json()["items"]
    return items


def test_who_left_is_kept_out_by_a_gate_cut_off(
    shared_database: Database, site: GateSite, start_gate: StartGate, show: Callable[[], str]
) -> None:
    gate = start_gate("东门")
    code = show()
    with shared_database.transaction() as session:
        worker = session.get_one(ProjectWorker, site.worker_id)
        worker.left_date = local_date(now()) - timedelta(days=1)
    gate.contact()
    gate.cut_off()

    assert gate.scan(code) == "left_project"
    gate.contact()

    with shared_database.transaction() as session:
        (check_in,) = of_site(session, site, CheckIn)
        assert (check_in.admitted, check_in.reason) == (False, "left_project")


def test_online_the_server_decides(
    shared_database: Database, site: GateSite, start_gate: StartGate, show: Callable[[], str]
) -> None:
    gate = start_gate("东门")

    assert gate.scan(show()) == "ok"
    gate.contact()

    with shared_database.transaction() as session:
        (check_in,) = of_site(session, site, CheckIn)
        assert check_in.valid


def test_a_turnstile_that_did_not_turn_leaves_no_work(
    shared_database: Database, site: GateSite, start_gate: StartGate, show: Callable[[], str]
) -> None:
    gate = start_gate("东门")
    gate.relay.is_broken = True

    assert gate.scan(show()) == "not_opened"
    gate.contact()

    with shared_database.transaction() as session:
        (check_in,) = of_site(session, site, CheckIn)
        annulled = [one.check_in_id for one in of_site(session, site, CheckInAnnulment)]
        assert annulled == ([check_in.id] if check_in.admitted else [])
        fold_waiting(session)
        assert of_site(session, site, WorkDay) == []


def test_a_quiet_round_changes_nothing(start_gate: StartGate) -> None:
    gate = start_gate("东门")
    before = gate.gate.known.lists
    gate.contact()
    assert gate.gate.known.lists is before


def test_the_clock_is_never_further_off_than_it_says(start_gate: StartGate) -> None:
    paired = start_gate("东门")
    clock = paired.gate.turnstile._clock
    for _ in range(5):
        clock._anchor = None  # as after a power cut: the answer that nothing has changed sets it
        paired.contact()

        earliest, reading, latest = now(), clock.read(), now()

        assert reading.bound is not None
        assert earliest - reading.bound <= reading.at <= latest + reading.bound


def look(paired: PairedGate) -> None:
    """Press the button: it is the holder of the card."""
    decision = paired.gate.board.view().decision
    assert decision is not None
    assert decision.look is not None
    paired.gate.board.take_look(decision.look, is_holder=True)


def test_a_card_opens_online_and_offline_and_a_look_makes_it_grade_b(
    shared_database: Database, site: GateSite, start_gate: StartGate
) -> None:
    with shared_database.transaction() as session:
        card = make_card(session, session.get_one(ProjectWorker, site.worker_id)).code
    east = start_gate("east")

    online = east.scan(card)
    look(east)
    east.contact()
    east.cut_off()
    offline = east.scan(f" {card.lower()}")
    east.contact()

    assert (online, offline, east.relay.opened) == ("ok", "ok", 2)
    with shared_database.transaction() as session:
        check_ins = of_site(session, site, CheckIn)
        looked_at = [one.check_in_id for one in of_site(session, site, CheckInLook)]
        assert [check_in.grade for check_in in check_ins] == [Grade.E, Grade.E]
        assert [check_in.decided_offline for check_in in check_ins] == [False, True]
        assert looked_at == [check_ins[0].id]


def test_a_card_lost_while_the_gate_was_cut_off_is_found_out_on_arrival(
    shared_database: Database, site: GateSite, start_gate: StartGate
) -> None:
    with shared_database.transaction() as session:
        issued = make_card(session, session.get_one(ProjectWorker, site.worker_id))
        card, card_id = issued.code, issued.card.id
    east = start_gate("east")
    east.cut_off()
    with shared_database.transaction() as session:
        revoke_my_card(
            session,
            principal=make_principal(site.person_id),
            card_id=card_id,
            at=now() - timedelta(minutes=5),
        )

    offline = east.scan(card)
    look(east)
    east.contact()
    after_sync = east.gate.turnstile.handle(card.lower())

    assert offline == "ok"
    assert after_sync is not None
    assert (after_sync.admitted, after_sync.reason) == (False, "revoked_card")
    with shared_database.transaction() as session:
        first = of_site(session, site, CheckIn)[0]
        assert (first.admitted, first.valid, first.reason) == (True, False, "revoked_card")
        assert first.grade is Grade.E

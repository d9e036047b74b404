"""A world with a server, and gates in it."""

import tempfile
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from core.enums import Direction
from gate.alarms import Alarms
from gate.assembly import Gate, assemble
from gate.ports.relays import RelayError
from gate.state.pairing import Pairing
from tests.gate.peer import TOKEN, Peer
from tests.gate.wire_server import serving
from tests.gate.world import Phone, Project, World
from tests.memory import MEMORY


@dataclass
class CountingRelay:
    """A relay that counts, and can be broken."""

    opened: int = 0
    is_broken: bool = False
    before: Callable[[], None] = lambda: None

    def open(self) -> None:
        self.before()
        if self.is_broken:
            raise RelayError("broken")
        self.opened += 1

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Bench:
    """One gate under test and what hangs on it."""

    gate: Gate
    relay: CountingRelay
    alarms: Alarms
    announced: list[str] = field(default_factory=list)

    def contact(self) -> float:
        """One round of sync and upload."""
        return self.gate.contact.step()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def project() -> Project:
    return Project()


@pytest.fixture
def phone(project: Project) -> Phone:
    return Phone(project)


@pytest.fixture
def peer(project: Project, world: World) -> Peer:
    return Peer(project, now=lambda: world.now)


@pytest.fixture
def address(peer: Peer) -> Generator[str]:
    """Where the peer listens; short, as socket paths must be."""
    with (
        tempfile.TemporaryDirectory(prefix="axm-gate-", dir=MEMORY) as directory,
        serving(peer, Path(directory) / "s") as address,
    ):
        yield address


@pytest.fixture
def start_gate(world: World, address: str, tmp_path: Path) -> Generator[Callable[..., Bench]]:
    """Start a gate; call again for the same gate after a restart."""
    running: list[Gate] = []

    def start(directory: Path = tmp_path, *, relay: CountingRelay | None = None) -> Bench:
        relay, alarms, announced = relay or CountingRelay(), Alarms(), list[str]()
        gate = assemble(
            pairing=Pairing(address, TOKEN, {}),
            directory=directory,
            direction=Direction.IN,
            relay=relay,
            make_clock=world.make_clock,
            boot_id=world.boot_id,
            alarms=alarms,
            announce=announced.append,
        )
        gate.asker.start()
        running.append(gate)
        return Bench(gate, relay, alarms, announced)

    yield start
    for gate in running:
        gate.stop()


@pytest.fixture
def bench(start_gate: Callable[..., Bench]) -> Bench:
    """A gate that has synced once."""
    bench = start_gate()
    bench.contact()
    return bench

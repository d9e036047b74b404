"""Days at one gate, invented by hypothesis: outages, jumps, reboots, lost answers, replays."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from core.enums import Direction
from gate.alarms import Alarms
from gate.assembly import Gate, assemble
from gate.decide import Crossing, Decision, crossing_of
from gate.state.entry import State
from gate.state.pairing import Pairing
from tests.gate.conftest import CountingRelay
from tests.gate.peer import TOKEN, Peer
from tests.gate.wire_server import Fault, serving
from tests.gate.world import Phone, Project, World
from tests.memory import MEMORY

PHONES = 4
PROJECT = Project()


@dataclass
class Days:
    """One gate over days; the observer sees everything."""

    stack: ExitStack
    world: World = field(default_factory=World)
    phones: list[Phone] = field(default_factory=lambda: [Phone(PROJECT) for _ in range(PHONES)])
    stranger: Phone = field(default_factory=lambda: Phone(Project()))
    relay: CountingRelay = field(default_factory=CountingRelay)
    seen: list[tuple[str, Decision]] = field(default_factory=list)
    shown: list[str] = field(default_factory=lambda: ["nothing yet"])

    def __post_init__(self) -> None:
        disk = tempfile.TemporaryDirectory(prefix="axm-days-", dir=MEMORY)
        directory = Path(self.stack.enter_context(disk))
        self.peer = Peer(PROJECT, now=lambda: self.world.now)
        self.address = self.stack.enter_context(serving(self.peer, directory / "s"))
        self.directory = directory / "state"
        self.directory.mkdir()
        self.gate = self._start()
        self.gate.contact.step()

    def _start(self) -> Gate:
        gate = assemble(
            pairing=Pairing(self.address, TOKEN, {}),
            directory=self.directory,
            direction=Direction.IN,
            relay=self.relay,
            make_clock=self.world.make_clock,
            boot_id=self.world.boot_id,
            alarms=Alarms(),
            announce=lambda _: None,
        )
        gate.asker.start()
        self.stack.callback(gate.stop)
        return gate

    def scan(self, text: str) -> Decision | None:
        decision = self.gate.turnstile.handle(text)
        if decision is not None:
            self.seen.append((text, decision))
        return decision

    def show_fresh(self, who: int) -> None:
        """A worker comes with a code nobody has used: they must get in, whatever happens."""
        self.world.pass_time(seconds=15)
        self.shown.append(self.phones[who].show(self.world.now))
        decision = self.scan(self.shown[-1])
        assert decision is not None
        assert decision.admitted

    def show_again(self, who: int) -> None:
        self.scan(self.shown[-1 - who % len(self.shown)])

    def show_foreign(self, _: int) -> None:
        decision = self.scan(self.stranger.show(self.world.now))
        assert decision is None or not decision.admitted

    def wait(self, minutes: int) -> None:
        self.world.pass_time(minutes=minutes * 7)

    def contact(self, _: int) -> None:
        self.gate.contact.step()

    def cut_line(self, _: int) -> None:
        self.peer.is_reachable = False

    def mend_line(self, _: int) -> None:
        self.peer.is_reachable = True

    def lose_answers(self, number: int) -> None:
        for path in ("/v1/gate/verify", "/v1/gate/scans"):
            self.peer.faults += [Fault(path, drops_answer=True) for _ in range(number)]

    def jump_wall_clock(self, days: int) -> None:
        self.world.wall_error += timedelta(days=days - 2, seconds=days * 977)

    def restart(self, _: int) -> None:
        """The program dies without a word and is started again."""
        self.gate.asker.stop()
        self.gate = self._start()

    def reboot(self, days: int) -> None:
        self.jump_wall_clock(days)
        self.world.reboot()
        self.restart(0)

    def settle(self) -> None:
        """The line is mended for good; everything goes up."""
        self.peer.is_reachable, self.peer.faults = True, []
        for _ in range(3):
            self.gate.contact.step()


ACTIONS: tuple[Callable[[Days, int], None], ...] = (
    Days.show_fresh,
    Days.show_fresh,
    Days.show_again,
    Days.show_foreign,
    Days.wait,
    Days.contact,
    Days.cut_line,
    Days.mend_line,
    Days.lose_answers,
    Days.jump_wall_clock,
    Days.restart,
    Days.reboot,
)
actions = st.lists(
    st.tuples(st.sampled_from(ACTIONS), st.integers(0, PHONES - 1)), min_size=10, max_size=60
)


@settings(max_examples=40, deadline=None)
@given(actions)
def test_no_scan_is_lost_and_no_code_opens_twice(
    actions: list[tuple[Callable[[Days, int], None], int]],
) -> None:
    with ExitStack() as stack:
        days = Days(stack)
        for act, argument in actions:
            act(days, argument)
        days.settle()

        openings: list[Crossing | None] = [
            crossing_of(text) for text, decision in days.seen if decision.admitted
        ]
        assert days.relay.opened == len(openings) == len(set(openings))
        assert sum(days.gate.journal.counts().values()) == 0
        assert days.gate.journal.counts()[State.QUARANTINED] == 0
        reported = [scan["code"] for scan in days.peer.scans.values()]
        assert sorted(reported) == sorted(text for text, _ in days.seen)
        admitted = [scan["code"] for scan in known_to(days.peer) if scan["admitted"]]
        assert {text for text, decision in days.seen if decision.admitted} <= set(admitted)


def known_to(peer: Peer) -> list[dict[str, object]]:
    """First reports, and what contradicted them."""
    return [*peer.scans.values(), *peer.conflicts]

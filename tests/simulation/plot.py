"""What happens on the site: days of work, mischief, and what goes wrong with machines."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count
from random import Random

from attendance.due_folds import fold_all_due
from core.clock import ONE_DAY, day_start
from core.enums import Direction, ScanReason
from gate.ports.lines import to_text
from tests.gate.wire_server import Fault
from tests.simulation.machine import Machine
from tests.simulation.observer import Sighting
from tests.simulation.server import Server
from tests.simulation.site import Shown, Site, Worker, change_phone, dismiss, end_contract
from tests.simulation.true_time import TrueTime

ABSENCE = 0.76
"""Of the days; more of them would make the week longer to run, not worse."""
PATIENCE = 6
"""How many gates somebody tries."""
IN, OUT = Direction.IN, Direction.OUT
SHIFTS: tuple[tuple[int, tuple[tuple[Direction, float, float], ...]], ...] = (
    (5, ((IN, 6.3, 7.7), (OUT, 16.5, 18.5))),
    (3, ((IN, 6.3, 7.7), (OUT, 11.5, 11.9), (IN, 12.8, 13.2), (OUT, 17.0, 18.5))),
    (2, ((IN, 10.0, 11.0), (OUT, 23.7, 24.4))),
    (3, ((IN, 19.0, 20.0), (OUT, 29.0, 31.0))),
)
"""(how common, crossings in hours since midnight): day, day with a break, late, night."""
DEAD_CLOCKS = (datetime(1970, 1, 1, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC))
GARBAGE = (
    b"330106199001011230",
    b"https://example.com/s/poster",
    b"\x00\xff\x1b[2J\x7f" * 30,
    b"A" * 37,
    "工地".encode(),
    b"AF" * 600,
)


@dataclass
class Plot:
    """The events still to come, and what was seen of those that were."""

    time: TrueTime
    site: Site
    server: Server
    machines: list[Machine]
    chance: Random
    first_day: date
    days: int
    sightings: list[Sighting] = field(default_factory=list)
    kept_out: list[tuple[Worker, datetime]] = field(default_factory=list)
    """Workers whom every gate they tried sent away, although they may enter."""
    garbled: set[str] = field(default_factory=set)
    """Scans that somebody also sent in a shape that is none."""
    told: set[str] = field(default_factory=set)
    """Boots in which a gate has heard the time."""
    _events: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    def run(self) -> None:
        """Let it all happen."""
        self._plan()
        while self._events:
            at, _, happen = heapq.heappop(self._events)
            self.time.reach(at)
            happen()

    def settle(self) -> None:
        """Everything is mended; what waits goes up."""
        for machine in self.machines:
            machine.line.is_up, machine.line.faults = True, []
            if not machine.is_on:
                machine.boot()
            for _ in range(3):
                self.time.pass_time(seconds=self.chance.uniform(1, 60))
                self._contact(machine)
        self._fold()

    def _plan(self) -> None:
        for machine in self.machines:
            self._plan_machine(machine)
        for worker in self.site.workers:
            self._plan_worker(worker)
        for day in range(self.days):
            self._plan_mischief(self.first_day + day * ONE_DAY)
        for worker in self.chance.sample(self.site.workers, len(self.site.workers) // 8):
            self._plan_end(worker)
        for worker in self.chance.sample(self.site.workers, len(self.site.workers) // 8):
            at = self._hour(0, self.chance.uniform(3, 24 * self.days))
            self._at(at, partial(change_phone, self.server.database, worker))
        for _ in range(2 * self.days):
            self._at(self._hour(0, self.chance.uniform(3, 24 * self.days)), self._send_again)
            self._at(self._hour(0, self.chance.uniform(3, 24 * self.days)), self._fold)

    # Workers

    def _plan_worker(self, worker: Worker) -> None:
        (shift,) = self.chance.choices([s for _, s in SHIFTS], [weight for weight, _ in SHIFTS])
        for number in range(self.days):
            if self.chance.random() < ABSENCE:
                continue
            for direction, since, until in shift:
                if self.chance.random() < 0.04:
                    continue  # forgotten
                at = self._hour(number, self.chance.uniform(since, until))
                self._at(at, partial(self._cross, worker, direction))

    def _cross(self, worker: Worker, direction: Direction) -> None:
        """Somebody wants to pass, and tries another gate or waits if one does not open."""
        tried: list[Machine] = []
        while len(tried) < PATIENCE:
            machine = self._choose_gate(direction, tried)
            if machine is None:
                return
            tried.append(machine)
            shown = self.site.show(worker, self.time.now)
            self.time.pass_time(seconds=self.chance.uniform(0.5, 4))
            sighting = self._present(machine, shown)
            if sighting is None or sighting.passage.is_opened:
                self._lend(shown, direction)
                return
            if worker.standing(sighting.at, Direction.IN) is not ScanReason.OK:
                return  # a gate without a network lets nobody out whom it would not let in
            self.time.pass_time(seconds=self.chance.uniform(16, 50))
        if not all(machine.is_relay_broken for machine in tried):
            self.kept_out.append((worker, self.time.now))

    def _lend(self, shown: Shown, direction: Direction) -> None:
        """Now and then a picture of the code goes to a friend, at once or later."""
        if self.chance.random() > 0.12:
            return
        other = self.chance.choice((direction, direction, direction, *Direction))
        if self.chance.random() < 0.7:
            self.time.pass_time(seconds=self.chance.uniform(2, 8))
            self._present(self._choose_gate(other), shown)
            return
        later = self.time.now + timedelta(seconds=self.chance.uniform(300, 9_000))
        self._at(later, lambda: self._present(self._choose_gate(other), shown))

    def _plan_end(self, worker: Worker) -> None:
        """In the evening it is written down that today was the last; they may come all the same."""
        last = self.chance.randrange(self.days - 1)
        end = self.chance.choice((dismiss, end_contract))
        day = self.first_day + last * ONE_DAY
        database = self.server.database
        self._at(self._hour(last, 20.5), lambda: end(database, worker, last_day=day))

    # Mischief

    def _plan_mischief(self, day: date) -> None:
        tricks = (
            self._use_old_phone,
            self._forge,
            self._invent,
            self._bring_visitor,
            self._show_elsewhere,
            self._show_garbage,
            self._show_too_fast,
            self._show_unused_later,
        )
        for trick in tricks * 2:
            at = day_start(day) + timedelta(hours=self.chance.uniform(5, 24))
            self._at(at, partial(self._play, trick))

    def _play(self, trick: Callable[[Machine], None]) -> None:
        machine = self._choose_gate(self.chance.choice((IN, OUT)))
        if machine is not None:
            trick(machine)

    def _use_old_phone(self, machine: Machine) -> None:
        self._present(machine, self.site.show_old_phone(self._somebody(), self.time.now))

    def _forge(self, machine: Machine) -> None:
        self._present(machine, self.site.forge(self._somebody(), self.time.now, self.chance))

    def _invent(self, machine: Machine) -> None:
        self._present(machine, self.site.invent(self.time.now, self.chance))

    def _bring_visitor(self, machine: Machine) -> None:
        self._present(machine, self.site.show(self.site.visitor, self.time.now))

    def _show_elsewhere(self, machine: Machine) -> None:
        self._present(machine, self.site.show_of_elsewhere(self._somebody(), self.time.now))

    def _show_garbage(self, machine: Machine) -> None:
        text = to_text(self.chance.choice(GARBAGE))
        self._present(machine, Shown(text, ScanReason.MALFORMED_CODE))

    def _show_too_fast(self, machine: Machine) -> None:
        ahead = timedelta(minutes=self.chance.uniform(4, 90))
        self._present(machine, self.site.show(self._somebody(), self.time.now + ahead))

    def _show_unused_later(self, machine: Machine) -> None:
        back = timedelta(minutes=self.chance.uniform(4, 90))
        self._present(machine, self.site.show(self._somebody(), self.time.now - back))

    # Machines

    def _plan_machine(self, machine: Machine) -> None:
        hours = 24.0 * self.days
        self._contact(machine)
        troubles: tuple[tuple[int, Callable[[Machine], None]], ...] = (
            (4, self._cut_line),
            (2, self._cut_power),
            (1, self._kill_program),
            (3, self._set_wall_clock),
            (8, self._disturb),
            (1, self._break_relay),
        )
        for often, happen in troubles:
            for _ in range(often):
                at = self._hour(0, self.chance.uniform(2, hours - 2))
                self._at(at, partial(happen, machine))
        hour = self.chance.uniform(0, 2)
        while hour < hours:
            self._at(self._hour(0, hour), lambda: self._contact(machine))
            hour += self.chance.uniform(5, 12)

    def _contact(self, machine: Machine) -> None:
        if not machine.is_on:
            return
        machine.contact()
        if machine.gate.line.state.is_up:
            self.told.add(machine.boot_id)

    def _cut_line(self, machine: Machine) -> None:
        machine.line.is_up = False
        spell = timedelta(hours=self.chance.choice((0.5, 3, 12, 36, 100)) * self.chance.random())
        self._at(self.time.now + spell, lambda: self._mend_line(machine))

    def _mend_line(self, machine: Machine) -> None:
        machine.line.is_up = True
        self._contact_soon(machine)

    def _contact_soon(self, machine: Machine) -> None:
        wait = timedelta(seconds=self.chance.uniform(1, 600))
        self._at(self.time.now + wait, lambda: self._contact(machine))

    def _cut_power(self, machine: Machine) -> None:
        """At once, or in the middle of the next scan."""
        if not machine.is_on:
            return
        machine.cut_at = self.chance.choice((None, "first_write", "last_write", "opening"))
        if machine.cut_at is None:
            machine.cut_power()
            self._restore_power(machine)

    def _restore_power(self, machine: Machine) -> None:
        machine.dead_clock = self.chance.choice((None, None, *DEAD_CLOCKS))
        wait = timedelta(hours=self.chance.choice((0.02, 0.5, 5)) * self.chance.random())
        self._at(self.time.now + wait, lambda: self._boot(machine))

    def _boot(self, machine: Machine) -> None:
        if machine.is_on:
            return
        machine.boot()
        # Whoever knows that it has forgotten the time tries at once.
        trick = self.chance.choice((self._show_too_fast, self._show_unused_later))
        self._at(self.time.now + timedelta(seconds=10), partial(trick, machine))
        self._contact_soon(machine)

    def _kill_program(self, machine: Machine) -> None:
        if machine.is_on:
            machine.kill()
            self._contact_soon(machine)

    def _set_wall_clock(self, machine: Machine) -> None:
        error = self.chance.choice((60, 3_600, 86_400 * 3)) * self.chance.uniform(-1, 1)
        machine.wall_error = timedelta(seconds=error)

    def _disturb(self, machine: Machine) -> None:
        """Something goes wrong with a call or two."""
        path = self.chance.choice(("/v1/gate/verify", "/v1/gate/scans", "/v1/gate/annul"))
        fault = self.chance.choice(
            (
                Fault(path, drops_answer=True),
                Fault(path, status=503, headers={"Retry-After": "7"}),
                Fault("/v1/gate/verify", held=machine.line.release),
                Fault("/v1/gate/sync", status=500),
                Fault("/v1/gate/sync", is_portal=True),
            )
        )
        machine.line.faults += [fault] * self.chance.choice((1, 2))

    def _break_relay(self, machine: Machine) -> None:
        machine.is_relay_broken = True
        wait = timedelta(minutes=self.chance.uniform(5, 60))
        self._at(self.time.now + wait, lambda: setattr(machine, "is_relay_broken", False))

    def _fold(self) -> None:
        """The job that keeps the days has its turn."""
        fold_all_due(self.server.database)

    def _send_again(self) -> None:
        """An old upload comes by another way too, and a part of it in no shape at all."""
        if not self.server.uploads:
            return
        headers, body = self.chance.choice(self.server.uploads)
        broken = {name: said for name, said in body[0].items() if name != "direction"}
        self.garbled.add(broken["nonce"])
        self.server.answer("POST", "/v1/gate/scans", headers, [*body, broken])

    # At the gate

    def _present(self, machine: Machine | None, shown: Shown) -> Sighting | None:
        if machine is None or not machine.is_on:
            return None
        at, boot_id = self.time.now, machine.boot_id
        passage = machine.scan(shown.text)
        machine.line.let_go()
        if not machine.is_on:
            self._restore_power(machine)
        elif machine.gate.line.woken.is_set() or machine.is_relay_broken:
            self._contact_soon(machine)
        if passage is None:
            return None
        sighting = Sighting(
            at, machine.name, machine.direction, shown, passage, boot_id, boot_id in self.told
        )
        self.sightings.append(sighting)
        return sighting

    def _choose_gate(self, direction: Direction, tried: Sequence[Machine] = ()) -> Machine | None:
        there = [
            machine
            for machine in self.machines
            if machine.is_on and machine.direction is direction and machine not in tried
        ]
        return self.chance.choice(there) if there else None

    def _somebody(self) -> Worker:
        return self.chance.choice(self.site.workers)

    def _hour(self, day: int, hours: float) -> datetime:
        return day_start(self.first_day, at=time()) + day * ONE_DAY + timedelta(hours=hours)

    def _at(self, at: datetime, happen: Callable[[], object]) -> None:
        heapq.heappush(self._events, (at, next(self._numbers), happen))

"""A scan, from the reader's line to the open turnstile."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread

import pytest

from core.enums import Tone
from gate.alarms import Alarm
from gate.state.entry import Entry, State
from tests.gate.conftest import Bench, CountingRelay
from tests.gate.peer import Peer
from tests.gate.wire_server import Fault
from tests.gate.world import MORNING, Phone, Project, World
from tests.live import wait_until

Start = Callable[..., Bench]


def take_offline(bench: Bench, peer: Peer) -> None:
    peer.is_reachable = False
    bench.contact()


def waiting(bench: Bench) -> list[Entry]:
    return bench.gate.journal.pending(State.WAITING, 1000)


def test_online_the_server_decides_and_nothing_waits_to_be_uploaded(
    bench: Bench, peer: Peer, phone: Phone, world: World
) -> None:
    decision = bench.gate.turnstile.handle(phone.show(world.now))

    assert decision is not None
    assert (decision.admitted, decision.is_offline) == (True, False)
    assert bench.relay.opened == 1
    assert len(peer.scans) == 1
    assert waiting(bench) == []
    assert bench.announced == ["联网核验：请进，注意安全"]


def test_offline_the_gate_decides_says_so_and_keeps_the_scan(
    bench: Bench, peer: Peer, phone: Phone, world: World
) -> None:
    take_offline(bench, peer)
    world.pass_time(hours=2)

    decision = bench.gate.turnstile.handle(phone.show(world.now))

    assert decision is not None
    assert (decision.admitted, decision.is_offline) == (True, True)
    assert bench.relay.opened == 1
    assert [entry.decided_offline for entry in waiting(bench)] == [True]
    assert bench.announced == ["离线核验（名单 2 小时前更新）：请进，注意安全"]


def test_a_server_that_does_not_answer_in_time_is_not_waited_for(
    bench: Bench, peer: Peer, phone: Phone, world: World
) -> None:
    peer.faults = [Fault("/v1/gate/verify", held=(held := Event()))]

    decision = bench.gate.turnstile.handle(phone.show(world.now))
    is_given_up = bench.gate.asker._idle.is_set()
    held.set()

    assert decision is not None
    assert (decision.admitted, decision.is_offline) == (True, True)
    assert not is_given_up
    (entry,) = waiting(bench)
    assert peer.scans[entry.nonce]["scanned_at"] == entry.scanned_at


def test_while_an_answer_is_late_the_next_worker_does_not_wait_at_all(
    bench: Bench, peer: Peer, project: Project, world: World
) -> None:
    peer.faults = [Fault("/v1/gate/verify", held=(held := Event()))]
    bench.gate.turnstile.handle(Phone(project).show(world.now))

    decision = bench.gate.turnstile.handle(Phone(project).show(world.now))
    held.set()

    assert decision is not None
    assert decision.is_offline
    bench.gate.stop()
    assert peer.paths().count("/v1/gate/verify") == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/v1/gate/verify", status=503, headers={"Retry-After": "1"}),
        Fault("/v1/gate/verify", status=401),
        Fault("/v1/gate/verify", is_portal=True),
        Fault("/v1/gate/verify", drops_answer=True),
    ],
    ids=["overloaded", "revoked", "captive portal", "answer lost"],
)
def test_no_network_error_ever_reaches_the_worker(
    bench: Bench, peer: Peer, phone: Phone, world: World, fault: Fault
) -> None:
    peer.faults = [fault, fault]

    decision = bench.gate.turnstile.handle(phone.show(world.now))

    assert decision is not None
    assert (decision.admitted, decision.say) == (True, "请进，注意安全")


@pytest.mark.parametrize(
    ("fault", "is_up"),
    [
        (Fault("/v1/gate/verify", is_portal=True), False),
        (Fault("/v1/gate/verify", drops_answer=True), False),
        (Fault("/v1/gate/verify", status=503), True),
    ],
    ids=["captive portal", "no answer", "our server, busy"],
)
def test_only_a_server_out_of_reach_is_no_longer_asked(
    bench: Bench, peer: Peer, phone: Phone, world: World, *, fault: Fault, is_up: bool
) -> None:
    peer.faults = [fault, fault]

    bench.gate.turnstile.handle(phone.show(world.now))

    assert bench.gate.line.state.is_up is is_up


def test_an_answer_lost_with_an_old_connection_is_asked_for_again(
    bench: Bench, peer: Peer, project: Project, world: World
) -> None:
    bench.gate.turnstile.handle(Phone(project).show(world.now))
    peer.faults = [Fault("/v1/gate/verify", drops_answer=True)]

    decision = bench.gate.turnstile.handle(Phone(project).show(world.now))

    assert decision is not None
    assert (decision.admitted, decision.is_offline) == (True, False)
    assert len(peer.scans) == 2


def test_the_gate_asks_again_by_itself_once_the_network_is_back(
    bench: Bench, peer: Peer, phone: Phone, world: World
) -> None:
    take_offline(bench, peer)
    peer.is_reachable = True
    bench.contact()

    decision = bench.gate.turnstile.handle(phone.show(world.now))

    assert decision is not None
    assert not decision.is_offline


def test_a_code_of_just_before_midnight_is_good_just_after_it(
    bench: Bench, peer: Peer, phone: Phone, world: World
) -> None:
    world.now = MORNING + timedelta(hours=17, minutes=29, seconds=50)
    text = phone.show(world.now)
    world.pass_time(seconds=15)
    bench.contact()
    take_offline(bench, peer)

    decision = bench.gate.turnstile.handle(text)

    assert decision is not None
    assert decision.admitted


def test_lines_of_a_bouncing_reader_are_one_scan(
    bench: Bench, peer: Peer, phone: Phone, world: World
) -> None:
    code = phone.show(world.now)
    bench.gate.turnstile.handle(code)
    world.pass_time(seconds=1.9)
    bench.gate.turnstile.handle(code)
    world.pass_time(seconds=1.9)

    assert bench.gate.turnstile.handle(code) is None
    assert len(peer.scans) == 1


@pytest.mark.parametrize("is_online", [True, False])
def test_a_code_opens_the_gate_once(
    bench: Bench, peer: Peer, phone: Phone, world: World, *, is_online: bool
) -> None:
    if not is_online:
        take_offline(bench, peer)
    code = phone.show(world.now)
    bench.gate.turnstile.handle(code)
    world.pass_time(seconds=3)

    decision = bench.gate.turnstile.handle(code.lower())

    assert decision is not None
    assert decision.reason == "already_used"
    assert bench.relay.opened == 1


def test_a_code_let_in_offline_is_not_let_in_again_by_a_server_that_has_not_heard(
    bench: Bench, peer: Peer, phone: Phone, world: World
) -> None:
    take_offline(bench, peer)
    code = phone.show(world.now)
    bench.gate.turnstile.handle(code)
    peer.is_reachable = True
    bench.gate.line.set(is_up=True)
    world.pass_time(seconds=3)

    bench.gate.turnstile.handle(code)

    assert bench.relay.opened == 1


@pytest.mark.parametrize("is_online", [True, False])
def test_a_code_stays_used_when_the_program_is_restarted(
    start_gate: Start, peer: Peer, phone: Phone, world: World, *, is_online: bool
) -> None:
    first = start_gate()
    first.contact()
    if not is_online:
        take_offline(first, peer)
    first.gate.turnstile.handle(phone.show(world.now))
    first.gate.stop()
    world.pass_time(seconds=3)

    decision = start_gate().gate.turnstile.handle(phone.show(world.now))

    assert decision is not None
    assert decision.reason == "already_used"


def tardy(world: World) -> datetime:
    world.pass_time(seconds=1)
    return world.now


def test_after_a_power_cut_what_the_gate_has_forgotten_stays_dead(
    start_gate: Start, peer: Peer, phone: Phone, world: World
) -> None:
    first = start_gate()
    first.contact()
    world.pass_time(hours=1)
    used = phone.show(world.now)
    first.gate.turnstile.handle(used)
    world.pass_time(minutes=30)
    peer.now = partial(tardy, world)  # a slow answer, so the clock goes by the first one
    first.contact()
    assert [entry.code for entry in first.gate.journal.pending(State.TAKEN, 9)] == [""]
    world.reboot()
    world.wall_error = timedelta(days=-2000)
    second = start_gate()
    take_offline(second, peer)

    decision = second.gate.turnstile.handle(used)

    assert decision is not None
    assert decision.reason == "expired_code"


def test_after_a_power_cut_a_screenshot_of_before_it_stays_dead(
    start_gate: Start, peer: Peer, project: Project, world: World
) -> None:
    first = start_gate()
    first.contact()
    take_offline(first, peer)
    world.pass_time(hours=1)
    screenshot = Phone(project).show(world.now)
    world.pass_time(hours=1)
    first.gate.turnstile.handle(Phone(project).show(world.now))
    world.reboot()
    second = start_gate()

    old = second.gate.turnstile.handle(screenshot)
    fresh = second.gate.turnstile.handle(Phone(project).show(world.now))

    assert old is not None
    assert fresh is not None
    assert (old.reason, fresh.reason) == ("expired_code", "ok")
    assert [entry.clock_bound_ms is None for entry in waiting(second)] == [False, True, True]


def test_the_scan_is_on_disk_before_the_turnstile_opens(
    start_gate: Start, peer: Peer, phone: Phone, world: World
) -> None:
    seen: list[tuple[str, bool]] = []
    bench = start_gate(relay=(relay := CountingRelay()))
    relay.before = lambda: seen.extend(
        (entry.reason, entry.admitted) for entry in bench.gate.journal.last_admitted(9)
    )
    bench.contact()
    take_offline(bench, peer)

    bench.gate.turnstile.handle(phone.show(world.now))

    assert seen == [("ok", True)]


def test_a_scan_is_on_disk_while_the_question_travels(
    bench: Bench, peer: Peer, phone: Phone, world: World
) -> None:
    peer.faults = [Fault("/v1/gate/verify", held=(held := Event()))]
    scan = Thread(target=bench.gate.turnstile.handle, args=[phone.show(world.now)])

    scan.start()

    wait_until(lambda: bench.gate.journal.counts()[State.OPEN] == 1)
    held.set()
    scan.join()


def test_an_admission_the_turnstile_did_not_carry_out_is_taken_back_at_the_server(
    bench: Bench, peer: Peer, phone: Phone, world: World
) -> None:
    bench.relay.is_broken = True

    decision = bench.gate.turnstile.handle(phone.show(world.now))
    bench.contact()

    assert decision is not None
    assert (decision.admitted, decision.tone) == (False, Tone.REFUSE)
    assert peer.annulled == list(peer.scans)
    assert peer.annulled_because == ["not_opened"]
    assert bench.alarms.active == [Alarm.RELAY]


def test_an_offline_admission_that_was_not_carried_out_is_reported_as_such(
    bench: Bench, peer: Peer, phone: Phone, world: World
) -> None:
    take_offline(bench, peer)
    bench.relay.is_broken = True

    bench.gate.turnstile.handle(phone.show(world.now))

    assert [(entry.admitted, entry.reason) for entry in waiting(bench)] == [(False, "not_opened")]


def test_after_a_failed_opening_the_same_code_may_try_again(
    bench: Bench, peer: Peer, phone: Phone, world: World
) -> None:
    take_offline(bench, peer)
    bench.relay.is_broken = True
    bench.gate.turnstile.handle(phone.show(world.now))
    bench.relay.is_broken = False
    world.pass_time(seconds=3)

    decision = bench.gate.turnstile.handle(phone.show(world.now))

    assert decision is not None
    assert decision.admitted
    assert bench.alarms.active == []


def test_an_entry_is_not_uploaded_while_its_turnstile_is_still_opening(
    start_gate: Start, peer: Peer, phone: Phone, world: World
) -> None:
    pending: list[Entry] = []
    bench = start_gate(relay=(relay := CountingRelay()))
    bench.contact()
    take_offline(bench, peer)
    relay.before = lambda: pending.extend(waiting(bench))

    bench.gate.turnstile.handle(phone.show(world.now))

    assert (pending, len(waiting(bench))) == ([], 1)


@pytest.mark.parametrize("is_online", [True, False])
def test_what_is_no_code_is_refused_and_recorded(
    bench: Bench, peer: Peer, world: World, *, is_online: bool
) -> None:
    if not is_online:
        take_offline(bench, peer)

    decision = bench.gate.turnstile.handle("https://example.com/whatever")

    assert decision is not None
    assert (decision.admitted, decision.reason) == (False, "malformed_code")
    assert len(peer.scans) + len(waiting(bench)) == 1

"""Sync, upload and back-off against a server that behaves and one that does not."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from gate.alarms import Alarm
from gate.link.contact import SYNC_SECONDS
from gate.state.entry import Entry, State
from tests.gate.conftest import Bench
from tests.gate.peer import POISON, TOKEN, Peer
from tests.gate.state.test_journal import make_entry
from tests.gate.wire_server import Fault
from tests.gate.world import Phone, Project, World
from tests.live import wait_until

Start = Callable[..., Bench]


def put_scans(bench: Bench, number: int, *, code: str = "X") -> list[Entry]:
    entries = [make_entry(sequence, code=code) for sequence in range(1, number + 1)]
    for entry in entries:
        bench.gate.journal.put(entry)
    return entries


def waiting(bench: Bench) -> int:
    return bench.gate.journal.counts()[State.WAITING]


def test_a_first_sync_brings_the_day_keys(bench: Bench, peer: Peer) -> None:
    known = bench.gate.known

    assert len(known.lists.day_keys) == 9
    assert known.lists.last_day == peer.project.days(peer.now())[-1]
    assert bench.gate.line.state.is_up


def test_the_next_sync_asks_only_for_what_changed(bench: Bench, peer: Peer, phone: Phone) -> None:
    peer.block(phone.worker_ref, "left_project")

    bench.contact()
    bench.contact()

    assert bench.gate.known.lists.blocks == {phone.worker_ref: "left_project"}
    assert [path.partition("?")[2] for _, path, _ in peer.calls] == ["", "cursor=0", "cursor=1"]


def test_an_unchanged_list_is_not_sent_again_and_still_counts_as_fresh(
    bench: Bench, world: World
) -> None:
    world.pass_time(minutes=5)

    assert bench.contact() == SYNC_SECONDS
    assert bench.gate.known.synced_at is not None
    assert abs(world.now - bench.gate.known.synced_at) < timedelta(seconds=1)


def test_an_unchanged_list_still_sets_the_clock_after_a_reboot(
    bench: Bench, peer: Peer, start_gate: Start, world: World
) -> None:
    world.reboot()
    rebooted = start_gate()
    before = rebooted.gate.turnstile._clock.read().is_sure

    rebooted.contact()

    assert (before, rebooted.gate.turnstile._clock.read().is_sure) == (False, True)
    assert len(peer.calls) == 2


def test_what_the_server_has_had_for_a_while_is_forgotten(
    bench: Bench, phone: Phone, world: World
) -> None:
    bench.gate.turnstile.handle(phone.show(world.now))
    bench.contact()
    held = bench.gate.journal.pending(State.TAKEN, 9)
    world.pass_time(minutes=6)
    bench.contact()

    assert [bool(entry.code) for entry in held] == [True]
    assert [entry.code for entry in bench.gate.journal.pending(State.TAKEN, 9)] == [""]


def test_a_contact_under_an_unsure_clock_is_no_moment_to_go_by(
    bench: Bench, start_gate: Start, peer: Peer, world: World
) -> None:
    world.wall_error = timedelta(days=400)
    world.reboot()
    rebooted = start_gate()
    peer.faults = [Fault("/v1/gate/sync", status=304)]

    rebooted.contact()

    assert not rebooted.gate.turnstile._clock.read().is_sure
    assert rebooted.gate.known.synced_at is not None
    assert abs(rebooted.gate.known.synced_at - world.now) < timedelta(seconds=1)


def test_a_long_list_comes_in_pages(start_gate: Start, peer: Peer) -> None:
    peer.page_size = 10
    for who in range(35):
        peer.block(who.to_bytes(6, "big"), "left_project")
    bench = start_gate()

    bench.contact()

    assert len(bench.gate.known.lists.blocks) == 35
    assert peer.paths().count("/v1/gate/sync") == 4


def test_a_worker_taken_off_the_block_list_gets_in(
    bench: Bench, peer: Peer, phone: Phone, world: World
) -> None:
    peer.block(phone.worker_ref, "left_project")
    bench.contact()
    peer.block(phone.worker_ref, None)
    bench.contact()
    bench.gate.line.set(is_up=False)

    decision = bench.gate.turnstile.handle(phone.show(world.now))

    assert decision is not None
    assert decision.admitted


def test_a_blocked_worker_is_refused_offline_with_the_servers_reason(
    bench: Bench, peer: Peer, phone: Phone, world: World
) -> None:
    peer.block(phone.worker_ref, "no_contract")
    bench.contact()
    bench.gate.line.set(is_up=False)

    decision = bench.gate.turnstile.handle(phone.show(world.now))

    assert decision is not None
    assert (decision.reason, decision.say) == (
        "no_contract",
        "您还没有签合同，请先找劳资专管员签合同",
    )


def test_sync_sets_a_wrong_clock_right(start_gate: Start, phone: Phone, world: World) -> None:
    world.wall_error = timedelta(days=-700)
    bench = start_gate()
    bench.contact()
    bench.gate.line.set(is_up=False)

    decision = bench.gate.turnstile.handle(phone.show(world.now))

    assert decision is not None
    assert decision.admitted
    assert bench.gate.board.view().wall_error == pytest.approx(-700 * 86_400, abs=1)


def test_every_call_carries_the_heartbeat(bench: Bench, peer: Peer) -> None:
    put_scans(bench, 3)

    bench.contact()

    _, _, headers = peer.calls[-2]
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert headers["gate-time"] == "2026-11-23T06:30:00.000+08:00"
    assert (headers["gate-boot-id"], headers["gate-uptime-ms"]) == ("boot-1", "3600000")
    assert (headers["gate-waiting"], headers["gate-quarantined"]) == ("3", "0")
    assert headers["gate-offline-until"] == "2026-11-30"


def test_waiting_scans_are_uploaded_as_they_were(bench: Bench, peer: Peer) -> None:
    entries = put_scans(bench, 3)

    bench.contact()

    assert waiting(bench) == 0
    assert list(peer.scans) == [entry.nonce for entry in entries]
    assert peer.scans[entries[0].nonce] == {
        "code": "X",
        "direction": "in",
        "nonce": entries[0].nonce,
        "scanned_at": "2026-11-23T06:30:00.000+08:00",
        "clock_bound_ms": 120,
        "admitted": True,
        "reason": "ok",
        "decided_offline": True,
        "sequence": 1,
        "boot_id": "boot-1",
        "uptime_ms": 1000,
        "looked": False,
    }


def test_a_backlog_goes_up_in_batches_of_a_thousand(bench: Bench, peer: Peer) -> None:
    for sequence in range(1, 2502):
        bench.gate.journal._unsaved[f"{sequence:032x}"] = make_entry(sequence)
    bench.gate.journal.flush()

    bench.contact()

    assert (waiting(bench), len(peer.scans)) == (0, 2501)
    assert peer.paths().count("/v1/gate/scans") == 3


def test_an_upload_whose_answer_was_lost_is_repeated_and_counted_once(
    bench: Bench, peer: Peer
) -> None:
    put_scans(bench, 3)
    peer.faults = [Fault("/v1/gate/scans", drops_answer=True) for _ in range(2)]

    bench.contact()
    lost = waiting(bench)
    bench.contact()

    assert (lost, waiting(bench), len(peer.scans)) == (3, 0, 3)


def test_a_scan_the_server_rejects_is_put_aside_and_kept(bench: Bench, peer: Peer) -> None:
    put_scans(bench, 3, code="never")
    peer.rejected_codes = {"never"}

    bench.contact()

    assert len(bench.gate.journal.pending(State.QUARANTINED, 9)) == 3
    assert waiting(bench) == 0
    assert bench.alarms.active == [Alarm.QUARANTINED]


def test_one_bad_entry_does_not_hold_up_the_others(bench: Bench, peer: Peer) -> None:
    put_scans(bench, 100)
    bench.gate.journal.put(make_entry(37, code=POISON))

    bench.contact()

    (refused,) = bench.gate.journal.pending(State.QUARANTINED, 9)
    assert refused.sequence == 37
    assert refused.answer is not None
    assert '"status": 422' in refused.answer
    assert (len(peer.scans), waiting(bench)) == (99, 0)


def test_a_scan_without_a_result_of_its_own_is_sent_again(bench: Bench, peer: Peer) -> None:
    put_scans(bench, 2)
    bench.gate.journal.put(make_entry(2, code="forgotten"))
    peer.forgotten_codes = {"forgotten"}
    bench.contact()
    left = waiting(bench)
    peer.forgotten_codes = set()

    bench.contact()

    assert (left, waiting(bench)) == (1, 0)


def test_an_answer_without_any_result_is_a_failure(bench: Bench, peer: Peer) -> None:
    put_scans(bench, 2, code="forgotten")
    peer.forgotten_codes = {"forgotten"}

    assert bench.contact() < SYNC_SECONDS
    assert waiting(bench) == 2


@pytest.mark.parametrize("status", [401, 404, 408, 429, 500, 502, 503])
def test_a_server_in_trouble_loses_no_scan(bench: Bench, peer: Peer, status: int) -> None:
    put_scans(bench, 3)
    peer.faults = [Fault("/v1/gate/scans", status=status)]

    bench.contact()
    kept = waiting(bench)
    bench.contact()

    assert (kept, waiting(bench), len(peer.scans)) == (3, 0, 3)


def test_what_the_server_asks_to_wait_is_waited(bench: Bench, peer: Peer) -> None:
    peer.faults = [Fault("/v1/gate/sync", status=503, headers={"Retry-After": "77"})]

    assert bench.contact() == 77


def test_failures_are_followed_by_longer_and_longer_waits(bench: Bench, peer: Peer) -> None:
    peer.is_reachable = False

    waits = [bench.contact() for _ in range(12)]

    assert waits[0] <= 1
    assert 15 <= waits[-1] <= 30


def test_after_a_success_the_next_failure_is_the_first_again(bench: Bench, peer: Peer) -> None:
    peer.is_reachable = False
    for _ in range(9):
        bench.contact()
    peer.is_reachable = True
    bench.contact()
    peer.is_reachable = False

    assert bench.contact() <= 1


def test_a_token_the_server_does_not_know_raises_the_alarm_until_it_does(
    bench: Bench, peer: Peer
) -> None:
    peer.tokens = set()
    bench.contact()
    unknown = bench.alarms.active
    peer.tokens = {TOKEN}
    bench.contact()

    assert (unknown, bench.alarms.active) == ([Alarm.UNAUTHORIZED], [])


def test_a_captive_portal_does_not_spoil_the_lists(bench: Bench, peer: Peer) -> None:
    peer.faults = [Fault("/v1/gate/sync", is_portal=True)]

    bench.contact()

    assert len(bench.gate.known.lists.day_keys) == 9
    assert not bench.gate.line.state.is_up


def test_scans_of_one_project_are_never_given_to_another(
    bench: Bench, peer: Peer, start_gate: Start, tmp_path: Path
) -> None:
    put_scans(bench, 3)
    bench.gate.stop()
    peer.project = Project()
    repaired = start_gate()

    repaired.contact()

    assert (len(peer.scans), waiting(repaired)) == (0, 3)
    assert repaired.alarms.active == [Alarm.WRONG_PROJECT]
    assert not repaired.gate.line.state.is_up


def test_an_annulment_that_comes_too_late_is_told_as_a_scan(bench: Bench, peer: Peer) -> None:
    bench.gate.journal.put(make_entry(1, state=State.ANNUL, admitted=False))

    bench.contact()

    assert sum(bench.gate.journal.counts().values()) == 0
    (told,) = peer.scans.values()
    assert told["admitted"] is False


def test_an_annulment_is_kept_while_the_server_is_in_trouble(bench: Bench, peer: Peer) -> None:
    bench.gate.journal.put(make_entry(1, state=State.ANNUL))
    peer.faults = [Fault("/v1/gate/annul", status=503)]

    bench.contact()

    assert len(bench.gate.journal.pending(State.ANNUL, 9)) == 1


def test_the_thread_syncs_at_once_and_again_when_the_line_breaks(
    start_gate: Start, peer: Peer
) -> None:
    bench = start_gate()
    bench.gate.contact.start()
    wait_until(lambda: bench.gate.line.state.is_up)

    bench.gate.line.set(is_up=False)

    wait_until(lambda: bench.gate.line.state.is_up)
    bench.gate.stop()
    assert peer.paths().count("/v1/gate/sync") == 2

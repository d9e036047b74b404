"""The program at a turnstile: how long a worker waits for it, alone and with the server."""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.groups.gates import open_sites
from bench.harness import Sides, bench
from bench.rig import Rig
from core.enums import Direction
from gate.alarms import Alarms
from gate.assembly import Gate, assemble
from gate.clock import read_boot_id, system_clock
from gate.state.pairing import Pairing

DECISIONS = 100
PAGE = bytes(4096)


class OpenDoor:
    """A relay that has nothing to move."""

    def open(self) -> None:
        """Open at once."""

    def close(self) -> None:
        """Nothing is held."""


@bench(unit="ms", ratio="<=", target=0.2)
@contextmanager
def gate_offline_vs_online(rig: Rig) -> Generator[Sides]:
    """From the reader to the open turnstile, the journal synced: alone, and asking the product.

    Both on one computer, so no network is in the way of the server; the limit is one sync.
    """
    sites = open_sites(rig)
    token, codes = sites.open_gate()
    with _running_gate(rig, f"unix:{sites.address.socket}", token) as gate:
        yield Sides(
            ours=partial(_decide_alone, gate, codes),
            baseline=partial(_decide_online, gate, codes),
            limit=partial(_sync_a_page, rig.directory / "page"),
        )


@contextmanager
def _running_gate(rig: Rig, server: str, token: str) -> Generator[Gate]:
    directory = rig.directory / "gate"
    directory.mkdir()
    gate = assemble(
        pairing=Pairing(server, token, {}),
        directory=directory,
        direction=Direction.IN,
        relay=OpenDoor(),
        make_clock=system_clock,
        boot_id=read_boot_id(),
        alarms=Alarms(),
        announce=lambda _: None,
    )
    gate.asker.start()
    try:
        yield gate
    finally:
        gate.stop()


def _decide_alone(gate: Gate, codes: Iterator[str]) -> float:
    gate.contact.step()  # takes up what the round before has left
    gate.line.set(is_up=False)
    return _median_ms(partial(_admit, gate, codes, is_offline=True))


def _decide_online(gate: Gate, codes: Iterator[str]) -> float:
    gate.contact.step()
    return _median_ms(partial(_admit, gate, codes, is_offline=False))


def _admit(gate: Gate, codes: Iterator[str], *, is_offline: bool) -> float:
    code = next(codes)
    started = perf_counter()
    decision = gate.turnstile.handle(code)
    took = perf_counter() - started
    assert decision is not None
    assert decision.admitted, decision.reason
    # An answer that came too late was decided alone; it took the whole budget all the same.
    assert decision.is_offline or not is_offline
    return took


def _sync_a_page(path: Path) -> float:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        return _median_ms(partial(_append, descriptor))
    finally:
        os.close(descriptor)


def _append(descriptor: int) -> float:
    started = perf_counter()
    os.write(descriptor, PAGE)
    os.fdatasync(descriptor)
    return perf_counter() - started


def _median_ms(take: Callable[[], float]) -> float:
    return median(take() for _ in range(DECISIONS)) * 1_000

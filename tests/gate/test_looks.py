"""Somebody opens the gate with a card, and the guard says whether the face matches."""

import socket
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from core.enums import AnnulmentReason
from gate.alarms import Alarm
from gate.decide import Decision
from gate.screen.board import LOOK_SECONDS, SHOWN_SECONDS
from gate.screen.page import render_board
from gate.screen.server import serving
from gate.state.database import FILE_NAME
from gate.state.entry import LOOKED, NOT_THE_HOLDER, Entry, State
from qr import code as ax2
from tests.gate.conftest import Bench
from tests.gate.peer import Peer
from tests.gate.wire_server import Fault
from tests.gate.world import Phone, World
from tests.live import wait_until

SECRET = b"fourteen bytes"
CARD = ax2.encode_card(SECRET)
DIGEST = ax2.card_digest(SECRET)
HOST = "127.0.0.1:8780"
OWN = f"http://{HOST}"


@pytest.fixture(autouse=True)
def card(bench: Bench, peer: Peer) -> None:
    """A printed card the gate knows."""
    peer.list_card(DIGEST, b"worker")
    bench.contact()


def show(bench: Bench) -> Decision:
    decision = bench.gate.turnstile.handle(CARD)
    assert decision is not None
    return decision


def say(bench: Bench, decision: Decision, *, is_holder: bool) -> None:
    assert decision.look is not None
    bench.gate.board.take_look(decision.look, is_holder=is_holder)


def entries(bench: Bench, state: State) -> list[Entry]:
    return bench.gate.journal.pending(state, 10)


def cut_off(bench: Bench, peer: Peer) -> None:
    peer.is_reachable = False
    bench.contact()


def test_online_the_guards_word_follows_the_scan(bench: Bench, peer: Peer) -> None:
    decision = show(bench)
    say(bench, decision, is_holder=True)
    waiting = entries(bench, State.LOOK)

    bench.contact()

    assert (decision.admitted, decision.is_offline) == (True, False)
    assert [entry.reason for entry in waiting] == [LOOKED]
    assert peer.looked_at == [decision.look]
    assert entries(bench, State.LOOK) == []


def test_online_somebody_else_is_annulled(bench: Bench, peer: Peer) -> None:
    decision = show(bench)
    say(bench, decision, is_holder=False)

    bench.contact()

    assert peer.annulled == [decision.look]
    assert peer.annulled_because == [AnnulmentReason.NOT_THE_HOLDER]
    assert peer.looked_at == []


def test_offline_the_guards_word_travels_with_the_scan(bench: Bench, peer: Peer) -> None:
    cut_off(bench, peer)
    decision = show(bench)
    say(bench, decision, is_holder=True)
    (entry,) = entries(bench, State.WAITING)
    peer.is_reachable = True

    bench.contact()

    (scan,) = peer.scans.values()
    assert (entry.reason, entry.admitted) == (LOOKED, True)
    assert (scan["looked"], scan["admitted"]) == (True, True)
    assert (peer.looked_at, peer.annulled) == ([], [])


def test_offline_somebody_else_was_not_admitted(bench: Bench, peer: Peer) -> None:
    cut_off(bench, peer)
    say(bench, show(bench), is_holder=False)
    peer.is_reachable = True

    bench.contact()

    (scan,) = peer.scans.values()
    assert (scan["looked"], scan["admitted"], scan["reason"]) == (False, False, NOT_THE_HOLDER)


@pytest.mark.parametrize("is_holder", [True, False])
def test_a_word_that_comes_while_the_scan_is_under_way_is_not_lost(
    bench: Bench, peer: Peer, *, is_holder: bool
) -> None:
    cut_off(bench, peer)
    decision = show(bench)
    peer.is_reachable = True
    peer.faults = [Fault("/v1/gate/scans", held=(held := Event()))]
    upload = Thread(target=bench.contact)
    upload.start()
    wait_until(lambda: "/v1/gate/scans" in peer.paths())
    say(bench, decision, is_holder=is_holder)
    held.set()
    upload.join()

    bench.contact()

    assert peer.looked_at == ([decision.look] if is_holder else [])
    assert peer.annulled == ([] if is_holder else [decision.look])


def test_a_word_that_is_too_late_is_not_repeated(bench: Bench, peer: Peer) -> None:
    say(bench, show(bench), is_holder=True)
    peer.faults = [Fault("/v1/gate/looks", status=409)]

    bench.contact()

    assert entries(bench, State.LOOK) == entries(bench, State.QUARANTINED) == []


def test_a_word_is_kept_while_the_server_is_in_trouble(bench: Bench, peer: Peer) -> None:
    decision = show(bench)
    say(bench, decision, is_holder=True)
    peer.faults = [Fault("/v1/gate/looks", status=503)]

    bench.contact()
    bench.contact()

    assert peer.looked_at == [decision.look]


def test_the_first_word_counts_and_only_about_who_is_asked_about(bench: Bench) -> None:
    first = show(bench)
    say(bench, first, is_holder=True)
    say(bench, first, is_holder=False)
    bench.gate.board.take_look("0" * 32, is_holder=False)

    assert [entry.reason for entry in entries(bench, State.LOOK)] == [LOOKED]
    assert entries(bench, State.ANNUL) == []


def test_the_next_person_ends_the_question(bench: Bench, phone: Phone, world: World) -> None:
    asked = show(bench)
    bench.gate.turnstile.handle(phone.show(world.now))

    say(bench, asked, is_holder=True)

    assert entries(bench, State.LOOK) == []


def test_a_live_code_and_a_refused_card_ask_nobody(
    bench: Bench, peer: Peer, phone: Phone, world: World
) -> None:
    live = bench.gate.turnstile.handle(phone.show(world.now))
    peer.list_card(DIGEST, None)
    bench.contact()
    refused = show(bench)

    assert live is not None
    assert (live.look, refused.look, refused.admitted) == (None, None, False)


def test_the_guard_is_asked_for_longer_than_a_name_is_shown(bench: Bench, world: World) -> None:
    show(bench)
    world.pass_time(seconds=SHOWN_SECONDS + 1)
    shown = bench.gate.board.view()
    world.pass_time(seconds=LOOK_SECONDS)

    assert "不是本人" in render_board(shown)
    assert bench.gate.board.view().decision is None


@pytest.mark.parametrize("is_online", [True, False])
def test_the_disk_never_holds_a_card_that_opens(
    bench: Bench, peer: Peer, tmp_path: Path, *, is_online: bool
) -> None:
    if not is_online:
        cut_off(bench, peer)
    show(bench)
    peer.is_reachable = True
    bench.contact()
    bench.gate.stop()

    (scan,) = peer.scans.values()
    files = b"".join(path.read_bytes() for path in tmp_path.glob("journal*"))
    assert scan["code"] == (CARD if is_online else ax2.encode_card_reference(DIGEST))
    assert CARD.encode() not in files
    assert ax2.encode_card_reference(DIGEST).encode() in files


@pytest.mark.parametrize(
    ("is_holder", "said", "tone"),
    [(True, "已记：是本人", "welcome"), (False, "已记：不是本人", "refuse")],
)
def test_the_page_says_what_was_noted(
    bench: Bench, *, is_holder: bool, said: str, tone: str
) -> None:
    say(bench, show(bench), is_holder=is_holder)

    html = render_board(bench.gate.board.view())

    assert said in html
    assert f'class="{tone}"' in html
    assert ("请进" in html) is is_holder
    assert "请门卫核对本人" not in html


def test_nothing_is_said_to_be_noted_that_is_not(bench: Bench, tmp_path: Path) -> None:
    decision = show(bench)
    bench.gate.journal.close()
    (tmp_path / FILE_NAME).write_bytes(b"x" * 5000)
    (tmp_path / f"{FILE_NAME}.mended").mkdir()

    say(bench, decision, is_holder=True)

    assert "已记" not in render_board(bench.gate.board.view())
    assert Alarm.DISK in bench.alarms.active


@pytest.fixture
def screen(bench: Bench, address: str) -> Generator[Callable[..., tuple[int, bytes]]]:
    """Press a button on the served page; the answer's status and whole head."""
    path = Path(address.removeprefix("unix:")).with_name("page")

    def press(body: str, origin: str = OWN) -> tuple[int, bytes]:
        with closing(socket.socket(socket.AF_UNIX)) as line:
            line.connect(str(path))
            head = f"POST /look HTTP/1.0\r\nHost: {HOST}\r\nOrigin: {origin}\r\n"
            line.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
            answer = line.makefile("rb").read()
        return int(answer.split()[1]), answer

    with serving(bench.gate.board, f"unix:{path}"):
        yield press


def test_a_button_on_the_page_says_it(
    screen: Callable[..., tuple[int, bytes]], bench: Bench
) -> None:
    decision = show(bench)
    assert f'value="{decision.look}"' in render_board(bench.gate.board.view())

    status, head = screen(f"nonce={decision.look}&face=holder")

    assert (status, b"Location: /" in head) == (303, True)
    assert [entry.reason for entry in entries(bench, State.LOOK)] == [LOOKED]
    assert "不是本人" not in render_board(bench.gate.board.view())


@pytest.mark.parametrize("body", ["", "nonce=", "face=holder", "nonce=guess&face=holder", "\xff"])
def test_a_page_that_does_not_know_the_nonce_says_nothing(
    screen: Callable[..., tuple[int, bytes]], bench: Bench, body: str
) -> None:
    show(bench)
    assert screen(body)[0] == 303
    assert entries(bench, State.LOOK) == entries(bench, State.ANNUL) == []


def test_a_long_form_is_not_read(screen: Callable[..., tuple[int, bytes]]) -> None:
    assert screen("x" * 201)[0] == 404


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:80", "null", ""])
def test_another_page_cannot_press_for_the_guard(
    screen: Callable[..., tuple[int, bytes]], bench: Bench, origin: str
) -> None:
    decision = show(bench)

    assert screen(f"nonce={decision.look}&face=holder", origin)[0] == 403
    assert entries(bench, State.LOOK) == []

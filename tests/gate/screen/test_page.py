"""What people at the gate see."""

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from core.enums import Direction, Tone
from gate.alarms import Alarm
from gate.decide import Decision
from gate.link.client import Client, Response
from gate.link.line import LineState
from gate.screen.board import SHOWN_SECONDS, View
from gate.screen.page import SHAPES, render_board, render_page
from gate.screen.server import PageAddressError, serving
from gate.wire import Worker
from tests.gate.conftest import Bench
from tests.gate.peer import Peer
from tests.gate.state.test_journal import make_entry
from tests.gate.world import MORNING, Phone, World
from tests.live import wait_until

ADMITTED = Decision(
    admitted=True,
    reason="ok",
    say="请进，注意安全",
    tone=Tone.WELCOME,
    is_offline=False,
    worker=Worker("王*明", "钢筋一班", "钢筋工"),
)


def make_view(decision: Decision | None = ADMITTED) -> View:
    return View(
        version=1,
        direction=Direction.IN,
        decision=decision,
        now=MORNING,
        wall_error=-0.24,
        line=LineState(is_up=True, since=None),
        list_age=7300.0,
        offline_until=MORNING.date(),
        waiting=3,
        quarantined=0,
        alarms=[],
    )


def test_an_admission_shows_word_shape_name_and_who_decided() -> None:
    html = render_board(make_view())

    for part in ("请进", 'class="welcome"', SHAPES[Tone.WELCOME], "王*明", "钢筋一班", "联网核验"):
        assert part in html


@pytest.mark.parametrize("tone", Tone)
def test_every_tone_has_a_colour_and_a_shape_of_its_own(tone: Tone) -> None:
    html = render_page(make_view(replace(ADMITTED, tone=tone)))

    assert f'class="{tone}"' in html
    assert f".{tone} {{ background" in html
    assert len(set(SHAPES.values())) == len(Tone)


def test_a_decision_without_the_network_says_so() -> None:
    assert "离线核验" in render_board(make_view(replace(ADMITTED, is_offline=True, worker=None)))


def test_with_nobody_there_it_asks_for_a_code() -> None:
    assert "请出示安薪码" in render_board(make_view(None))


def test_the_small_print_says_how_the_gate_is() -> None:
    html = render_board(make_view())

    for fact in ("联网", "名单 2 小时前更新，可离线到 11-22", "待上传 3 条", "本机时钟慢 0.2 秒"):
        assert fact in html
    assert "拒收" not in html


def test_trouble_is_plain_to_see() -> None:
    view = replace(
        make_view(None),
        line=LineState(is_up=False, since=MORNING),
        list_age=None,
        wall_error=None,
        quarantined=2,
        alarms=[Alarm.DISK],
    )

    html = render_board(view)

    for fact in ("离线（06:30 起）", "不能离线核验", "时钟未校准", "被拒收 2 条", Alarm.DISK):
        assert fact in html


def test_what_the_server_says_cannot_become_part_of_the_page() -> None:
    worker = Worker("<script>1</script>", '"><img>', "&")

    html = render_board(make_view(replace(ADMITTED, say="<b>", worker=worker)))

    assert "<script>" not in html
    assert "<img" not in html
    assert "<b>" not in html


def test_the_page_loads_nothing_from_elsewhere() -> None:
    html = render_page(make_view())

    assert "http:" not in html
    assert "https:" not in html
    assert "src=" not in html


def test_the_last_persons_name_goes_after_a_while(bench: Bench, phone: Phone, world: World) -> None:
    bench.gate.turnstile.handle(phone.show(world.now))
    shown = bench.gate.board.view().decision
    world.pass_time(seconds=SHOWN_SECONDS + 1)

    assert shown is not None
    assert bench.gate.board.view().decision is None


def test_the_board_counts_what_waits(bench: Bench, peer: Peer, world: World) -> None:
    peer.is_reachable = False
    bench.contact()
    bench.gate.journal.put(make_entry(1))
    world.pass_time(minutes=10)

    view = bench.gate.board.view()

    assert (view.waiting, view.line.is_up) == (1, False)
    assert view.line.since is not None
    assert abs(view.line.since - MORNING) < timedelta(seconds=1)
    assert view.list_age == pytest.approx(600, abs=1)


@pytest.fixture
def visit(bench: Bench, address: str) -> Generator[Callable[..., Response]]:
    """Look at the served page."""
    where = f"unix:{Path(address.removeprefix('unix:')).with_name('page')}"
    with serving(bench.gate.board, where):
        client = Client(where, timeout=10, uptime=lambda: 0.0, headers=dict)
        yield lambda path, **headers: client.call("GET", path, headers=headers)
        client.close()


def test_the_page_is_served(visit: Callable[..., Response]) -> None:
    assert visit("/").status == 200
    assert visit("/board").status == 200
    assert visit("/else").status == 404


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8780", "LOCALHOST:1"])
def test_the_gates_own_browser_may_call_it_by_either_name(
    visit: Callable[..., Response], host: str
) -> None:
    assert visit("/", Host=host).status == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8780", "", "[::1]"])
def test_a_foreign_name_that_points_here_is_not_answered(
    visit: Callable[..., Response], host: str
) -> None:
    assert visit("/", Host=host).status == 421
    assert visit("/board", Host=host).status == 421


def test_a_decision_reaches_a_waiting_page_at_once(
    visit: Callable[..., Response], bench: Bench, phone: Phone, world: World
) -> None:
    answers: list[int] = []
    page = Thread(target=lambda: answers.append(visit("/board?after=0").status))
    page.start()

    bench.gate.turnstile.handle(phone.show(world.now))

    wait_until(lambda: bool(answers), seconds=1.5)
    page.join()


@pytest.mark.parametrize("where", ["eighty", "unix:/nowhere/page"])
def test_an_impossible_address_is_one_clear_sentence(bench: Bench, where: str) -> None:
    with pytest.raises(PageAddressError, match="端口"), serving(bench.gate.board, where):
        pass


def test_a_scan_shows_the_gate_how_far_its_clock_is_off(bench: Bench, world: World) -> None:
    world.wall_error = timedelta(seconds=90)

    assert bench.gate.board.view().wall_error == pytest.approx(90, abs=0.01)

"""The page on the screens that stand at gates: whatever it shows, nothing has to be scrolled."""

from collections.abc import Generator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, Request, Route

from core.enums import Tone
from gate.alarms import Alarm
from gate.screen.board import View
from gate.screen.page import SECURITY_POLICY, render_page
from gate.wire import Worker
from tests.chromium import running_chromium
from tests.gate.screen.test_page import ADMITTED, make_view

ADDRESS = "http://127.0.0.1:8780/"
SCREENS = [
    (1920, 1080),
    (1366, 768),
    (1280, 720),
    (1024, 768),
    (800, 480),
    (1080, 1920),
    (768, 1024),
    (480, 800),
]
CARD = replace(
    ADMITTED, say="请进，注意安全，请门卫核对本人", tone=Tone.NOTICE, look="0" * 32, is_offline=True
)
LONG = replace(
    CARD,
    say="手机时间快了，请把手机时间设为自动，再刷一次安薪码",
    worker=Worker("欧阳**名", "机电安装与消防工程第十二班组", "设备安装工、起重信号司索工"),
)
VIEWS = {
    "idle": make_view(None),
    "live code": make_view(),
    "card": make_view(CARD),
    "card, long words": make_view(LONG),
    "card, in trouble": replace(
        make_view(LONG), quarantined=12, alarms=[Alarm.DISK, Alarm.READER, Alarm.QUARANTINED]
    ),
}
IS_CUT = """
() => [...document.querySelectorAll('svg, h1, h2, p, button, footer, footer span, .alarm')]
    .filter(part => part.checkVisibility())
    .filter(part => {
        const box = part.getBoundingClientRect();
        const room = (part.closest('section') ?? document.body).getBoundingClientRect();
        const top = Math.max(0, room.top), bottom = Math.min(innerHeight, room.bottom);
        return box.top < top - 1 || box.bottom > bottom + 1
            || box.left < -1 || box.right > innerWidth + 1;
    })
    .map(part => part.tagName + ' ' + part.textContent)
"""
SCROLLS = "() => document.documentElement.scrollHeight > innerHeight"


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Generator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def show(page: Page, view: View) -> list[Request]:
    """Open the page with that on it; return what its buttons send."""
    pressed: list[Request] = []

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ADDRESS)
        if path == "look":
            pressed.append(route.request)
        if not path.startswith("board"):  # which waits for something new, and nothing comes
            headers = {"Content-Security-Policy": SECURITY_POLICY}
            route.fulfill(body=render_page(view), content_type="text/html", headers=headers)

    page.unroute_all()
    page.route("**/*", answer)
    page.goto(ADDRESS)
    return pressed


@pytest.mark.parametrize("name", VIEWS)
def test_everything_is_on_the_screen_at_once(page: Page, name: str) -> None:
    show(page, VIEWS[name])

    cut = {}
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        cut[width, height] = [*page.evaluate(IS_CUT), *(["scrolls"] * page.evaluate(SCROLLS))]

    assert cut == {size: [] for size in SCREENS}


def test_a_button_says_from_which_page_it_was_pressed(page: Page) -> None:
    pressed = show(page, make_view(CARD))

    page.get_by_role("button", name="不是本人").click()

    (request,) = pressed
    assert request.all_headers()["origin"] == ADDRESS.rstrip("/")
    assert request.post_data == f"nonce={CARD.look}&face=other"

"""A real browser for the pages: Chromium at the width of a cheap phone or of a desk."""

import os
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, sync_playwright
from sqlmodel import col, select

from db.models import Notification
from db.session import Database

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
PHONE: ViewportSize = {"width": 360, "height": 780}
DESK: ViewportSize = {"width": 1280, "height": 800}
PATIENCE_MS = 30_000
CODES = ("sign_in_code", "release_code")
MEASURE = """
addEventListener("load", () => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) {
    console.error(`${location.pathname} is wider than the screen`);
  }
});
"""
CODE = re.compile(r"验证码(\d{6})")


@contextmanager
def running_chromium() -> Generator[Browser]:
    """Run the Chromium of this machine, or the one that CHROMIUM names; skip without any."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no Chromium on this machine; CHROMIUM=/path/to/chrome names one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visitor:
    """Somebody with a browser of their own; whatever a page logs as an error is kept."""

    def __init__(self, browser: Browser, address: str, size: ViewportSize) -> None:
        context = browser.new_context(base_url=address, locale="zh-CN", viewport=size)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(MEASURE)
        self.page: Page = context.new_page()
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", self._hear)

    @property
    def path(self) -> str:
        """Where the visitor is."""
        return urlsplit(self.page.url).path

    def sees(self, words: str) -> None:
        """Wait until these words are on the page; the browser's TimeoutError if they never are."""
        self.page.get_by_text(words).first.wait_for()

    def go(self, path: str) -> None:
        """Open a page."""
        self.page.goto(path)

    def press(self, name: str) -> None:
        """Press the button or follow the link of that name."""
        button = self.page.get_by_role("button", name=name).or_(
            self.page.get_by_role("link", name=name)
        )
        button.first.click()

    def fill(self, label: str, words: str) -> None:
        """Write into the field of that label."""
        self.page.get_by_label(label).fill(words)

    def sign_in(self, entrance: str, phone: str, database: Database) -> None:
        """Sign in with the code that was texted."""
        self.go(f"{entrance}/sign-in")
        self.fill("手机号", phone)
        self.press("获取验证码")
        self.fill("验证码", read_code(database))
        self.press("登录")

    def _hear(self, message: ConsoleMessage) -> None:
        is_answer = message.text.startswith("Failed to load resource")  # a refusal, shown as a page
        if message.type == "error" and not is_answer:
            self.troubles.append(message.text)


def read_code(database: Database) -> str:
    """Return the newest code that was texted to anybody."""
    with database.transaction() as session:
        query = select(Notification.body).where(col(Notification.template).in_(CODES))
        body = session.exec(query.order_by(col(Notification.id).desc())).first()
    found = CODE.search(body or "")
    assert found is not None
    return found[1]

"""Hearing what other processes committed: LISTEN on a connection of its own."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

import structlog

from db.direct import OUTAGES, connect

PING_SECONDS = 10.0
"""A peer that vanished without a word is noticed after so long."""
LONGEST_BACK_OFF_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Listener:
    """Calls back for every notification of some channels, on the event loop's thread.

    While `is_listening` is false anything may have been missed; `on_loss` is called when it
    becomes so. Starts again by itself.
    """

    def __init__(
        self,
        url: str,
        on_news: Mapping[str, Callable[[str], None]],
        on_loss: Callable[[], None],
    ) -> None:
        self._url = url
        self._on_news = on_news
        self._on_loss = on_loss
        self.is_listening = False

    async def run(self) -> None:
        """Listen until cancelled."""
        back_off = 0.1
        while True:
            try:
                await self._listen()
                back_off = 0.1
            except OUTAGES as error:
                log.warning("listener_without_database", error=type(error).__name__)
            except Exception:
                # A standby, a wrong password: whatever it is, only listening on heals it.
                log.exception("listener_refused")
            await asyncio.sleep(back_off)
            back_off = min(2 * back_off, LONGEST_BACK_OFF_SECONDS)

    async def _listen(self) -> None:
        """Listen on one connection until it ends."""
        ended = asyncio.Event()
        connection = await connect(self._url)
        try:
            connection.add_termination_listener(lambda _: ended.set())
            for channel, call_back in self._on_news.items():
                await connection.add_listener(channel, _pass_on(call_back))
            self._on_loss()  # what was loaded while nobody listened may be old already
            self.is_listening = True
            while not ended.is_set():
                # Not wait_for: Python 3.11's forgets a cancellation that meets the event.
                with suppress(TimeoutError):
                    async with asyncio.timeout(PING_SECONDS):
                        await ended.wait()
                        return
                await connection.execute("SELECT 1")
        finally:
            self.is_listening = False
            self._on_loss()
            connection.terminate()


def _pass_on(call_back: Callable[[str], None]) -> Callable[..., None]:
    def hear(_connection: object, _pid: int, _channel: str, payload: object) -> None:
        call_back(str(payload))

    return hear

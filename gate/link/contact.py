"""The thread that keeps the gate in touch: lists and time come down, scans go up."""

import logging
import random
import threading
from collections.abc import Callable
from urllib.parse import quote

from gate.alarms import Alarm, Alarms
from gate.clock import GateClock, Measurement
from gate.link.backoff import wait_after
from gate.link.client import Client, ContactError, Response
from gate.link.line import Line
from gate.link.token import Token
from gate.link.upload import RefusedError, upload_annulments, upload_looks, upload_scans
from gate.state.anchor import LastContact
from gate.state.entry import State
from gate.state.journal import Journal, JournalError
from gate.state.known import Known
from gate.wire import TIME_RESOLUTION, SyncPage, WireError, parse_sync

logger = logging.getLogger(__name__)

SYNC_SECONDS = 30.0
OK = 200
NOT_MODIFIED = 304
UNAUTHORIZED = frozenset({401, 403})


class WrongProjectError(ContactError):
    """The token belongs to another project than the journal: nothing may be mixed."""


class Contact:
    """Sync and upload, step by step; `step` is one round, the thread only repeats it."""

    def __init__(
        self,
        client: Client,
        token: Token,
        line: Line,
        *,
        clock: GateClock,
        known: Known,
        journal: Journal,
        alarms: Alarms,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._token = token
        self._is_roll_due = False
        self._clock = clock
        self._line = line
        self._known = known
        self._journal = journal
        self._alarms = alarms
        self._chance = chance
        self._failures = 0
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="contact", daemon=True)

    def start(self) -> None:
        """Start keeping in touch."""
        self._thread.start()

    def stop(self, *, seconds: float) -> None:
        """Finish the call under way, then end and hang up; at most so long."""
        self._stopping = True
        self._line.woken.set()
        if self._thread.is_alive():
            self._thread.join(seconds)
        self._client.close()

    def step(self) -> float:
        """Sync, then upload what waits; return the seconds until the next round."""
        try:
            self._sync()
        except (ContactError, WireError) as error:
            self._line.set(is_up=False)
            return self._wait_after(error)
        try:
            self._exchange_token()
            self._upload()
            self._forget()
        except (ContactError, WireError, JournalError) as error:
            return self._wait_after(error)
        self._failures = 0
        return SYNC_SECONDS

    def _run(self) -> None:
        while not self._stopping:
            self._line.woken.wait(self.step())
            self._line.woken.clear()

    def _sync(self) -> None:
        while self._sync_page():
            pass
        reading = self._clock.read()
        anchor = self._clock.anchor
        if anchor is not None and reading.is_sure:
            self._known.note_contact(LastContact(anchor, reading.at))
        self._note_standing(is_refused=False)
        self._alarms.set(Alarm.WRONG_PROJECT, is_on=False)
        self._line.set(is_up=True)

    def _sync_page(self) -> bool:
        known = self._known.lists
        path = f"/v1/gate/sync?cursor={quote(known.cursor)}" if known.cursor else "/v1/gate/sync"
        headers = {"If-None-Match": known.etag} if known.etag else {}
        response = self._client.call("GET", path, headers=headers)
        if response.status == NOT_MODIFIED:
            self._observe(response.timed)
            return False
        if response.status != OK:
            raise RefusedError(response)
        page = parse_sync(response.body)
        if known.project_id not in (None, page.project_id):
            raise WrongProjectError(f"journal of {known.project_id}, token of {page.project_id}")
        self._observe(_stamped(page, response))
        self._known.take_page(page, etag="" if page.has_more else response.etag)
        self._is_roll_due = page.roll_token
        return page.has_more

    def _observe(self, measurement: Measurement | None) -> None:
        if measurement is not None:
            self._clock.observe(measurement)

    def _exchange_token(self) -> None:
        if not self._is_roll_due:
            return
        try:
            self._token.exchange(self._client)
            self._is_roll_due = False
        except OSError:
            self._alarms.set(Alarm.DISK, is_on=True)

    def _upload(self) -> None:
        try:
            upload_annulments(self._client, self._journal)
            while upload_scans(self._client, self._journal) and not self._stopping:
                pass
            upload_looks(self._client, self._journal)
        finally:
            quarantined = self._journal.counts()[State.QUARANTINED]
            self._alarms.set(Alarm.QUARANTINED, is_on=quarantined > 0)

    def _note_standing(self, *, is_refused: bool) -> None:
        self._alarms.set(Alarm.UNAUTHORIZED, is_on=is_refused)
        self._known.note_standing(refused_at=self._clock.read().at if is_refused else None)

    def _forget(self) -> None:
        # By the contact that is on disk: after a power cut no code from before it is good again.
        if self._known.synced_at is not None:
            self._journal.forget(self._known.synced_at)

    def _wait_after(self, error: Exception) -> float:
        self._failures += 1
        retry_after = None
        if isinstance(error, WrongProjectError):
            self._alarms.set(Alarm.WRONG_PROJECT, is_on=True)
        if isinstance(error, RefusedError):
            retry_after = error.retry_after
            self._note_standing(is_refused=error.status in UNAUTHORIZED)
        logger.warning("contact: %s", error)
        return wait_after(self._failures, chance=self._chance(), retry_after=retry_after)


def _stamped(page: SyncPage, response: Response) -> Measurement:
    return Measurement(
        server=page.server_time.timestamp(),
        resolution=TIME_RESOLUTION,
        sent=response.sent,
        received=response.received,
    )

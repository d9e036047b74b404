"""`python -m tests.faults.backfill [COUNT]`: a week is uploaded while gates ask, and the API dies.

Several senders upload one gate's scans, a thousand a request, and repeat what was not answered, as
the gate program does; another gate asks all the while. The API is killed with -9 in the middle.
What was answered must be there, nothing may be there twice, and the API's memory may not grow with
what it has taken in.
"""

import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cache, partial
from http import HTTPStatus
from pathlib import Path
from threading import Event, Lock
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import func, select
from sqlmodel import Session, col

from core.clock import now
from core.enums import ScanReason
from core.keyring import Keyring, load_keyring
from core.settings import Settings, SmsSettings
from db.models import CheckIn, WorkerCode
from db.session import Database
from qr import code as ax1
from qr.service import issue_worker_code
from stack import postgres, valkey
from tests import live
from tests.factories.attendance import Gate, GateSite, make_gate, make_gate_site
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_contract, make_project_worker

WORKERS = 100
SENDERS = 4
MOST_SCANS = 1_000
AGO = timedelta(hours=1)
"""How long ago the latest of the uploaded scans happened."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the scans."""

    uploaded: int
    stored: int
    counted: int
    """Stored ones that count as work; all were good."""
    asked: int
    missing: set[UUID]
    """Answered, and not there."""
    repeated: int
    """Reports that are there more than once."""
    grown_megabytes: float
    """What the API that was started after the kill took more at the end than halfway."""
    seconds: float

    @property
    def is_clean(self) -> bool:
        """Whether everything is there, once."""
        return self.uploaded == self.stored == self.counted and not (self.missing or self.repeated)


@dataclass
class Plot:
    """What is to be uploaded, and what was answered so far."""

    keyring: Keyring
    project_id: UUID
    worker_refs: list[bytes]
    last_step: int
    answered: int = 0
    answers: set[UUID] = field(default_factory=set)
    """Check-ins of questions, and the first of each upload."""
    _lock: Lock = field(default_factory=Lock)

    def portion(self, first: int, count: int) -> list[dict[str, Any]]:
        """Return so many scans, each good once; a later one happened earlier."""
        return [self._make_scan(number) for number in range(first, first + count)]

    def note(self, count: int, check_in_id: str) -> None:
        """Remember an answer."""
        with self._lock:
            self.answered += count
            self.answers.add(UUID(check_in_id))

    def _make_scan(self, number: int) -> dict[str, Any]:
        turn, place = divmod(number, len(self.worker_refs))
        step = self.last_step - turn
        return {
            "code": self._show(self.worker_refs[place], step),
            "direction": "out" if turn % 2 else "in",
            "nonce": f"kept-{number:08d}",
            "scanned_at": datetime.fromtimestamp(step * ax1.STEP_SECONDS, UTC).isoformat(),
            "clock_bound_ms": 100,
            "admitted": True,
            "reason": "ok",
            "sequence": number,
        }

    def _show(self, worker_ref: bytes, step: int) -> str:
        gate_key = _gate_key(
            self.keyring.gate_masters[1], self.project_id, worker_ref, ax1.step_day(step)
        )
        holder_key = _holder_key(self.keyring.holder_masters[1], worker_ref)
        code = ax1.make_code(
            worker_ref=worker_ref, step=step, gate_key=gate_key, holder_key=holder_key
        )
        return ax1.encode(code)


@cache
def _gate_key(master: bytes, project_id: UUID, worker_ref: bytes, day: Any) -> bytes:
    day_key = ax1.derive_project_day_key(master, project_id=project_id, day=day)
    return ax1.derive_gate_key(day_key, worker_ref=worker_ref)


@cache
def _holder_key(master: bytes, worker_ref: bytes) -> bytes:
    return ax1.derive_holder_key(master, worker_ref=worker_ref, key_generation=1)


class _BusyError(Exception):
    """The API says that too much waits; the same is sent again."""


class Run:
    """One API process of an installation, which can be killed."""

    def __init__(self, settings: Settings, directory: Path) -> None:
        self._settings = settings
        self._directory = directory
        self._is_over = Event()
        self._is_up = Event()

    @contextmanager
    def running(self) -> Generator[None]:
        """Start the API, and write a site with two gates."""
        with ExitStack() as running:
            self._keyring = load_keyring(self._settings.keys_file)
            self._database = Database(self._settings.database_url, self._keyring.fields)
            running.callback(self._database.close)
            self._place = running.enter_context(ExitStack())
            self._start_api()
            self._write_site()
            yield

    def upload(self, count: int) -> Outcome:
        """Upload so many scans with everything that goes wrong, and judge what became of them."""
        began = monotonic()
        portions = iter(range(0, count, MOST_SCANS))
        with ThreadPoolExecutor(SENDERS + 1) as threads:
            asking = threads.submit(self._ask)
            sending = [threads.submit(self._send, portions, count) for _ in range(SENDERS)]
            try:
                self._wait(count // 4)
                self._restart_api()
                self._wait(count // 2)
                halfway = self._read_megabytes()
                for sender in sending:
                    sender.result()
            finally:
                self._is_over.set()
            asked = asking.result()
        return self._judge(count, asked, halfway, monotonic() - began)

    def _wait(self, least: int) -> None:
        live.wait_until(lambda: self._plot.answered >= least, seconds=3_600)

    def _restart_api(self) -> None:
        self._is_up.clear()  # a processor that is asked in vain has no time to start
        self._api.kill()
        self._place.close()
        self._start_api()

    def _start_api(self) -> None:
        self._api = self._place.enter_context(live.running_api(self._settings, self._directory))
        self._is_up.set()

    def _send(self, portions: Iterator[int], count: int) -> None:
        for first in portions:
            body = self._plot.portion(first, min(MOST_SCANS, count - first))
            answer = self._insist(partial(self._post, "/v1/gate/scans", self._loaded, body))
            results = answer["results"]
            assert all(result["check_in_id"] for result in results)
            self._plot.note(len(results), results[0]["check_in_id"])

    def _ask(self) -> int:
        """Ask with one worker's code, which opens once and is recorded every time."""
        asked = 0
        while not self._is_over.is_set():
            with self._database.transaction() as session:
                code = self._site.live_code(session, self._keyring)
            question = {"code": code, "direction": "in", "nonce": uuid4().hex}
            question["scanned_at"] = now().isoformat()
            answer = self._insist(partial(self._post, "/v1/gate/verify", self._site.gate, question))
            self._plot.note(0, answer["check_in_id"])
            asked += 1
        return asked

    def _post(self, path: str, gate: Gate, body: object) -> dict[str, Any]:
        assert self._is_up.wait(live.START_SECONDS), "no API to send to"
        response = self._api.client.post(path, json=body, headers=gate.headers)
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            raise _BusyError
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    def _insist(self, send: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Send the same again until it is answered, as a gate does; not for ever if all is lost."""
        answers: list[dict[str, Any]] = []

        def is_answered() -> bool:
            try:
                answers.append(send())
            except (httpx.TransportError, _BusyError):
                return self._is_over.is_set()
            return True

        live.wait_until(is_answered, seconds=600)
        assert answers, "over before it was answered"
        return answers[0]

    def _write_site(self) -> None:
        with self._database.transaction() as session:
            self._site = make_gate_site(session)
            self._loaded = make_gate(session, self._site.project)
            refs = [_add_worker(session, self._site) for _ in range(WORKERS)]
            session.flush()
            self._plot = Plot(self._keyring, self._site.project_id, refs, ax1.step_at(now() - AGO))
            session.expunge_all()

    def _read_megabytes(self) -> float:
        status = Path(f"/proc/{self._api.child.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1_024

    def _judge(self, count: int, asked: int, halfway: float, seconds: float) -> Outcome:
        ours = select(func.count()).where(col(CheckIn.nonce).like("kept-%"))
        good = ours.where(col(CheckIn.valid), col(CheckIn.reason) == ScanReason.OK)
        distinct = select(func.count(func.distinct(col(CheckIn.nonce))))
        with self._database.transaction() as session:
            total = session.scalar(select(func.count()).select_from(CheckIn)) or 0
            repeated = total - (session.scalar(distinct) or 0)
            missing = self._plot.answers - set(session.scalars(select(col(CheckIn.id))))
            return Outcome(
                uploaded=count,
                stored=session.scalar(ours) or 0,
                counted=session.scalar(good) or 0,
                asked=asked,
                missing=missing,
                repeated=repeated,
                grown_megabytes=self._read_megabytes() - halfway,
                seconds=seconds,
            )


def _add_worker(session: Session, site: GateSite) -> bytes:
    person = make_worker_person(session)
    make_contract(session, make_project_worker(session, site.team, person))
    issue_worker_code(session, person_id=person.id)
    code = session.scalars(select(WorkerCode).where(col(WorkerCode.person_id) == person.id)).one()
    return code.worker_ref


def _make_settings(database_url: str, valkey_url: str, directory: Path) -> Settings:
    midnight = time()
    return Settings(
        _env_file=None,
        env="test",
        database_url=database_url,
        redis_url=valkey_url,
        celery_broker_url=valkey.broker_url(valkey_url),
        keys_file=directory / "keys.json",
        blobs_dir=directory / "blobs",
        sms=SmsSettings(quiet_from=midnight, quiet_until=midnight),
    )


def describe(outcome: Outcome) -> str:
    """Return the outcome as a table."""
    lines = {
        "uploaded": f"{outcome.uploaded} in {outcome.seconds:.0f} s",
        "stored, and counted as work": f"{outcome.stored}, {outcome.counted}",
        "questions answered meanwhile": outcome.asked,
        "answered and missing": len(outcome.missing),
        "stored twice": outcome.repeated,
        "memory grown in the second half": f"{outcome.grown_megabytes:.1f} MB",
    }
    return "\n".join(f"{name:<40}{value}" for name, value in lines.items())


def main() -> None:
    """Run it with two million scans, or as many as asked for."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000_000
    with ExitStack() as running:
        directory = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="axm-fault-")))
        server = running.enter_context(postgres.running(directory / "pg"))
        live.migrate(server.url)
        live.prepare_months(server.url)
        queues = running.enter_context(valkey.running(directory / "valkey"))
        run = Run(_make_settings(server.url, queues.url, directory), directory)
        running.enter_context(run.running())
        outcome = run.upload(count)
    sys.stdout.write(f"{describe(outcome)}\n")
    sys.exit(0 if outcome.is_clean else 1)


if __name__ == "__main__":
    main()

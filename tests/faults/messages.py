"""`python -m tests.faults.messages [COUNT]`: everything breaks while messages are sent.

Messages are committed portion by portion. In the middle of a portion one part after the other is
killed, frozen, emptied, restarted or browned out. Nothing may be lost, and only what the provider
itself left open may reach anybody twice.
"""

import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import time
from functools import partial
from pathlib import Path
from time import monotonic, sleep

from redis import Redis
from sqlmodel import col, func, select

from core.clock import now
from core.enums import NotificationState
from core.keyring import load_keyring
from core.settings import Settings, SmsSettings
from db.models import Notification, OutboxMessage, Person
from db.session import Database
from notifications.delivery.reports import take_report
from notifications.gateways.twilio import TwilioGateway
from notifications.gateways.twilio_callback import read_report
from notifications.service import Telling, notify_many
from notifications.templates import Template
from stack import postgres, valkey
from stack.children import Server
from tests import live
from tests.faults.provider import WIRE, BrownedOut, reference_in
from tests.notifications.peers.wire import make_certificate, serving

LEASE_SECONDS = 2
MOBILES = 19_100_000_000
FINAL = {NotificationState.DELIVERED, NotificationState.FAILED, NotificationState.MERGED}
BAD_ANSWERS_PER_HUNDRED = 10
STALE_EVERY = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the messages."""

    states: Counter[NotificationState]
    lost: set[str]
    """Never taken by the provider."""
    duplicates: Counter[str]
    """Taken more than once, and how often."""
    ambiguous: set[str]
    """Answered by the provider so that nobody could know."""
    seconds: float

    @property
    def unexplained(self) -> set[str]:
        """Sent twice although the provider had said clearly what became of them."""
        return set(self.duplicates) - self.ambiguous

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost, repeated without reason, or left half-way."""
        return not self.lost and not self.unexplained and set(self.states) <= FINAL


class Run:
    """An installation with its own servers, whose workers reach nobody but our provider."""

    def __init__(self, directory: Path, *, workers: int, freeze_seconds: float) -> None:
        self._directory = directory
        self._freeze_seconds = freeze_seconds
        self._count = workers
        self._told = 0
        self.provider = BrownedOut()

    @contextmanager
    def running(self) -> Generator[None]:
        """Start the servers, the provider and the workers."""
        with ExitStack() as running:
            self._postgres = running.enter_context(ExitStack())
            url = self._start_postgres()
            live.migrate(url)
            self._valkey = running.enter_context(valkey.running(self._directory / "valkey"))
            certificate = make_certificate(self._directory, "authority")
            listening = self._directory / "provider.sock"
            running.enter_context(serving(self.provider, listening, certificate))
            self._settings = self._make_settings(url)
            keys = load_keyring(self._settings.keys_file).fields
            self._database = Database(url, keys)
            running.callback(self._database.close)
            self._workers = [running.enter_context(ExitStack()) for _ in range(self._count)]
            for place in self._workers:
                self._start_worker(place)
            yield

    def send(self, count: int) -> Outcome:
        """Send so many messages through all faults, and judge what became of them."""
        began = monotonic()
        faults = (
            self._kill_worker,
            self._freeze_valkey,
            self._empty_broker,
            self._restart_postgres,
            self._brown_out,
        )
        portion = count // (len(faults) + 1)
        for fault in faults:
            taken = self.provider.accepted.total()
            self._tell(portion)
            _wait(partial(self._has_taken, taken + portion // 2))
            _say(f"{monotonic() - began:6.1f} s  {fault.__doc__}")
            fault()
        self._tell(count - self._told)
        _wait(lambda: self._count_open() == 0)
        self.provider.settle()
        self._report()
        return self._judge(monotonic() - began)

    def _has_taken(self, least: int) -> bool:
        return self.provider.accepted.total() >= least

    def _kill_worker(self) -> None:
        """kill -9 of a worker with its pool processes"""
        place = self._workers[0]
        self._worker.kill()
        place.close()
        self._start_worker(place)

    def _freeze_valkey(self) -> None:
        """SIGSTOP of Valkey"""
        os.killpg(self._valkey.child.process.pid, signal.SIGSTOP)
        sleep(self._freeze_seconds)
        os.killpg(self._valkey.child.process.pid, signal.SIGCONT)

    def _empty_broker(self) -> None:
        """FLUSHALL of the broker"""
        with Redis.from_url(self._valkey.url) as client:
            client.flushall()

    def _restart_postgres(self) -> None:
        """kill -9 and restart of PostgreSQL"""
        self._server.child.kill()
        self._postgres.close()
        self._start_postgres()

    def _brown_out(self) -> None:
        """brown-out of the provider"""
        self.provider.bad_answers = max(5, self._told * BAD_ANSWERS_PER_HUNDRED // 100)

    def _start_postgres(self) -> str:
        self._server: Server = self._postgres.enter_context(
            postgres.running(self._directory / "pg")
        )
        return self._server.url

    def _start_worker(self, place: ExitStack) -> None:
        worker = live.running_worker(
            self._settings, self._directory, application="tests.faults.wired"
        )
        self._worker = place.enter_context(worker)

    def _make_settings(self, url: str) -> Settings:
        midnight = time()
        return Settings(
            _env_file=None,
            env="test",
            database_url=url,
            redis_url=self._valkey.url,
            celery_broker_url=valkey.broker_url(self._valkey.url),
            keys_file=self._directory / "keys.json",
            sms=SmsSettings(lease_seconds=LEASE_SECONDS, quiet_from=midnight, quiet_until=midnight),
        )

    def _tell(self, count: int) -> None:
        numbers = range(self._told, self._told + count)
        self._told += count
        people = [Person(name="工人", phone=f"+86{MOBILES + number}") for number in numbers]
        with self._database.transaction() as session:
            session.add_all(people)
            session.flush()
            tellings = [Telling(person.id, "fault", {"month": "2026-10"}) for person in people]
            notify_many(session, template=Template.PAYSLIP_PUBLISHED, tellings=tellings)

    def _count_open(self) -> int:
        unfinished = select(func.count()).where(
            col(OutboxMessage.done_at).is_(None), OutboxMessage.task == "notifications.deliver"
        )
        with self._database.transaction() as session:
            return session.exec(unfinished).one()

    def _report(self) -> None:
        """Have the provider report that all arrived; now and then it says so twice, and late."""
        for number, message in enumerate(self.provider.messages):
            statuses = ["delivered"] + ["sent", "delivered"] * (number % STALE_EVERY == 0)
            for status in statuses:
                fields = {"MessageSid": str(message["sid"]), "MessageStatus": status}
                report = read_report(fields, reference=reference_in(str(message["callback"])))
                assert report is not None
                with self._database.transaction() as session:
                    take_report(
                        session,
                        TwilioGateway.name,
                        report,
                        order=[TwilioGateway.name],
                        at=now(),
                    )

    def _judge(self, seconds: float) -> Outcome:
        with self._database.transaction() as session:
            rows = session.exec(select(Notification.id, Notification.state)).all()
        assert len(rows) == self._told
        accepted = self.provider.accepted
        return Outcome(
            states=Counter(NotificationState(state) for _, state in rows),
            lost={str(one) for one, _ in rows} - set(accepted),
            duplicates=Counter({one: count for one, count in accepted.items() if count > 1}),
            ambiguous=self.provider.ambiguous,
            seconds=seconds,
        )


def describe(outcome: Outcome) -> str:
    """Return the outcome as a table."""
    states = ", ".join(f"{state} {count}" for state, count in outcome.states.items())
    repeated = outcome.duplicates.total() - len(outcome.duplicates)
    lines = {
        "messages": f"{outcome.states.total()} in {outcome.seconds:.0f} s",
        "states": states,
        "lost": len(outcome.lost),
        "left open by the provider": len(outcome.ambiguous),
        "sent twice, left open by the provider": repeated,
        "sent twice otherwise": len(outcome.unexplained),
    }
    return "\n".join(f"{name:<40}{value}" for name, value in lines.items())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _wait(is_done: Callable[[], bool]) -> None:
    live.wait_until(is_done, seconds=600)


def main() -> None:
    """Run it with 5,000 messages, or as many as asked for."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory(prefix="axm-fault-") as directory:
        os.environ[WIRE] = directory
        run = Run(Path(directory), workers=2, freeze_seconds=7)
        with run.running():
            outcome = run.send(count)
    _say(describe(outcome))
    sys.exit(0 if outcome.is_clean else 1)


if __name__ == "__main__":
    main()

"""Sites with gates and workers for benches of the product itself, and what their phones show."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import func, insert, select, text
from sqlmodel import Session, SQLModel, col

from attendance.partitions import ensure_months, ensure_partitions
from bench.load import Address, post_json
from bench.rig import Rig
from core.clock import ONE_DAY, day_start, local_date, now
from core.crypto import token_hash
from core.enums import ContractKind, DeviceProfile, PayBasis
from core.keyring import Keyring, load_keyring
from db.base import new_id
from db.models import (
    CheckIn,
    Contract,
    Device,
    Employer,
    Person,
    Project,
    ProjectParty,
    ProjectWorker,
    Team,
    WorkerCode,
)
from db.session import Database
from qr import code as ax1

PROJECTS = 20
WORKERS = 2_000
"""On each project."""
BATCH = 200
"""Scans of one upload."""
STEPS = range(-1, 2)
"""Of a phone whose clock is a little off; each opens once."""
PAST_STEPS = 100
"""Uploads begin 25 minutes ago and go back from there."""
FILL = text(
    """
WITH place AS (
  SELECT worker.id, worker.project_id, device.id AS device_id,
    row_number() OVER (ORDER BY worker.id) - 1 AS number
  FROM project_worker AS worker JOIN device USING (project_id)
)
INSERT INTO check_in (
  id, project_id, source_id, device_id, nonce, project_worker_id, direction, method, grade,
  occurred_at, received_at, clock_bound_ms, admitted, valid, reason, decided_offline, code_step
)
SELECT uuidv7(at - now()), project_id, device_id, device_id, md5(turn::text || at::text), id,
  CASE turn / :places % 2 WHEN 0 THEN 'in' ELSE 'out' END, 'live_code', 'A',
  at, at, 100, true, true, 'ok', false, extract(epoch FROM at)::bigint / 15
FROM generate_series(0, :rows - 1) AS turn
CROSS JOIN LATERAL (
  SELECT CAST(:start AS timestamptz) + (CAST(:end AS timestamptz) - :start) * turn / :rows AS at
) AS moment
JOIN place ON number = turn % :places
"""
)
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Site:
    """A project with one gate, and its workers' references."""

    project_id: UUID
    token: str
    worker_refs: list[bytes]


class Sites:
    """A migrated installation, and requests of its gates that are each good once."""

    def __init__(self, rig: Rig, database_url: str) -> None:
        migrate(database_url)
        keys_file = rig.directory / "keys.json"
        self._keyring = load_keyring(keys_file)
        self._database = Database(database_url, self._keyring.fields)
        with self._database.transaction() as session:
            ensure_partitions(session, today=local_date(now()))  # as the worker does at its start
            self._sites = [_write_site(session, number) for number in range(PROJECTS)]
        with self._database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
        self._used: set[tuple[bytes, int]] = set()
        self._past_step = ax1.step_at(now()) - PAST_STEPS
        self.address = serve_product(rig, database_url, keys_file)

    def questions(self, count: int) -> list[bytes]:
        """Return that many requests with distinct live codes, to be sent at once."""
        requests = self._show_codes()
        return [next(requests) for _ in range(count)]

    def uploads(self, count: int) -> list[bytes]:
        """Return that many requests of `BATCH` scans which gates decided alone, all of them new."""
        requests = []
        for number in range(count):
            self._past_step -= 1
            site = self._sites[number % PROJECTS]
            phones = _Phones(self._keyring, site, self._past_step)
            requests.append(phones.upload(self._past_step % (WORKERS // BATCH) * BATCH))
        return requests

    def open_gate(self) -> tuple[str, Iterator[str]]:
        """Return the token of one site's gate, and codes that are good there as they are drawn."""
        return self._sites[0].token, self._show_at(self._sites[0])

    def count_admitted(self) -> int:
        """Return how many durable check-ins have opened a gate."""
        with self._database.transaction() as session:
            return session.scalar(select(func.count()).where(col(CheckIn.admitted))) or 0

    def fill(self, *, months: int, rows: int) -> None:
        """Write as many check-ins of earlier days, spread over sites, workers and past months.

        Past the triggers that look foreign keys up: it is what is there that counts here.
        """
        starts = [_months_ago(ago) for ago in range(months, -1, -1)]
        with self._database.transaction() as session:
            ensure_months(session, starts)
        for start, end in pairwise(starts):
            with self._database.transaction() as session:
                session.execute(text("SET LOCAL session_replication_role = replica"))
                facts = {"start": day_start(start), "end": day_start(end), "rows": rows // months}
                session.execute(FILL, facts | {"places": PROJECTS * WORKERS})
        with self._database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            for work in ("VACUUM (ANALYZE)", "CHECKPOINT"):  # as two years would have left it
                connection.execute(text(work))

    def _show_at(self, site: Site) -> Iterator[str]:
        while True:
            phones = _Phones(self._keyring, site, ax1.step_at(now()))
            fresh = (number for number in range(WORKERS) if phones.mark(number) not in self._used)
            number = next(fresh)
            self._used.add(phones.mark(number))
            yield phones.show(number)

    def _show_codes(self) -> Iterator[bytes]:
        at = now()
        for step in (ax1.step_at(at) + ahead for ahead in STEPS):
            phones = [_Phones(self._keyring, site, step) for site in self._sites]
            for number in range(WORKERS):
                for phone in phones:
                    if phone.mark(number) not in self._used:
                        self._used.add(phone.mark(number))
                        yield phone.question(number, at.isoformat())


class _Phones:
    """The phones of a site's workers during one step."""

    def __init__(self, keyring: Keyring, site: Site, step: int) -> None:
        self._keyring = keyring
        self._site = site
        self._step = step
        self._day_key = ax1.derive_project_day_key(
            keyring.gate_masters[1], project_id=site.project_id, day=ax1.step_day(step)
        )

    def mark(self, number: int) -> tuple[bytes, int]:
        return self._site.worker_refs[number], self._step

    def show(self, number: int) -> str:
        worker_ref = self._site.worker_refs[number]
        code = ax1.make_code(
            worker_ref=worker_ref,
            step=self._step,
            gate_key=ax1.derive_gate_key(self._day_key, worker_ref=worker_ref),
            holder_key=ax1.derive_holder_key(
                self._keyring.holder_masters[1], worker_ref=worker_ref, key_generation=1
            ),
        )
        return ax1.encode(code)

    def upload(self, first: int) -> bytes:
        scanned_at = datetime.fromtimestamp(self._step * ax1.STEP_SECONDS, UTC).isoformat()
        body = [
            {
                "code": self.show(number),
                "direction": "in",
                "nonce": uuid4().hex,
                "scanned_at": scanned_at,
                "clock_bound_ms": 100,
                "admitted": True,
                "reason": "ok",
            }
            for number in range(first, first + BATCH)
        ]
        return self._post("/v1/gate/scans", body)

    def question(self, number: int, scanned_at: str) -> bytes:
        body = {
            "code": self.show(number),
            "direction": "in",
            "nonce": uuid4().hex,
            "scanned_at": scanned_at,
        }
        return self._post("/v1/gate/verify", body)

    def _post(self, path: str, body: object) -> bytes:
        bearer = f"Authorization: Bearer {self._site.token}\r\n"
        return post_json(path, json.dumps(body).encode(), headers=bearer)


def _months_ago(months: int) -> date:
    """Return the first day of the month so many months before this one."""
    first = local_date(now()).replace(day=1)
    for _ in range(months):
        first = (first - ONE_DAY).replace(day=1)
    return first


@cache
def serve_product(rig: Rig, database_url: str, keys_file: Path) -> Address:
    """Run the product over a database and the rig's other servers, once for all benches."""
    return rig.serve(
        "main:app",
        {
            "ENV": "prod",
            "DATABASE_URL": database_url,
            "REDIS_URL": rig.valkey_url,
            "CELERY_BROKER_URL": rig.valkey_url,
            "KEYS_FILE": str(keys_file),
            "PUBLIC_BASE_URL": "https://axm.example",
            "SMS__GATEWAY": "twilio",
            "SMS__TWILIO__ACCOUNT_SID": "AC0",
            "SMS__TWILIO__AUTH_TOKEN": "none",
            "SMS__TWILIO__SENDER": "+10000000000",
        },
    )


def migrate(url: str) -> None:
    """Bring an empty database to the product's schema."""
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))  # an INI file's own sign
    command.upgrade(config, "head")


def _write_site(session: Session, number: int) -> Site:
    entered = local_date(now()) - timedelta(days=60)
    employer = Employer(uscc=f"91330106BNCH{number:06d}", name="某劳务公司")
    project = Project(
        code=f"BENCH{number:09d}",
        name=f"工地 {number}",
        category="01",
        status="003",
        county_code="330106",
        poster_token=f"bench{number:010d}",
    )
    party = ProjectParty(project_id=project.id, employer_id=employer.id, party_type="006")
    team = Team(project_id=project.id, party_id=party.id, name="钢筋一班")
    people = [Person(name=f"工人{index}") for index in range(WORKERS)]
    places = [
        ProjectWorker(
            project_id=project.id,
            person_id=person.id,
            team_id=team.id,
            work_type="020",
            worker_role="20",
            entered_date=entered,
        )
        for person in people
    ]
    token = f"bench-{number}"
    gate = Device(
        project_id=project.id,
        name="东门",
        profile=DeviceProfile.GATE,
        token_hash=token_hash(token),
        paired_at=now(),
    )
    codes = [WorkerCode(person_id=person.id, worker_ref=new_id().bytes[-6:]) for person in people]
    contracts = [_make_contract(place) for place in places]
    for rows in ([employer], [project], [party], [team], people, places, [gate], codes, contracts):
        _write(session, rows)
    return Site(project.id, token, [code.worker_ref for code in codes])


def _make_contract(place: ProjectWorker) -> Contract:
    return Contract(
        project_id=place.project_id,
        project_worker_id=place.id,
        kind=ContractKind.LABOUR_CONTRACT,
        period_type="1",
        start_date=place.entered_date,
        pay_basis=PayBasis.DAY,
        unit_price_fen=35_000,
    )


def _write(session: Session, rows: Sequence[SQLModel]) -> None:
    session.execute(insert(type(rows[0])), [row.model_dump() for row in rows])

"""Issuing codes: lazily, once, and only for projects the worker is on."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import Session

from core.clock import local_date, now
from core.enums import ScanReason
from core.keyring import KIT_LIFE, Keyring
from db.models import WorkerCode
from db.session import Database
from qr import code as ax1
from qr import service
from qr.errors import NoProjectError
from tests.factories.attendance import long_ago, make_gate_site
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_project, make_project_worker, make_team


def test_kit_has_the_keys_the_server_checks_with(session: Session, keyring: Keyring) -> None:
    site = make_gate_site(session)
    at = now()

    kit = service.get_code_kit(session, keyring, person_id=site.person_id, at=at)

    code = ax1.make_code(
        worker_ref=kit.worker_ref,
        step=ax1.step_at(at),
        gate_key=kit.gate_keys[0].key,
        holder_key=kit.holder_key,
    )
    text = service.make_live_code(session, keyring, person_id=site.person_id, at=at)
    assert ax1.encode(code) == text


def test_kit_covers_today_and_the_next_seven_days(session: Session, keyring: Keyring) -> None:
    site = make_gate_site(session)
    today = local_date(now())

    kit = service.get_code_kit(session, keyring, person_id=site.person_id, at=now())

    assert [key.day for key in kit.gate_keys] == [today + timedelta(days=n) for n in range(8)]
    assert {key.project_id for key in kit.gate_keys} == {site.project_id}
    assert len({key.key for key in kit.gate_keys}) == 8


def test_kit_ends_with_the_workers_last_day(session: Session, keyring: Keyring) -> None:
    site = make_gate_site(session)
    site.worker.left_date = local_date(now()) + timedelta(days=1)
    kit = service.get_code_kit(session, keyring, person_id=site.person_id, at=now())
    assert len(kit.gate_keys) == 2


def test_nothing_given_out_before_a_rotation_is_refused_after_it(
    session: Session, keyring: Keyring
) -> None:
    site = make_gate_site(session)
    at = now()
    today = local_date(at)
    kit = service.get_code_kit(session, keyring, person_id=site.person_id, at=at)
    assert len(kit.gate_keys) == KIT_LIFE.days
    start = today + KIT_LIFE
    rotated = replace(
        keyring,
        gate_masters={2: b"g" * 32, **keyring.gate_masters},
        holder_masters={2: b"h" * 32, **keyring.holder_masters},
        gate_starts={2: start},
        holder_starts={2: start},
    )

    later = service.get_code_kit(
        session, rotated, person_id=site.person_id, at=at + timedelta(days=4)
    )

    for known, key in zip(kit.gate_keys[4:], later.gate_keys, strict=False):
        assert known == key
    assert later.gate_keys[4].key not in {
        code_key(keyring, site.project_id, later.gate_keys[4].day, later.worker_ref)
    }
    assert later.holder_key == kit.holder_key
    last = service.get_code_kit(session, rotated, person_id=site.person_id, at=at + KIT_LIFE)
    assert last.holder_key != kit.holder_key


def code_key(keyring: Keyring, project_id: UUID, day: date, worker_ref: bytes) -> bytes:
    master = keyring.gate_masters[1]
    day_key = ax1.derive_project_day_key(master, project_id=project_id, day=day)
    return ax1.derive_gate_key(day_key, worker_ref=worker_ref)


def test_worker_on_no_project_gets_no_gate_key_and_no_code(
    session: Session, keyring: Keyring
) -> None:
    person = make_worker_person(session)

    kit = service.get_code_kit(session, keyring, person_id=person.id, at=now())

    assert kit.gate_keys == []
    with pytest.raises(NoProjectError):
        service.make_live_code(session, keyring, person_id=person.id, at=now())


def test_worker_on_two_projects_chooses_and_by_default_shows_the_newer(
    session: Session, keyring: Keyring
) -> None:
    site = make_gate_site(session)
    newer = make_project(session)
    entered = long_ago() + timedelta(days=1)
    make_project_worker(session, make_team(session, newer), site.person, entered_date=entered)
    at = now()

    def text_for(project_id: UUID | None) -> str:
        return service.make_live_code(
            session, keyring, person_id=site.person_id, at=at, project_id=project_id
        )

    assert text_for(None) == text_for(newer.id) != text_for(site.project_id)
    with pytest.raises(NoProjectError):
        text_for(make_project(session).id)


def test_code_is_issued_once(session: Session) -> None:
    person = make_worker_person(session)
    first = service.issue_worker_code(session, person_id=person.id)
    second = service.issue_worker_code(session, person_id=person.id)
    assert first.worker_ref == second.worker_ref
    assert len(first.worker_ref) == 6


def test_two_first_requests_at_once_get_the_same_code(live_database: Database) -> None:
    with live_database.transaction() as session:
        person_id = make_worker_person(session).id

    def issue(_: int) -> bytes:
        with live_database.transaction() as session:
            return service.issue_worker_code(session, person_id=person_id).worker_ref

    with ThreadPoolExecutor(8) as pool:
        refs = set(pool.map(issue, range(16)))

    with live_database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(WorkerCode)) == 1
    assert len(refs) == 1


def test_live_code_passes_every_check(session: Session, keyring: Keyring) -> None:
    site = make_gate_site(session)
    at = now()
    text = service.make_live_code(session, keyring, person_id=site.person_id, at=at)
    code = ax1.decode(text)
    day_key = ax1.derive_project_day_key(
        keyring.gate_masters[1], project_id=site.project_id, day=local_date(at)
    )
    reason = ax1.judge(
        code,
        gate_key=ax1.derive_gate_key(day_key, worker_ref=code.worker_ref),
        holder_key=ax1.derive_holder_key(
            keyring.holder_masters[1], worker_ref=code.worker_ref, key_generation=1
        ),
        at=at,
    )
    assert reason is ScanReason.OK

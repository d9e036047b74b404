"""Everything on record about one person, and about nobody else."""

import json
import zipfile
from io import BytesIO
from typing import Any

import pytest
from redis import Redis
from sqlmodel import Session, select

from core.keyring import Keyring
from db.models import AuditEntry, Person
from payroll.errors import ExportThrottledError
from payroll.export import JSON_FILE, PAGE_FILE, export_my_data
from payroll.export_queries import SECTIONS
from tests.factories.cases import make_complaint
from tests.factories.payroll import AT, Site, card_of, confirm_all, make_site, send_to_bank


def export(session: Session, redis: Redis, site: Site) -> dict[str, bytes]:
    session.flush()
    content = export_my_data(session, redis, principal=site.worker, at=AT)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_export_holds_whole_numbers_answers_and_payments(
    session: Session, redis: Redis, keyring: Keyring
) -> None:
    site = make_site(session)
    sheet_id = confirm_all(session, keyring, site)[0].pay_sheet_id
    send_to_bank(session, site, sheet_id)
    make_complaint(session, person_id=site.worker.person_id)
    person = session.get_one(Person, site.worker.person_id)

    document: dict[str, Any] = json.loads(export(session, redis, site)[JSON_FILE])

    assert document["person"][0]["证件号码"] == person.id_number
    assert document["places"][0]["银行卡号"] == card_of(0)
    assert document["payslips"][0]["内容"]["net"] == "7875.00"
    assert document["answers"][0]["答复"] == "confirmed"
    assert document["payments"][0]["状态"] == "submitted"
    assert len(document["complaints"]) == len(document["contracts"]) == 1
    assert document["messages"]
    assert set(document) == {"exported_at", *(section.name for section in SECTIONS)}


def test_nothing_of_a_colleague_is_in_it(session: Session, redis: Redis, keyring: Keyring) -> None:
    site = make_site(session)
    confirm_all(session, keyring, site)
    colleague = session.get_one(Person, site.workers[1].person_id)

    files = export(session, redis, site)

    whole = b"".join(files.values()).decode()
    assert colleague.id_number is not None
    assert colleague.id_number not in whole
    assert card_of(1) not in whole


def test_page_escapes_what_people_wrote(session: Session, redis: Redis) -> None:
    site = make_site(session)
    session.get_one(Person, site.worker.person_id).name = "<script>alert(1)</script>"

    page = export(session, redis, site)[PAGE_FILE].decode()

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_export_is_recorded(session: Session, redis: Redis) -> None:
    site = make_site(session)

    export(session, redis, site)
    session.flush()

    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "person.exported")).one()
    assert entry.subject_id == site.worker.person_id


def test_sixth_export_of_a_day_is_refused(session: Session, redis: Redis) -> None:
    site = make_site(session)
    for _ in range(5):
        export(session, redis, site)

    with pytest.raises(ExportThrottledError):
        export(session, redis, site)

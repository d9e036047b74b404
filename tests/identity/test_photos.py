"""A photo is the worker's: kept with consent, sealed, seen and deleted by them."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select, text
from sqlmodel import Session, col

from core.enums import Role
from db.models import AuditEntry, Notification, WorkerPhoto
from identity import photos
from identity.errors import (
    ConsentMissingError,
    PersonNotFoundError,
    PhotoNotFoundError,
    PhotoNoticeChangedError,
)
from identity.principal import Principal
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.identity import make_principal
from tests.factories.projects import make_project


def photograph(colour: str = "red") -> bytes:
    file = BytesIO()
    Image.new("RGB", (300, 400), colour).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def worker(site: GateSite) -> Principal:
    return make_principal(site.person_id)


def keep_own(session: Session, worker: Principal, colour: str = "red") -> WorkerPhoto:
    return photos.keep_own_photo(
        session,
        principal=worker,
        content=photograph(colour),
        notice_version=photos.NOTICE_VERSION,
    )


def keep_as_manager(
    session: Session, site: GateSite, manager: Principal, *, consent: str = "本人签了同意书"
) -> WorkerPhoto:
    return photos.keep_workers_photo(
        session,
        principal=manager,
        person_id=site.person_id,
        content=photograph(),
        consent=consent,
        notice_version=photos.NOTICE_VERSION,
    )


def manager_of(project_id: object, site: GateSite) -> Principal:
    return make_principal(site.person_id, Role.LABOUR_MANAGER, project_id=project_id)  # type: ignore[arg-type]


def test_a_worker_keeps_sees_replaces_and_deletes_a_photo(
    session: Session, worker: Principal
) -> None:
    first = photos.read_jpeg(keep_own(session, worker))
    second = photos.read_jpeg(keep_own(session, worker, "blue"))

    kept = photos.get_photo(session, person_id=worker.person_id)
    assert photos.read_jpeg(kept) == second != first
    assert kept.consent == "本人上传"

    photos.delete_own_photo(session, principal=worker)
    photos.delete_own_photo(session, principal=worker)
    with pytest.raises(PhotoNotFoundError):
        photos.get_photo(session, person_id=worker.person_id)
    actions = session.scalars(select(col(AuditEntry.action)).order_by(col(AuditEntry.id))).all()
    assert actions == ["photo.kept", "photo.kept", "photo.deleted"]


def test_the_picture_is_sealed_in_the_table(session: Session, worker: Principal) -> None:
    photo = keep_own(session, worker)
    (stored,) = session.connection().execute(text("SELECT image FROM worker_photo")).one()
    assert photos.read_jpeg(photo) not in bytes(stored)
    assert photo.image.encode() not in bytes(stored)


def test_a_managers_upload_says_how_the_worker_agreed_and_tells_them(
    session: Session, site: GateSite
) -> None:
    kept = keep_as_manager(session, site, manager_of(site.project_id, site))
    assert (kept.consent, kept.notice_version) == ("本人签了同意书", photos.NOTICE_VERSION)
    body = session.scalars(select(col(Notification.body))).one()
    assert "删掉" in body


@pytest.mark.parametrize("consent", ["", "   ", "同意"])
def test_without_consent_no_photo_is_kept(session: Session, site: GateSite, consent: str) -> None:
    with pytest.raises(ConsentMissingError):
        keep_as_manager(session, site, manager_of(site.project_id, site), consent=consent)


def test_a_manager_of_another_project_keeps_nothing(session: Session, site: GateSite) -> None:
    with pytest.raises(PersonNotFoundError):
        keep_as_manager(session, site, manager_of(make_project(session).id, site))


def test_who_agreed_to_another_notice_reads_the_new_one_first(
    session: Session, worker: Principal
) -> None:
    with pytest.raises(PhotoNoticeChangedError):
        photos.keep_own_photo(
            session, principal=worker, content=photograph(), notice_version="2020-01"
        )

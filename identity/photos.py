"""A worker's small photo: never required, kept with the worker's consent, gone when they say so."""

import base64
import hashlib
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from core.text import count_seen
from db.models import WorkerPhoto
from identity import audit, queries
from identity.errors import (
    ConsentMissingError,
    PersonNotFoundError,
    PhotoNotFoundError,
    PhotoNoticeChangedError,
)
from identity.portraits import make_portrait
from identity.principal import Principal
from notifications.service import notify
from notifications.templates import Template

NOTICE_VERSION = "2026-12"
NOTICE = (
    "照片只给本工地的门卫和安全员看，用来核对进出的是不是本人，也印在你自己的工地卡上；"
    "不做人脸识别，不给别人。"
    "只保存一张很小的图，加密存放。放不放由你决定，不放也一样能进场、一样算出勤。"
    "你随时可以在安薪码里看到它、删掉它，删掉以后各个闸机也会跟着删掉，印好的卡可以换一张没有照片的。"
)
"""What a worker is told before (个人信息保护法 §17, §29; 人脸识别技术应用安全管理办法)."""
OWN_UPLOAD = "本人上传"
CONSENT_LENGTH = 5


def keep_own_photo(
    session: Session, *, principal: Principal, content: bytes, notice_version: str
) -> WorkerPhoto:
    """Keep the photo a worker chose, in place of an earlier one.

    Raises PhotoNoticeChangedError, UploadTooLargeError, TooManyPixelsError,
    PictureUnreadableError.
    """
    return _keep(
        session,
        principal,
        person_id=principal.person_id,
        content=content,
        consent=OWN_UPLOAD,
        notice_version=notice_version,
    )


def keep_workers_photo(
    session: Session,
    *,
    principal: Principal,
    person_id: UUID,
    content: bytes,
    consent: str,
    notice_version: str,
) -> WorkerPhoto:
    """Keep a photo that the labour manager took; `consent` says how the worker agreed.

    The worker is told, and can delete it. Raises PersonNotFoundError outside the manager's
    project, ConsentMissingError, and as `keep_own_photo`.
    """
    if count_seen(consent) < CONSENT_LENGTH:
        raise ConsentMissingError
    place = queries.find_engagement_in_scope(
        session, person_id, project_id=principal.project_id, county_code=None
    )
    if place is None:
        raise PersonNotFoundError
    photo = _keep(
        session,
        principal,
        person_id=person_id,
        content=content,
        consent=consent.strip(),
        notice_version=notice_version,
    )
    notify(session, template=Template.PHOTO_KEPT, person_id=person_id, key=photo.digest.hex())
    return photo


def get_photo(session: Session, *, person_id: UUID) -> WorkerPhoto:
    """Return the person's photo; PhotoNotFoundError when there is none."""
    photo = queries.find_photo(session, person_id)
    if photo is None:
        raise PhotoNotFoundError
    return photo


def delete_own_photo(session: Session, *, principal: Principal) -> None:
    """Delete the photo for good; gates forget it at their next sync. Repeating does nothing."""
    photo = queries.find_photo(session, principal.person_id)
    if photo is not None:
        session.delete(photo)
        _record(session, principal, "photo.deleted", principal.person_id, "本人删除照片")
        session.flush()


def read_jpeg(photo: WorkerPhoto) -> bytes:
    """Return the picture itself."""
    return base64.b64decode(photo.image)


def _keep(
    session: Session,
    principal: Principal,
    *,
    person_id: UUID,
    content: bytes,
    consent: str,
    notice_version: str,
) -> WorkerPhoto:
    if notice_version != NOTICE_VERSION:
        raise PhotoNoticeChangedError(current=NOTICE_VERSION)
    portrait = make_portrait(content)
    photo = WorkerPhoto(
        person_id=person_id,
        image=base64.b64encode(portrait).decode("ascii"),
        digest=hashlib.sha256(portrait).digest(),
        uploaded_by_id=principal.person_id,
        consent=consent,
        notice_version=notice_version,
    )
    values = photo.model_dump(exclude={"id", "person_id"})
    session.execute(
        insert(WorkerPhoto)
        .values(photo.model_dump())
        .on_conflict_do_update(index_elements=["person_id"], set_=values)
    )
    _record(session, principal, "photo.kept", person_id, consent)
    kept = get_photo(session, person_id=person_id)
    session.refresh(kept)  # or a photo read before stands in its place
    return kept


def _record(
    session: Session, principal: Principal, action: str, person_id: UUID, reason: str
) -> None:
    audit.record(
        session,
        actor=principal,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        reason=reason,
    )

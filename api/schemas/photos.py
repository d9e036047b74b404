"""Wire shapes of workers' photos, and of what gates may show."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from core.crypto import b64url
from db.models import WorkerPhoto
from devices.faces import Face, FacesPage


class PhotoNoticeOut(BaseModel):
    """What a worker reads before they agree."""

    version: str = Field(examples=["2026-12"])
    text: str


class PhotoOut(BaseModel):
    """A photo that is kept; the picture itself is only the worker's and the guards'."""

    person_id: UUID
    kept_at: datetime
    consent: str = Field(description="How the worker agreed.", examples=["本人上传"])
    notice_version: str

    @classmethod
    def of(cls, photo: WorkerPhoto) -> Self:
        """Return the wire shape of a kept photo."""
        return cls(
            person_id=photo.person_id,
            kept_at=photo.created_at,
            consent=photo.consent,
            notice_version=photo.notice_version,
        )


class FaceOut(BaseModel):
    """What a guard may see of one worker."""

    worker_ref: str = Field(description="base64url")
    masked_name: str = Field(examples=["王*明"])
    trade: str = Field(examples=["钢筋工"])
    team: str = Field(examples=["钢筋一班"])
    photo: str | None = Field(description="JPEG of 120×160 pixels, base64; null without one.")

    @classmethod
    def of(cls, face: Face) -> Self:
        """Return the wire shape of a face."""
        return cls(
            worker_ref=b64url(face.worker_ref),
            masked_name=face.masked_name,
            trade=face.trade,
            team=face.team,
            photo=face.photo,
        )


class FacesOut(BaseModel):
    """Whom a gate may show; changes since the cursor."""

    allowed: bool = Field(description="False: the project does not want it; forget everybody.")
    full: bool = Field(description="Forget everybody known so far first.")
    faces: list[FaceOut]
    gone: list[str] = Field(description="To be forgotten, base64url.")
    cursor: str = Field(description="Send it back next time, unchanged.")
    more: bool = Field(description="Ask again at once.")

    @classmethod
    def of(cls, page: FacesPage) -> Self:
        """Return the wire shape of a page."""
        return cls(
            allowed=page.is_allowed,
            full=page.is_full,
            faces=[FaceOut.of(face) for face in page.faces],
            gone=[b64url(worker_ref) for worker_ref in page.gone],
            cursor=page.cursor,
            more=page.has_more,
        )


class FacesAtGatesIn(BaseModel):
    """Whether gates may show names and photos."""

    enabled: bool

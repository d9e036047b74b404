"""Wire shapes of phone check-ins, the notice before them, and project fences."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from api.schemas.gate import Nonce
from attendance.phone import PunchIn, PunchView
from attendance.phone_rules import USUAL_ACCURACY_M, Location
from attendance.site_fences import FEWEST_CORNERS, FenceDraft
from core.enums import Direction, Grade, ScanReason
from core.places import Datum, Place, PunchSignal
from db.models import ProjectFence

LARGEST_ACCURACY_M = 50_000_000
"""More than around the earth."""
PosterToken = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Accuracy = Annotated[float, Field(ge=0, le=LARGEST_ACCURACY_M, allow_inf_nan=False)]
DATUM = "`wgs84`: GPS and browsers. `gcj02`: maps made in China."


class LocationIn(BaseModel):
    """Where the phone is at the moment of the check-in, named as W3C Geolocation does."""

    latitude: Latitude = Field(examples=[30.259])
    longitude: Longitude = Field(examples=[120.13])
    accuracy: Accuracy = Field(
        default=USUAL_ACCURACY_M, description="± metres, with a probability of 95 %."
    )
    datum: Datum = Field(default=Datum.WGS84, description=DATUM)
    is_mock: bool = Field(
        default=False, description="The phone's system says that an app makes the location up."
    )

    def to_location(self) -> Location:
        """Return what the rules judge."""
        return Location(self.latitude, self.longitude, self.accuracy, self.datum, self.is_mock)


class CheckInIn(BaseModel):
    """A phone check-in at a project's poster."""

    poster_token: PosterToken = Field(description="From the poster.")
    direction: Direction
    location: LocationIn | None = Field(
        default=None, description="Null when the worker or the phone gives none."
    )
    nonce: Nonce = Field(
        description="New for each check-in, the same when it is sent again.",
        examples=["0199f0d2-7c5e-7b3a-9d7e-0f6a2b1c3d4e"],
    )
    notice_version: str | None = Field(
        default=None,
        max_length=20,
        description="`version` of `GET /v1/location-notice` that the worker agreed to just now; "
        "needed once. Without any consent the location is neither used nor kept.",
    )

    def to_punch(self) -> PunchIn:
        """Return what the service records."""
        return PunchIn(
            poster_token=self.poster_token,
            direction=self.direction,
            nonce=self.nonce,
            location=None if self.location is None else self.location.to_location(),
            notice_version=self.notice_version,
        )


class LocationOut(BaseModel):
    """Where your phone said it was; nobody else is shown this."""

    latitude: float
    longitude: float
    accuracy: float
    datum: Datum

    @classmethod
    def of(cls, location: Location) -> Self:
        """Return the wire shape of a location."""
        return cls(
            latitude=location.latitude,
            longitude=location.longitude,
            accuracy=location.accuracy_m,
            datum=location.datum,
        )


class CheckInOut(BaseModel):
    """A phone check-in as its worker sees it."""

    id: UUID
    project_id: UUID
    direction: Direction
    occurred_at: datetime
    grade: Grade
    counts_as_work: bool
    reason: ScanReason
    place: Place = Field(description="All that the site is told of where you were.")
    accuracy_m: int | None = Field(description="± metres; the site is told this too.")
    signals: list[PunchSignal] = Field(description="What the site may ask about.")
    location: LocationOut | None
    says: list[str] = Field(description="All of it in plain words.", examples=[["进场打卡成功"]])

    @classmethod
    def of(cls, view: PunchView) -> Self:
        """Return the wire shape of a phone check-in."""
        check_in, finding = view.check_in, view.finding
        return cls(
            id=check_in.id,
            project_id=check_in.project_id,
            direction=check_in.direction,
            occurred_at=check_in.occurred_at,
            grade=check_in.grade,
            counts_as_work=check_in.valid,
            reason=check_in.reason,
            place=finding.place,
            accuracy_m=finding.accuracy_m,
            signals=list(finding.signals),
            location=view.location and LocationOut.of(view.location),
            says=view.says,
        )


class LocationNoticeOut(BaseModel):
    """What a worker reads before their location is used."""

    version: str = Field(examples=["2026-11"])
    text: str


class FencePoint(BaseModel):
    """One point in degrees."""

    latitude: Latitude = Field(examples=[30.259])
    longitude: Longitude = Field(examples=[120.13])


class FenceIn(BaseModel):
    """Where the site is: one point with a radius, or at least three corners without."""

    datum: Datum = Field(description=DATUM)
    points: list[FencePoint] = Field(
        min_length=1,
        max_length=200,
        description="The centre, or the corners in order; the first may close the ring.",
    )
    radius_m: float | None = Field(
        default=None, ge=10, le=50_000, allow_inf_nan=False, description="Of a circle, metres."
    )

    @model_validator(mode="after")
    def check_shape(self) -> Self:
        """Refuse what is neither a circle nor a polygon."""
        if self.radius_m is not None and len(self.points) > 1:
            raise ValueError("a circle has one point, its centre")
        if self.radius_m is None and len(self.points) < FEWEST_CORNERS:
            raise ValueError("a polygon has at least three corners")
        return self

    def to_draft(self) -> FenceDraft:
        """Return what the service checks and stores."""
        points = [(point.latitude, point.longitude) for point in self.points]
        return FenceDraft(self.datum, points, self.radius_m)


class FenceOut(BaseModel):
    """A project's fence as it was entered."""

    datum: Datum
    points: list[FencePoint]
    radius_m: float | None = Field(description="Null for a polygon.")

    @classmethod
    def of(cls, fence: ProjectFence) -> Self:
        """Return the wire shape of a fence."""
        return cls(
            datum=fence.datum,
            points=[
                FencePoint(latitude=latitude, longitude=longitude)
                for latitude, longitude in fence.points
            ],
            radius_m=fence.radius_m,
        )

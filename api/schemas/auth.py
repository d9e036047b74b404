"""Wire shapes of signing in and out."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from core.enums import Role
from core.phone import parse_mobile
from identity.service import AssistedSignIn, SignedIn
from identity.tokens import lifetime_of

Mobile = Annotated[
    str,
    AfterValidator(parse_mobile),
    Field(max_length=30, description="A mainland mobile number.", examples=["13800000001"]),
]


class CodeIn(BaseModel):
    """Whom to text a sign-in code."""

    phone: Mobile


class CodeRequestedOut(BaseModel):
    """What happens now, whether or not the number is known."""

    valid_seconds: int = Field(description="How long a code that was sent stays valid.")
    next_after_seconds: int = Field(description="How long to wait before asking again.")


class SmsCodeGrantIn(BaseModel):
    """A code from a text message; the last three only after a `identity.choose-identity`."""

    grant_type: Literal["sms_code"]
    phone: Mobile
    code: str = Field(pattern=r"^[0-9]{6}$")
    person_id: UUID | None = None
    role: Role | None = None
    scope: str | None = Field(default=None, max_length=60, examples=["county:330106"])


class RefreshTokenGrantIn(BaseModel):
    """The newest refresh token of a sign-in."""

    grant_type: Literal["refresh_token"]
    refresh_token: str = Field(max_length=200)


class CardPinGrantIn(BaseModel):
    """A printed card read by a kiosk, and its PIN; the kiosk shows its own device token."""

    grant_type: Literal["card_pin"]
    card: str = Field(max_length=64, description="What the reader read (AX2).")
    pin: str = Field(pattern=r"^[0-9]{6}$")
    new_pin: str | None = Field(
        default=None,
        pattern=r"^[0-9]{6}$",
        description="Replaces the PIN; must come while that is still the letter's.",
    )


class OtherGrantIn(BaseModel):
    """A way of signing in that this installation does not offer."""

    grant_type: Literal["wechat"]


TokensIn = Annotated[
    SmsCodeGrantIn | RefreshTokenGrantIn | CardPinGrantIn | OtherGrantIn,
    Field(discriminator="grant_type"),
]


class TokensOut(BaseModel):
    """A sign-in: a short-lived access token and a refresh token that works once.

    At a kiosk there is no refresh token: the sign-in ends with the access token.
    """

    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  the RFC 6750 scheme
    access_token: str
    expires_in: int = Field(description="Seconds the access token is good for.")
    refresh_token: str | None
    refresh_expires_at: datetime | None
    person_id: UUID
    role: Role
    scope: str | None = Field(examples=["project:0199f0d2-7c5e-7b3a-9d7e-0f6a2b1c3d4e"])

    @classmethod
    def of(cls, signed_in: SignedIn | AssistedSignIn) -> Self:
        """Return the wire shape of a successful sign-in."""
        principal = signed_in.principal
        refresh = signed_in if isinstance(signed_in, SignedIn) else None
        return cls(
            access_token=signed_in.access_token,
            expires_in=int(lifetime_of(principal).total_seconds()),
            refresh_token=refresh and refresh.refresh_token,
            refresh_expires_at=refresh and refresh.refresh_expires_at,
            person_id=principal.person_id,
            role=principal.role,
            scope=principal.scope,
        )

"""Wire shapes of looking at another person's data."""

from pydantic import BaseModel, Field

from identity.rules import PersonalField


class UnmaskIn(BaseModel):
    """Which full value is needed, and why; the person concerned can read the reason."""

    field: PersonalField
    reason: str = Field(max_length=500, description="At least 5 characters.")


class UnmaskedOut(BaseModel):
    """The full value; show it once, store it nowhere."""

    field: PersonalField
    value: str

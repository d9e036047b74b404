"""The base of what people send to be written down: a field nobody knows is refused, not dropped."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """A body in which a misspelt field is an error, never silence."""

    model_config = ConfigDict(extra="forbid")

"""What the complaint form behind a poster sends."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator

from api.schemas.auth import Mobile
from api.schemas.cases import HandedIn, Mark, Statement
from core.case_enums import ComplaintKind, Disclosure


def _none_if_blank(text: object) -> object:
    """A form sends an empty field as an empty text."""
    return None if isinstance(text, str) and not text.strip() else text


class PosterComplaintForm(BaseModel):
    """What happened, who complains, and whether they want messages."""

    statement: Statement
    kind: ComplaintKind
    disclosure: Disclosure
    phone: Annotated[Mobile | None, BeforeValidator(_none_if_blank)] = None
    mark: Mark | None = None
    files: HandedIn = []

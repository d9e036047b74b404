"""Cursor pages: newest first, keyed by the UUIDv7 of the last row seen, stable under inserts."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, Protocol, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from api.errors import InvalidCursorError
from core.crypto import b64url

DEFAULT_LIMIT = 50
MAX_LIMIT = 100

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next` goes into `?cursor=` for the following page."""

    items: list[Item]
    next: str | None = Field(description="Null on the last page.")


class Identified(Protocol):
    """A row with a UUIDv7."""

    @property
    def id(self) -> UUID:
        """The key pages are ordered by."""


Row = TypeVar("Row", bound=Identified)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for: up to `limit` rows older than `before`."""

    before: UUID | None
    limit: int


def get_page_request(
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
) -> PageRequest:
    """Read `cursor` and `limit`; InvalidCursorError for a cursor we did not make."""
    return PageRequest(None if cursor is None else decode_cursor(cursor), limit)


PageDep = Annotated[PageRequest, Depends(get_page_request)]


def encode_cursor(row_id: UUID) -> str:
    """Return the opaque form of a row's id (22 characters)."""
    return b64url(row_id.bytes)


def decode_cursor(cursor: str) -> UUID:
    """Return the id `encode_cursor` was given; InvalidCursorError for anything else."""
    try:
        row_id = UUID(bytes=base64.b64decode(f"{cursor}==", altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise InvalidCursorError from error
    if encode_cursor(row_id) != cursor:
        raise InvalidCursorError
    return row_id


def make_page(rows: Sequence[Row], *, limit: int, to_item: Callable[[Row], Item]) -> Page[Item]:
    """Return a page of `rows`, of which the query fetched one more than `limit`."""
    shown = rows[:limit]
    has_more = len(rows) > limit
    return Page(
        items=[to_item(row) for row in shown],
        next=encode_cursor(shown[-1].id) if has_more else None,
    )

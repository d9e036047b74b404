from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import InvalidCursorError
from api.pagination import decode_cursor, encode_cursor, make_page


@dataclass
class Row:
    id: UUID


rows = st.lists(st.uuids(), unique=True, max_size=5).map(lambda ids: [Row(each) for each in ids])


@given(row_id=st.uuids())
def test_cursor_names_its_row(row_id: UUID) -> None:
    assert decode_cursor(encode_cursor(row_id)) == row_id


@given(text=st.text())
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    with suppress(InvalidCursorError):
        assert encode_cursor(decode_cursor(text)) == text


def test_two_spellings_of_one_cursor_are_not_both_accepted() -> None:
    cursor = encode_cursor(UUID(int=0))

    with pytest.raises(InvalidCursorError):
        decode_cursor(cursor[:-1] + "B")


@given(rows=rows)
def test_last_page_has_no_next(rows: list[Row]) -> None:
    page = make_page(rows, limit=5, to_item=lambda row: row.id)

    assert page.items == [row.id for row in rows]
    assert page.next is None


@given(rows=rows.filter(bool))
def test_surplus_row_is_not_shown_but_leads_on(rows: list[Row]) -> None:
    page = make_page([*rows, Row(UUID(int=0))], limit=len(rows), to_item=lambda row: row.id)

    assert page.items == [row.id for row in rows]
    assert page.next == encode_cursor(rows[-1].id)

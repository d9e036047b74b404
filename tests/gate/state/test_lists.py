"""Block lists and cards, kept up by differences."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.state import lists
from gate.state.lists import FILE_NAME, Lists, apply_page, without_position
from gate.wire import DayKey, SyncPage

PROJECT_ID = UUID(int=7)
KEY = DayKey(date(2026, 11, 23), 1, bytes(32))
refs = st.binary(min_size=6, max_size=6)
some_lists = st.builds(
    Lists,
    project_id=st.none() | st.just(PROJECT_ID),
    day_keys=st.lists(st.just(KEY)).map(tuple),
    blocks=st.dictionaries(refs, st.text()),
    cards=st.dictionaries(st.binary(min_size=1), refs),
    cursor=st.text(),
    etag=st.text(),
)


def make_page(
    *,
    blocks: dict[bytes, str] | None = None,
    cards: dict[bytes, bytes] | None = None,
    unblocked: frozenset[bytes] = frozenset(),
    ended_cards: frozenset[bytes] = frozenset(),
    is_full: bool = False,
) -> SyncPage:
    return SyncPage(
        server_time=datetime(2026, 11, 23, tzinfo=UTC),
        project_id=PROJECT_ID,
        is_full=is_full,
        day_keys=(KEY,),
        blocks=blocks or {},
        cards=cards or {},
        unblocked=unblocked,
        ended_cards=ended_cards,
        cursor="7",
        has_more=False,
    )


@settings(deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 5), st.none() | st.just("left_project"))))
def test_differences_lead_to_what_a_full_list_says(changes: list[tuple[int, str | None]]) -> None:
    known, truth = Lists(), dict[bytes, str]()
    for who, reason in changes:
        worker_ref = bytes([who] * 6)
        if reason:
            truth[worker_ref] = reason
            known = apply_page(known, make_page(blocks={worker_ref: reason}), etag="")
        else:
            truth.pop(worker_ref, None)
            known = apply_page(known, make_page(unblocked=frozenset({worker_ref})), etag="")

    assert known.blocks == truth
    full = make_page(blocks=truth, is_full=True)
    assert apply_page(known, full, etag="").blocks == truth


def test_a_full_answer_forgets_what_it_does_not_name() -> None:
    known = Lists(blocks={b"worker": "left_project"}, cards={b"card": b"worker"})

    renewed = apply_page(known, make_page(is_full=True), etag="e")

    assert (dict(renewed.blocks), renewed.cards, renewed.etag) == ({}, {}, "e")


def test_an_ended_card_goes() -> None:
    known = Lists(cards={b"lost": b"first-", b"kept": b"second"})

    renewed = apply_page(known, make_page(ended_cards=frozenset({b"lost"})), etag="")

    assert renewed.cards == {b"kept": b"second"}


def test_a_replaced_card_is_one_gone_and_one_new() -> None:
    known = Lists(cards={b"lost": b"worker"})
    page = make_page(cards={b"new": b"worker"}, ended_cards=frozenset({b"lost"}))

    renewed = apply_page(known, page, etag="")

    assert renewed.cards == {b"new": b"worker"}


def test_cards_saved_before_they_had_holders_are_asked_for_again(tmp_path: Path) -> None:
    lists.save(Lists(cursor="7"), tmp_path)
    saved = tmp_path / lists.FILE_NAME
    saved.write_text(saved.read_text().replace('"cards": {}', f'"cards": ["{"A" * 43}"]'))

    assert lists.load(tmp_path) == Lists()


@settings(deadline=None)
@given(known=some_lists)
def test_lists_come_back_from_the_disk_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, known: Lists
) -> None:
    directory = tmp_path_factory.mktemp("lists")

    lists.save(known, directory)

    assert lists.load(directory) == known


@pytest.mark.parametrize("content", ["", "{}", '{"day_keys": 7}', json.dumps({"cursor": []})])
def test_damaged_lists_are_none_and_the_next_sync_asks_for_all(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / FILE_NAME).write_text(content)

    assert lists.load(tmp_path) == Lists()


def test_after_pairing_anew_the_server_is_asked_from_the_beginning() -> None:
    known = Lists(blocks={b"worker": "left_project"}, cursor="7", etag="e")

    asked = without_position(known)

    assert (asked.cursor, asked.etag, asked.blocks) == ("", "", known.blocks)


def test_keys_the_server_no_longer_gives_are_forgotten() -> None:
    known = Lists(day_keys=(DayKey(KEY.day, 1, b"of a master that was given up"),))

    assert apply_page(known, make_page(), etag="").day_keys == (KEY,)


def test_keys_are_found_by_day_and_suite() -> None:
    known = Lists(day_keys=(KEY, DayKey(KEY.day, 17, b"sm3")))

    assert known.keys_of(day=KEY.day, suite=17) == (b"sm3",)
    assert known.keys_of(day=date(2026, 11, 24), suite=1) == ()
    assert known.last_day == KEY.day
    assert Lists().last_day is None

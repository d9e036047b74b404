"""The gate's own judgement: the same as the server's wherever it can be, and never laxer."""

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.clock import local_date
from core.enums import Direction, ScanReason, Tone
from gate.clock import Reading
from gate.decide import NO_DAY_KEY, UNKNOWN_CARD, decide, judge_freshness, window_of
from gate.state.lists import Lists
from gate.texts import offline_decision
from gate.wire import DayKey
from qr import code as ax1
from tests.gate.peer import Peer
from tests.gate.world import MORNING, Phone, Project

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
SUITES = tuple(ax1.Suite)
PROJECT = Project(gate_master=b"m" * 32)
OTHER_PROJECT = Project(gate_master=b"o" * 32)
PHONE = Phone(PROJECT, b"worker")
STEP = timedelta(seconds=ax1.STEP_SECONDS)


def lists_at(at: datetime, *, project: Project = PROJECT, **changes: object) -> Lists:
    keys = tuple(
        DayKey(day, suite, project.day_key(day, suite))
        for day in project.days(at)
        for suite in SUITES
    )
    return replace(Lists(day_keys=keys), **changes)  # type: ignore[arg-type]


def sure(at: datetime, bound: timedelta = timedelta(milliseconds=100)) -> Reading:
    return Reading(at=at, bound=bound, floor=at - bound, uptime=0.0)


def unsure(at: datetime, floor: datetime) -> Reading:
    return Reading(at=at, bound=None, floor=floor, uptime=0.0)


instants = st.integers(0, 4 * 365 * 86_400).map(lambda later: MORNING + timedelta(seconds=later))


@settings(deadline=None)
@given(
    at=instants,
    steps=st.integers(-6, 6),
    suite=st.sampled_from(SUITES),
    is_foreign=st.booleans(),
    is_blocked=st.booleans(),
    is_used=st.booleans(),
)
def test_with_a_good_clock_and_fresh_lists_the_gate_judges_as_the_server(
    *,
    at: datetime,
    steps: int,
    suite: ax1.Suite,
    is_foreign: bool,
    is_blocked: bool,
    is_used: bool,
) -> None:
    phone = Phone(OTHER_PROJECT if is_foreign else PROJECT, b"worker", suite)
    text = phone.show(at + steps * STEP)
    crossing = (b"worker", ax1.step_at(at) + steps)
    peer = Peer(PROJECT, now=lambda: at, used={crossing} if is_used else set())
    blocks = {b"worker": "left_project"} if is_blocked else {}
    peer.block(b"worker", blocks.get(b"worker"))
    lists = lists_at(at, blocks=blocks)

    ruling = decide(text, lists=lists, reading=sure(at), used={crossing} if is_used else set())

    assert ruling.reason == peer.judge(text)


@settings(deadline=None)
@given(at=instants, place=st.integers(0, 36), letter=st.sampled_from(BASE32))
def test_no_altered_code_is_admitted(at: datetime, place: int, letter: str) -> None:
    genuine = PHONE.show(at)
    altered = genuine[:place] + letter + genuine[place + 1 :]
    lists, seen = lists_at(at), ax1.decode(genuine)

    ruling = decide(altered, lists=lists, reading=sure(at), used=set())

    # The holder tag is the server's to judge; everything else is under the gate tag.
    assert ruling.is_admitted == (
        ruling.crossing is not None and ax1.decode(altered).gate_tag == seen.gate_tag
    )
    if ruling.is_admitted:
        assert ruling.crossing == (seen.worker_ref, seen.step)


@settings(deadline=None)
@given(
    st.text() | st.binary().map(lambda raw: raw.decode("latin-1")) | st.text(BASE32, max_size=60)
)
def test_whatever_is_scanned_gets_a_reason(text: str) -> None:
    ruling = decide(text, lists=lists_at(MORNING), reading=sure(MORNING), used=set())

    assert not ruling.is_admitted
    assert ruling.reason


@settings(deadline=None)
@given(bound=st.timedeltas(timedelta(), timedelta(days=2)), at=instants)
def test_the_window_is_never_narrower_than_the_servers_and_grows_with_the_error(
    bound: timedelta, at: datetime
) -> None:
    window, wider = window_of(sure(at, bound)), window_of(sure(at, bound + STEP))
    now = ax1.step_at(at)

    assert window.last is not None
    assert wider.last is not None
    assert window.first <= now - ax1.MAX_STEP_DIFFERENCE
    assert window.last >= now + ax1.MAX_STEP_DIFFERENCE
    assert (wider.first, wider.last) == (window.first - 1, window.last + 1)


def test_an_error_below_one_step_changes_nothing() -> None:
    window = window_of(sure(MORNING, timedelta(seconds=14.9)))

    assert (window.last or 0) - window.first == 2 * ax1.MAX_STEP_DIFFERENCE


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        (-3, ScanReason.EXPIRED_CODE),
        (-2, ScanReason.OK),
        (2, ScanReason.OK),
        (3, ScanReason.FUTURE_CODE),
    ],
)
def test_two_steps_early_or_late_are_fresh_and_three_are_not(
    steps: int, reason: ScanReason
) -> None:
    text = PHONE.show(MORNING + steps * STEP)

    ruling = decide(text, lists=lists_at(MORNING), reading=sure(MORNING), used=set())

    assert ruling.reason == reason


def test_a_screenshot_is_dead_after_45_seconds() -> None:
    text = PHONE.show(MORNING)

    ruling = decide(
        text,
        lists=lists_at(MORNING),
        reading=sure(MORNING + timedelta(seconds=45)),
        used=set(),
    )

    assert ruling.reason == ScanReason.EXPIRED_CODE


@pytest.mark.parametrize(
    ("shown_after", "reason"),
    [(-60, ScanReason.EXPIRED_CODE), (-30, ScanReason.OK), (7 * 3600, ScanReason.OK)],
    ids=["before the power cut", "just before it", "hours later"],
)
def test_without_a_sure_clock_a_code_is_good_from_the_last_sure_time_on(
    shown_after: int, reason: ScanReason
) -> None:
    text = PHONE.show(MORNING + timedelta(seconds=shown_after))

    ruling = decide(
        text,
        lists=lists_at(MORNING),
        reading=unsure(at=datetime(2019, 1, 1, tzinfo=UTC), floor=MORNING),
        used=set(),
    )

    assert ruling.reason == reason


def test_without_a_sure_clock_a_code_still_opens_only_once() -> None:
    text = PHONE.show(MORNING)

    ruling = decide(
        text,
        lists=lists_at(MORNING),
        reading=unsure(at=MORNING, floor=MORNING),
        used={(b"worker", ax1.step_at(MORNING))},
    )

    assert ruling.reason == ScanReason.ALREADY_USED


def test_a_gate_offline_for_longer_than_its_keys_says_so() -> None:
    later = MORNING + timedelta(days=8)

    ruling = decide(PHONE.show(later), lists=lists_at(MORNING), reading=sure(later), used=set())

    assert ruling.reason == NO_DAY_KEY


def test_the_last_day_of_the_keys_still_works() -> None:
    later = MORNING + timedelta(days=7)

    ruling = decide(PHONE.show(later), lists=lists_at(MORNING), reading=sure(later), used=set())

    assert ruling.is_admitted


def test_across_midnight_the_code_is_judged_by_the_key_of_its_own_day() -> None:
    midnight = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)

    ruling = decide(
        PHONE.show(midnight - timedelta(seconds=1)),
        lists=lists_at(MORNING),
        reading=sure(midnight + timedelta(seconds=20)),
        used=set(),
    )

    assert local_date(midnight) != local_date(midnight - timedelta(seconds=1))
    assert ruling.is_admitted


def test_while_the_master_key_rotates_both_keys_of_a_day_are_good() -> None:
    renewed = Project(PROJECT.project_id, gate_master=b"n" * 32)
    lists = lists_at(MORNING)
    both = replace(lists, day_keys=(*lists.day_keys, *lists_at(MORNING, project=renewed).day_keys))

    rulings = [
        decide(phone.show(MORNING), lists=both, reading=sure(MORNING), used=set())
        for phone in (PHONE, Phone(renewed, b"worker"))
    ]

    assert [ruling.reason for ruling in rulings] == [ScanReason.OK, ScanReason.OK]


CARD = b"fourteen bytes"
CARD_TEXT = base64.b32encode(b"\x02" + CARD).decode()
CARDS = {hashlib.sha256(CARD).digest(): PHONE.worker_ref}


def test_a_listed_card_opens_and_asks_for_a_look_at_the_face() -> None:
    ruling = decide(
        CARD_TEXT.lower(), lists=lists_at(MORNING, cards=CARDS), reading=sure(MORNING), used=set()
    )

    assert ruling.is_admitted
    assert offline_decision(ruling, Direction.IN).tone is Tone.NOTICE
    assert offline_decision(ruling, Direction.OUT).say == "辛苦了，慢走，请门卫核对本人"


def test_an_ended_card_does_not_open() -> None:
    ruling = decide(CARD_TEXT, lists=lists_at(MORNING), reading=sure(MORNING), used=set())

    assert ruling.reason == UNKNOWN_CARD


def test_a_card_of_somebody_blocked_says_why() -> None:
    lists = lists_at(MORNING, cards=CARDS, blocks={PHONE.worker_ref: "no_contract"})

    ruling = decide(CARD_TEXT, lists=lists, reading=sure(MORNING), used=set())

    assert (ruling.is_admitted, ruling.reason) == (False, ScanReason.NO_CONTRACT)
    assert offline_decision(ruling, Direction.IN).tone is Tone.REFUSE


@pytest.mark.parametrize(
    ("reading", "is_admitted"),
    [
        (sure(MORNING + timedelta(days=7)), True),
        (sure(MORNING + timedelta(days=8)), False),
        (unsure(at=MORNING + timedelta(days=900), floor=MORNING), True),
    ],
    ids=["last day", "a day later", "clock unsure"],
)
def test_the_list_of_cards_is_believed_as_long_as_its_keys(
    reading: Reading, *, is_admitted: bool
) -> None:
    ruling = decide(CARD_TEXT, lists=lists_at(MORNING, cards=CARDS), reading=reading, used=set())

    assert ruling.is_admitted is is_admitted


@pytest.mark.parametrize("text", [CARD_TEXT[:-1], "A" * 24, "1" * 24, "é" * 24])
def test_what_only_looks_like_a_card_is_no_code(text: str) -> None:
    ruling = decide(text, lists=lists_at(MORNING), reading=sure(MORNING), used=set())

    assert ruling.reason == ScanReason.MALFORMED_CODE


def test_freshness_without_an_end_is_never_in_the_future() -> None:
    window = window_of(unsure(at=MORNING, floor=MORNING))

    assert judge_freshness(2**32 - 1, window) is ScanReason.OK

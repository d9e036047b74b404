"""What a gate decides and says."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance import rules
from attendance.rules import Span
from core.enums import CheckInMethod, Direction, Grade, ScanReason, Tone, WorkDayState
from qr.code import card_digest, encode_card, read_card_digest

NOON = datetime(2026, 10, 12, 4, tzinfo=UTC)
TODAY = date(2026, 10, 12)
STAY = Span(date(2026, 10, 1), date(2026, 10, 31))
OPEN = Span(STAY.first, None)


@pytest.mark.parametrize(
    ("stay", "contracts", "on", "reason"),
    [
        (None, [STAY], TODAY, ScanReason.NOT_ON_PROJECT),
        (STAY, [STAY], date(2026, 9, 30), ScanReason.NOT_ON_PROJECT),
        (STAY, [STAY], date(2026, 10, 1), ScanReason.OK),
        (STAY, [STAY], date(2026, 10, 31), ScanReason.OK),
        (STAY, [STAY], date(2026, 11, 1), ScanReason.LEFT_PROJECT),
        (OPEN, [OPEN], date(2030, 1, 1), ScanReason.OK),
        (OPEN, [STAY], date(2026, 11, 1), ScanReason.NO_CONTRACT),
        (STAY, [], TODAY, ScanReason.NO_CONTRACT),
        (STAY, [], date(2026, 11, 1), ScanReason.LEFT_PROJECT),
    ],
)
def test_standing_on_a_project(
    stay: Span | None, contracts: list[Span], on: date, reason: ScanReason
) -> None:
    said = rules.judge_standing(stay, contracts, direction=Direction.IN, on=on)
    assert said is reason


@pytest.mark.parametrize(
    ("stay", "contracts", "on", "reason"),
    [
        (STAY, [STAY], date(2026, 9, 30), ScanReason.NOT_ON_PROJECT),
        (STAY, [STAY], date(2026, 11, 1), ScanReason.OK),
        (STAY, [STAY], date(2026, 11, 2), ScanReason.LEFT_PROJECT),
        (OPEN, [STAY], date(2026, 11, 1), ScanReason.OK),
        (OPEN, [STAY], date(2026, 11, 2), ScanReason.NO_CONTRACT),
        (STAY, [], date(2026, 11, 1), ScanReason.NO_CONTRACT),
    ],
)
def test_a_shift_of_the_last_day_may_end_on_the_next(
    stay: Span, contracts: list[Span], on: date, reason: ScanReason
) -> None:
    said = rules.judge_standing(stay, contracts, direction=Direction.OUT, on=on)
    assert said is reason


@pytest.mark.parametrize("reason", ScanReason)
@pytest.mark.parametrize("direction", Direction)
def test_every_reason_has_words_short_enough_for_a_loudspeaker(
    reason: ScanReason, direction: Direction
) -> None:
    tone, say = rules.choose_words(reason, direction)
    assert 4 <= len(say) <= 24
    assert (tone is Tone.WELCOME) == (reason is ScanReason.OK)


@pytest.mark.parametrize("reason", ScanReason)
def test_only_a_proved_phone_gives_grade_a(reason: ScanReason) -> None:
    unproved = {
        ScanReason.MALFORMED_CODE,
        ScanReason.UNKNOWN_WORKER,
        ScanReason.BAD_GATE_TAG,
        ScanReason.BAD_HOLDER_TAG,
        ScanReason.EXPIRED_CODE,
        ScanReason.FUTURE_CODE,
        ScanReason.REVOKED_CARD,
        ScanReason.WRONG_CLOCK,
    }
    assert rules.grade_live_code(reason) is (Grade.E if reason in unproved else Grade.A)


@pytest.mark.parametrize(
    ("method", "grade"),
    [
        (CheckInMethod.FACE, Grade.B),
        (CheckInMethod.FINGERPRINT, Grade.B),
        (CheckInMethod.PALM, Grade.B),
        (CheckInMethod.ACCESS_CARD, Grade.E),
        (CheckInMethod.POSTER, Grade.C),
        (CheckInMethod.MANUAL, Grade.D),
        (CheckInMethod.IMPORTED, Grade.E),
    ],
)
def test_a_terminals_report_is_graded_by_how_it_recognised(
    method: CheckInMethod, grade: Grade
) -> None:
    assert rules.grade_method(method) is grade


def test_a_missing_contract_costs_the_worker_no_day() -> None:
    counted = {reason for reason in ScanReason if rules.is_work(reason)}
    assert counted == {ScanReason.OK, ScanReason.NO_CONTRACT}


def test_a_clock_two_minutes_off_is_believed_and_a_worse_one_is_not() -> None:
    gate = NOON + timedelta(minutes=2)
    assert rules.choose_instant(gate, NOON, 120_000) == gate
    assert rules.choose_instant(gate, NOON, 120_001) == NOON


@pytest.mark.parametrize("year", [1970, 2019, 2038, 2199])
def test_any_clock_fits_into_the_offset_column(year: int) -> None:
    offset = rules.compute_offset_ms(datetime(year, 1, 2, tzinfo=UTC), NOON)
    assert abs(offset) == 2**31 - 1
    assert (offset < 0) == (year < 2026)


def test_offset_is_gate_minus_server() -> None:
    assert rules.compute_offset_ms(NOON + timedelta(milliseconds=1500), NOON) == 1500
    assert rules.compute_offset_ms(NOON - timedelta(milliseconds=7), NOON) == -7


def test_a_punch_ten_minutes_ahead_of_its_arrival_is_in_the_future() -> None:
    assert not rules.is_in_future(NOON + timedelta(minutes=10), NOON)
    assert rules.is_in_future(NOON + timedelta(minutes=10, seconds=1), NOON)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("身份证 330106199001010013", "身** ***"),
        ("33010619900101001X", "***"),
        ("+8619100000001", "+***"),
        ("a\x00b\x1b[31m\n", "a·b·[31m·"),
        ("x" * 100, "x" * 64),
        ("门禁 123456", "门** 123456"),
        ("3301 0619 9001 0112 38", "***"),
        ("330106-19900101-001 X", "***"),
        ("330106\u3000199001011238", "***"),
        ("138 0013 8000 王小明", "*** 王**"),
        (r'{"name": "\u738b\u5c0f\u660e"}', '{"name": "王**"}'),
        (r"\u0033\u0033\u0030\u0031\u0030\u0036\u0031", "***"),
        ("scanned 2026-11-22T06:00:00", "scanned 2026-11-22T06:00:00"),
    ],
)
def test_what_is_kept_of_a_refused_scan_is_short_printable_and_not_personal(
    text: str, kept: str
) -> None:
    assert rules.make_presentable(text) == kept


def test_a_printed_cards_code_is_kept_as_its_digest_alone() -> None:
    text = encode_card(bytes(range(14)))

    kept = rules.make_presentable(text.lower())

    assert read_card_digest(kept) == card_digest(bytes(range(14)))
    assert text not in kept


@pytest.mark.parametrize(
    ("state", "came", "left", "word"),
    [
        (WorkDayState.COMPLETE, NOON, NOON, None),
        (WorkDayState.NEEDS_CONFIRMATION, NOON, None, "缺出场"),
        (WorkDayState.NEEDS_CONFIRMATION, None, NOON, "缺进场"),
        (WorkDayState.NEEDS_CONFIRMATION, NOON, NOON, "对不上"),
    ],
)
def test_what_is_missing_is_said_in_plain_words(
    state: WorkDayState, came: datetime | None, left: datetime | None, word: str | None
) -> None:
    said = rules.name_missing(state, came, left)
    assert said is None if word is None else said is not None and word in said


@given(
    revoked_after=st.none() | st.integers(-(10**7), 10**7),
    bound_ms=st.integers(0, 10**6),
)
def test_a_card_is_refused_only_when_it_was_surely_revoked(
    revoked_after: int | None, bound_ms: int
) -> None:
    revoked_at = None if revoked_after is None else NOON + timedelta(milliseconds=revoked_after)

    reason = rules.judge_card(is_issued=True, revoked_at=revoked_at, at=NOON, bound_ms=bound_ms)

    is_surely_later = revoked_after is not None and revoked_after <= -bound_ms
    assert reason is (ScanReason.REVOKED_CARD if is_surely_later else ScanReason.OK)


def test_a_card_that_was_never_issued_is_unknown() -> None:
    reason = rules.judge_card(is_issued=False, revoked_at=None, at=NOON, bound_ms=0)
    assert reason is ScanReason.UNKNOWN_WORKER


@pytest.mark.parametrize("reason", ScanReason)
@pytest.mark.parametrize("is_looked_at", [True, False])
def test_a_card_is_grade_b_only_if_good_and_looked_at(
    reason: ScanReason, *, is_looked_at: bool
) -> None:
    grade = rules.grade_card(reason, is_looked_at=is_looked_at)
    assert (grade is Grade.B) == (is_looked_at and reason in rules.PROVED)
    assert grade in (Grade.B, Grade.E)


def test_whoever_opens_with_a_card_is_looked_at() -> None:
    assert rules.choose_card_words(ScanReason.OK, Direction.IN) == (
        Tone.NOTICE,
        "请进，注意安全，请门卫核对本人",
    )
    refused = ScanReason.REVOKED_CARD
    assert rules.choose_card_words(refused, Direction.IN) == rules.SAYINGS[refused]


@pytest.mark.parametrize(
    ("hours_before", "has_waited", "is_gates_word"),
    [(3, True, True), (3, False, False), (24 * 32, True, False), (-1, True, False)],
    ids=["waited", "live", "older than any wait", "in the future"],
)
def test_what_has_waited_under_a_wrong_clock_is_dated_by_the_gates_word_if_it_can_be_true(
    hours_before: int, *, has_waited: bool, is_gates_word: bool
) -> None:
    said = NOON - timedelta(hours=hours_before)
    chosen = rules.choose_instant(said, NOON, rules.CLOCK_TRUST_MS + 1, has_waited=has_waited)
    assert chosen == (said if is_gates_word else NOON)


def test_every_method_has_its_national_code() -> None:
    assert set(rules.ATTEND_TYPES) == set(CheckInMethod)
    assert set(rules.ATTEND_TYPES.values()) == {"001", "003", "004", "006", "007", "010", "011"}
    assert rules.ATTEND_TYPES[CheckInMethod.FORCED_EXIT] == "007"

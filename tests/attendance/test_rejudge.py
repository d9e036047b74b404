"""Judging late: what dates a scan, and what was true at that moment."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rejudge import (
    CODE_BOUND_MS,
    EXPLANATIONS,
    Arrival,
    Claim,
    Dating,
    Holder,
    ScanReport,
    date_scan,
    judge,
)
from attendance.rules import CLOCK_TRUST_MS, Span
from core.enums import Direction, ScanReason
from qr.code import LiveCode, Suite, step_at

SCANNED = datetime(2026, 11, 20, 23, 0, 7, tzinfo=UTC)
"""07:00:07 in Shanghai on the 21st."""
STEP_START = SCANNED - timedelta(seconds=7)
UPLOADED = SCANNED + timedelta(days=2)
ARRIVAL = Arrival(UPLOADED, "boot-1", 172_800_000 + 5_000)
HOLDER = Holder(1, uuid4(), Span(date(2026, 11, 1), None), (Span(date(2026, 11, 1), None),))
REPORT = ScanReport(
    code="code",
    direction=Direction.IN,
    nonce="scan-0001",
    scanned_at=SCANNED,
    clock_bound_ms=120,
    admitted=True,
    reason="ok",
    decided_offline=True,
    sequence=1,
    boot_id="boot-1",
    uptime_ms=5_000,
)
UNSURE = msgspec.structs.replace(REPORT, clock_bound_ms=None, boot_id="boot-0")


def claim(
    *, shown_at: datetime = SCANNED, gate: bool = True, holder: bool = True, who: Holder = HOLDER
) -> Claim:
    code = LiveCode(Suite.SHA256, bytes(6), step_at(shown_at), bytes(4), bytes(8))
    return Claim(code, who, is_gate_tag_good=gate, is_holder_tag_good=holder)


def reason_of(report: ScanReport, said: Claim | None) -> ScanReason:
    return judge(said, report.direction, date_scan(report, ARRIVAL, said), ARRIVAL)


def test_a_good_code_is_good_days_later() -> None:
    assert reason_of(REPORT, claim()) is ScanReason.OK
    assert date_scan(REPORT, ARRIVAL, claim()) == Dating(SCANNED, 120)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (None, ScanReason.MALFORMED_CODE),
        (msgspec.structs.replace(claim(), holder=None), ScanReason.UNKNOWN_WORKER),
        (claim(gate=False, holder=False), ScanReason.BAD_GATE_TAG),
        (claim(gate=False, shown_at=SCANNED - timedelta(hours=1)), ScanReason.BAD_GATE_TAG),
        (claim(shown_at=SCANNED - timedelta(minutes=1)), ScanReason.EXPIRED_CODE),
        (claim(shown_at=SCANNED + timedelta(minutes=1)), ScanReason.FUTURE_CODE),
        (claim(shown_at=SCANNED - timedelta(minutes=1), holder=False), ScanReason.EXPIRED_CODE),
        (claim(holder=False), ScanReason.BAD_HOLDER_TAG),
        (claim(who=replace(HOLDER, stay=None)), ScanReason.NOT_ON_PROJECT),
        (claim(who=replace(HOLDER, contracts=())), ScanReason.NO_CONTRACT),
    ],
)
def test_reasons_come_in_the_order_of_the_online_judgement(
    said: Claim | None, reason: ScanReason
) -> None:
    assert reason_of(REPORT, said) is reason


@pytest.mark.parametrize(
    ("left_date", "reason"),
    [(date(2026, 11, 20), ScanReason.LEFT_PROJECT), (date(2026, 11, 21), ScanReason.OK)],
)
def test_standing_is_that_of_the_day_of_the_scan_in_shanghai(
    left_date: date, reason: ScanReason
) -> None:
    stay = Span(date(2026, 11, 1), left_date)
    assert reason_of(REPORT, claim(who=replace(HOLDER, stay=stay))) is reason


@pytest.mark.parametrize(
    ("second", "bound_ms", "steps", "reason"),
    [
        (4, 4_000, -3, ScanReason.EXPIRED_CODE),
        (4, 4_001, -3, ScanReason.OK),
        (11, 3_999, 3, ScanReason.FUTURE_CODE),
        (11, 4_000, 3, ScanReason.OK),
        (7, 30_000, -5, ScanReason.EXPIRED_CODE),
    ],
)
def test_a_code_is_fresh_if_it_is_at_any_moment_the_clock_allows(
    second: int, bound_ms: int, steps: int, reason: ScanReason
) -> None:
    at = STEP_START + timedelta(seconds=second)
    said = claim(shown_at=STEP_START + steps * timedelta(seconds=15))
    assert (
        reason_of(msgspec.structs.replace(REPORT, scanned_at=at, clock_bound_ms=bound_ms), said)
        is reason
    )


def test_an_unsure_clock_is_corrected_by_the_uptime_since() -> None:
    report = msgspec.structs.replace(
        REPORT, clock_bound_ms=None, scanned_at=datetime(2019, 1, 1, tzinfo=UTC)
    )

    dating = date_scan(report, ARRIVAL, None)

    assert dating.at == SCANNED
    assert dating.bound_ms < CLOCK_TRUST_MS


def test_a_clock_that_claims_to_be_sure_is_not_believed_against_the_uptime() -> None:
    shifted = msgspec.structs.replace(REPORT, scanned_at=SCANNED - timedelta(hours=8))
    replayed = claim(shown_at=SCANNED - timedelta(hours=8))

    assert date_scan(shifted, ARRIVAL, replayed).at == SCANNED
    assert reason_of(shifted, replayed) is ScanReason.EXPIRED_CODE


@pytest.mark.parametrize(
    ("boot_id", "uptime_ms"),
    [("boot-0", 5_000), (None, 5_000), ("boot-1", None), ("boot-1", 10**12)],
)
def test_uptime_of_another_boot_measures_nothing(
    boot_id: str | None, uptime_ms: int | None
) -> None:
    report = msgspec.structs.replace(
        REPORT, clock_bound_ms=None, boot_id=boot_id, uptime_ms=uptime_ms
    )
    assert date_scan(report, ARRIVAL, None).bound_ms > CLOCK_TRUST_MS


def test_a_proved_phone_dates_a_scan_whose_gate_knew_no_time() -> None:
    report = msgspec.structs.replace(UNSURE, scanned_at=datetime(2019, 1, 1, tzinfo=UTC))

    dating = date_scan(report, ARRIVAL, claim())

    assert abs(dating.at - SCANNED) <= timedelta(milliseconds=CODE_BOUND_MS)
    assert reason_of(report, claim()) is ScanReason.OK


@pytest.mark.parametrize("seconds", [-20, 0, 20])
def test_a_guess_of_the_gate_that_the_phone_confirms_is_kept(seconds: int) -> None:
    shown_at = STEP_START + timedelta(seconds=7.5)
    report = msgspec.structs.replace(UNSURE, scanned_at=shown_at + timedelta(seconds=seconds))

    dating = date_scan(report, ARRIVAL, claim(shown_at=shown_at))

    # However far the guess is from the phone's time, it is that much further from the truth.
    assert dating == Dating(report.scanned_at, CODE_BOUND_MS + abs(seconds) * 1_000)


def test_an_unproved_phone_dates_nothing() -> None:
    report = msgspec.structs.replace(UNSURE, scanned_at=datetime(2019, 1, 1, tzinfo=UTC))

    dating = date_scan(report, ARRIVAL, claim(holder=False))

    assert dating.at == report.scanned_at
    assert dating.bound_ms > CLOCK_TRUST_MS


def test_a_clock_that_says_a_code_was_shown_before_its_key_was_made_is_not_believed() -> None:
    lost = msgspec.structs.replace(REPORT, scanned_at=datetime(2025, 1, 1, tzinfo=UTC), boot_id="b")

    dating = date_scan(lost, ARRIVAL, claim())

    assert abs(dating.at - SCANNED) <= timedelta(milliseconds=CODE_BOUND_MS)
    assert reason_of(lost, claim()) is ScanReason.OK
    assert date_scan(lost, ARRIVAL, claim(holder=False)).bound_ms > CLOCK_TRUST_MS


def test_a_code_of_a_key_a_fast_phone_may_have_had_says_nothing_against_the_gate() -> None:
    slow = msgspec.structs.replace(REPORT, scanned_at=SCANNED - timedelta(days=7), boot_id="b")
    assert date_scan(slow, ARRIVAL, claim()).at == slow.scanned_at
    assert reason_of(slow, claim()) is ScanReason.FUTURE_CODE


def test_what_has_not_happened_yet_is_refused() -> None:
    ahead = UPLOADED + timedelta(hours=1)
    sure = msgspec.structs.replace(REPORT, scanned_at=ahead, boot_id="boot-0")
    assert reason_of(sure, claim(shown_at=ahead)) is ScanReason.FUTURE_CODE


def test_every_reason_but_ok_is_explained() -> None:
    assert EXPLANATIONS.keys() == set(ScanReason) - {ScanReason.OK}


reports = st.builds(
    msgspec.structs.replace,
    st.just(REPORT),
    scanned_at=st.integers(86_400, 7_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)),
    clock_bound_ms=st.none() | st.integers(0, 2**31 - 1),
    boot_id=st.sampled_from(["boot-0", "boot-1", None]),
    uptime_ms=st.none() | st.integers(0, 2**53 - 1) | st.integers(0, 200_000_000),
)
codes = st.builds(replace, st.just(claim().code), step=st.integers(0, 2**32 - 1))
claims = st.builds(
    msgspec.structs.replace,
    st.just(claim()),
    code=codes | st.just(claim().code),
    is_holder_tag_good=st.booleans(),
)
arrivals = st.builds(
    msgspec.structs.replace, st.just(ARRIVAL), uptime_ms=st.none() | st.integers(0, 10**12 - 1)
)


@given(report=reports, said=st.none() | claims, arrival=arrivals | st.just(ARRIVAL))
def test_whatever_counts_is_dated_well_and_not_in_the_future(
    report: ScanReport, said: Claim | None, arrival: Arrival
) -> None:
    dating = date_scan(report, arrival, said)

    if judge(said, report.direction, dating, arrival) is ScanReason.OK:
        assert dating.bound_ms <= CLOCK_TRUST_MS
        assert dating.at <= UPLOADED + timedelta(minutes=10)

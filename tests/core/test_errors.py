"""Refusals say what to do, in both languages, with their facts."""

import pytest

from core.errors import ConflictError, ThrottledError


class SheetLockedError(ConflictError):
    code = "test.sheet-locked"
    title = "考勤表已锁定"
    title_en = "Sheet is locked"
    advice = "请先撤回 {month} 的考勤表。"
    advice_en = "Reopen the sheet of {month} first."


class TooOftenError(ThrottledError):
    code = "test.too-often"
    title = "太频繁"
    title_en = "Too often"
    advice = "请 {retry_after} 秒后再试。"
    advice_en = "Wait {retry_after} seconds."


def test_a_refusal_reads_as_its_code_and_its_advice_with_facts() -> None:
    assert str(SheetLockedError(month="2026-10")) == (
        "test.sheet-locked: Reopen the sheet of 2026-10 first."
    )


def test_a_fact_the_advice_needs_cannot_be_forgotten() -> None:
    with pytest.raises(KeyError):
        SheetLockedError()


def test_a_throttle_carries_its_waiting_time() -> None:
    assert TooOftenError(retry_after=30).facts == {"retry_after": 30}

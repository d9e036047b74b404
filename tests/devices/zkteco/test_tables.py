"""The maker's numbers."""

import pytest

from core.enums import CheckInMethod
from devices.zkteco.tables import (
    EVENTS,
    METHODS,
    RETURNS,
    Says,
    explain_return,
    find_event,
    find_method,
)


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (0, Says.PASSED),
        (3, Says.PASSED),
        (218, Says.PASSED),
        (4000, Says.PASSED),
        (4999, Says.PASSED),
        (24, Says.REFUSED),
        (27, Says.REFUSED),
        (74, Says.REFUSED),
        (223, Says.ASKING),
        (222, Says.ANSWERED_YES),
        (44, Says.ANSWERED_NO),
        (45, Says.ANSWERED_LATE),
        (8, Says.NOTHING),
        (28, Says.NOTHING),
        (202, Says.NOTHING),
    ],
)
def test_an_event_says_who_passed(number: int, says: Says) -> None:
    kind = find_event(number)
    assert kind is not None
    assert kind.says is says


@pytest.mark.parametrize("number", [999, 3999, 5000, -1])
def test_an_event_of_no_document_says_nothing_we_know(number: int) -> None:
    assert find_event(number) is None


def test_verify_types_that_do_not_say_how_are_imported() -> None:
    assert {find_method(code) for code in ("0", "2", "3", "200", "", "999")} == {
        CheckInMethod.IMPORTED
    }
    assert find_method("15") is CheckInMethod.FACE
    assert find_method("27") is CheckInMethod.PALM


@pytest.mark.parametrize("code", [0, 1, 500])
def test_zero_and_above_is_done(code: int) -> None:
    assert explain_return(code) == "已完成"


def test_every_failure_is_explained_in_words() -> None:
    assert "空间已满" in explain_return(-18)
    assert "-4711" in explain_return(-4711)
    assert "没有回答" in explain_return(None)


def test_the_tables_are_whole() -> None:
    assert len(EVENTS) > 50
    assert len(METHODS) == 22
    assert len(RETURNS) == 18
    assert all(kind.meaning for kind in EVENTS.values())

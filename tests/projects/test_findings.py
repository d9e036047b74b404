"""The words of findings."""

import string

import pytest

from projects.findings import TEXTS, Finding, FindingCode, Severity

FACTS: dict[FindingCode, set[str]] = {
    FindingCode.TOO_LONG: {"limit"},
    FindingCode.UNKNOWN_CODE: {"choices"},
    FindingCode.DATES_REVERSED: {"other"},
    FindingCode.UNKNOWN_TEAM: {"teams"},
    FindingCode.REPEATED_ROW: {"first_row"},
    FindingCode.PHONE_OF_MANY: {"people"},
}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", FindingCode)
def test_every_finding_has_words_in_both_languages(code: FindingCode) -> None:
    words = TEXTS[code]

    assert all((words.message, words.message_en, words.advice, words.advice_en))
    assert placeholders(words.message + words.advice) == FACTS.get(code, set())
    assert placeholders(words.message_en + words.advice_en) == FACTS.get(code, set())


def test_facts_are_filled_in() -> None:
    finding = Finding(9, "证件编号", FindingCode.REPEATED_ROW, {"first_row": 4})

    assert finding.text.message == "与第 4 行重复"
    assert finding.severity is Severity.ERROR


def test_warnings_say_that_the_row_is_imported() -> None:
    for code in FindingCode:
        if Finding(1, "x", code).severity is Severity.WARNING:
            assert "可以导入" in TEXTS[code].advice

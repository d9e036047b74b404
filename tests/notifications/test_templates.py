import string

import pytest

from notifications import rules
from notifications.templates import TEXTS, Template

LONGEST: dict[str, str] = {
    "code": "888888",
    "month": "2026-12",
    "work_date": "2026-12-31",
    "number": "AX20261231-888888",
    "reason": "字" * 100,
}
"""For each placeholder the value that shows longest."""


def longest_body(template: Template) -> str:
    names = {name for _, name, _, _ in string.Formatter().parse(TEXTS[template].text) if name}
    return rules.render(template, {name: LONGEST[name] for name in names})


@pytest.mark.parametrize("template", Template)
def test_every_text_may_be_sent_at_its_longest(template: Template) -> None:
    assert longest_body(template).startswith("【安薪码】")


@pytest.mark.parametrize("template", Template)
def test_every_text_fits_one_segment(template: Template) -> None:
    assert rules.count_segments(longest_body(template)) == 1


def test_every_variable_has_a_longest_value() -> None:
    assert rules.VARIABLES.keys() == LONGEST.keys()

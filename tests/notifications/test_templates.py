import string

import pytest

from notifications import rules
from notifications.templates import TEXTS, Template

LONGEST: dict[str, str] = {
    "code": "888888",
    "month": "2026-12",
    "work_date": "2026-12-31",
    "last_date": "2026-12-31",
    "moment": "2026-12-31T23:59:00+08:00",
    "gate": "字" * 100,
    "trouble": "时间不准，相差两分钟以上",
    "number": "AX20261231-888888",
    "count": "99",
    "rows": "1000",
    "total": "999999999.99",
    "tail": "8888",
    "topics": "补记考勤、工资条改动、工资条确认、工资条疑问",
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


@pytest.mark.parametrize("template", Template)
def test_only_what_people_may_do_without_says_how_to_stop_it(template: Template) -> None:
    text = TEXTS[template]

    says_how = {"回T退订" in wording for wording in (text.text, *text.others.values())}

    assert says_how == {text.is_optional}


def test_every_variable_has_a_longest_value() -> None:
    assert rules.VARIABLES.keys() == LONGEST.keys()

"""Numbers a thumb can call."""

import pytest

from api.pages.calls import link_numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("赵主管 19100000901", ["19100000901"]),
        ("监察大队 0571-00000010；值班 057100000011", ["0571-00000010", "057100000011"]),
        ("12333（热线）", ["12333"]),
        ("卡号 9119100000901234，2026年1月1日", []),
        ("123456", []),
    ],
)
def test_numbers_become_links(text: str, numbers: list[str]) -> None:
    linked = link_numbers(text)

    assert linked.striptags() == text
    assert [part.split('"')[0] for part in linked.split('href="tel:')[1:]] == numbers


def test_text_around_is_escaped() -> None:
    assert "<b>" not in link_numbers("<b>12333</b>")

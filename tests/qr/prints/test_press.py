"""How texts of people's own reach a template."""

import pytest

from qr.prints.press import soften


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("C" + "*" * 20 + "r", 22),
        ("杭州某某建筑劳务有限公司钢筋班组", 1),
        ("Steel fixing team", 1),
        ("AX-000123", 1),
    ],
)
def test_only_a_long_run_may_break_anywhere(text: str, parts: int) -> None:
    softened = soften(text)

    assert len(softened.split(ZERO_WIDTH_SPACE)) == parts
    assert softened.replace(ZERO_WIDTH_SPACE, "") == text

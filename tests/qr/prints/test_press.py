"""How texts of people's own reach a template."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from qr.prints.glyphs import ZERO_WIDTH_SPACE, make_showable
from qr.prints.press import print_pdf, soften


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


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("兄弟们😀都没拿到", "兄弟们□都没拿到"),
        ("عربي", "□□□□"),
        ("王\u202e五\u2066六\ufeff", "王五六"),
        ("第1\ufe0f次\u2009讨薪", "第1次 讨薪"),
        ("坏了\ud83d一半", "坏了□一半"),
        ("㐂𠮷䶮", "㐂𠮷䶮"),
    ],
)
def test_what_no_font_shows_is_a_box_and_what_nobody_sees_is_gone(typed: str, printed: str) -> None:
    assert make_showable({"note": [typed]}) == {"note": [printed]}


def test_a_paper_for_thirty_years_prints_whatever_was_typed() -> None:
    typed = "工资😀عربي\x00\x07\u202e\u2028\U0010ffff\ud83d👨\u200d👩"
    facts = {
        **dict.fromkeys(("bureau", "title", "number", "to", "code", "date", "footer"), "一"),
        "paragraphs": [typed],
        "rows": [("事由", soften(typed))],
        "rights_title": "",
        "rights": [],
        "issued": {"year": 2026, "month": 4, "day": 1},
        "qr": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"></svg>',
    }

    pdf = print_pdf("case_letter", facts, archival=True)

    assert "工资□□□□□" in PdfReader(BytesIO(pdf)).pages[0].extract_text()

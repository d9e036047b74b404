"""Every paper says what the law wants it to say, from facts alone."""

from datetime import date

import pytest

from cases.letters import HEADINGS, LetterFacts, format_number, list_rows, write_letter
from core.case_enums import DocumentKind

SAID = {
    "ground": "arbitration_or_suit",
    "conclusion": "partly_paid",
    "amount_fen": 528_000,
    "due_date": "2026-11-10",
}
FACTS = LetterFacts(
    number="AX26112304271906",
    complainant="王*明",
    employer="某劳务公司",
    filed_date=date(2026, 11, 2),
    amount_fen=600_000,
    note="经办人说明",
    said=SAID,
    county="杭州市西湖区",
    pay_by=date(2026, 11, 10),
)
MUST_SAY = {
    DocumentKind.ACCEPTANCE: ("第十八条", "60 个工作日", "回避"),
    DocumentKind.REFUSAL: ("第二十二条", "不予受理", "12348", "行政复议"),
    DocumentKind.TRANSFER: ("杭州市西湖区", "不用重新投诉"),
    DocumentKind.EXTENSION: ("第三十条", "30 个工作日"),
    DocumentKind.SUSPENSION: ("中止", "接着计算"),
    DocumentKind.AGREEMENT: ("5280.00 元", "2026年11月10日"),
    DocumentKind.ORDER: ("5280.00 元", "2026年11月10日前付清", "行政复议", "陈述和申辩"),
    DocumentKind.COURT_APPLICATION: ("强制执行", "5280.00 元"),
    DocumentKind.POLICE_TRANSFER: ("第二百七十六条之一", "调查报告", "3 日内"),
    DocumentKind.CLOSING: ("已付一部分", "没收到"),
}


@pytest.mark.parametrize("kind", DocumentKind)
def test_each_paper_says_what_it_must(kind: DocumentKind) -> None:
    letter = write_letter(kind, FACTS)
    text = "".join([*letter.paragraphs, letter.rights_title, *letter.rights])
    assert [words for words in MUST_SAY[kind] if words not in text] == []


def test_every_kind_has_a_title_and_a_mark_of_its_own() -> None:
    assert HEADINGS.keys() == set(DocumentKind)
    assert len({mark for _, mark in HEADINGS.values()}) == len(HEADINGS)


def test_employers_read_no_name() -> None:
    letter = write_letter(DocumentKind.ORDER, FACTS)
    assert "王*明" not in "".join(letter.paragraphs)
    assert "王*明" not in "".join(value for _, value in list_rows(FACTS))


def test_numbers_look_as_papers_carry_them() -> None:
    number = format_number("西湖区", DocumentKind.ORDER, year=2026, serial=12)
    assert number == "西湖区劳监令〔2026〕12号"

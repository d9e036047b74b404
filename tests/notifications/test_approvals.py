from notifications import approvals, catalogue
from notifications.templates import TEXTS, Template


def test_page_of_all_messages_is_up_to_date() -> None:
    assert catalogue.PAGE.read_text(encoding="utf-8") == catalogue.render_page()


def test_page_shows_every_text_in_every_language() -> None:
    page = catalogue.render_page()

    shown = {(specimen.template, specimen.language) for specimen in approvals.list_specimens()}
    assert {template for template, _ in shown} == set(Template)
    assert len(shown) == len(TEXTS) + sum(len(text.others) for text in TEXTS.values())
    assert page.count("## `") == len(shown)


def test_every_sample_fits_one_segment() -> None:
    assert {specimen.segments for specimen in approvals.list_specimens()} == {1}

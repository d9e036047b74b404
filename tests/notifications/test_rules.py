import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.enums import Language
from notifications import rules
from notifications.errors import TemplateError
from notifications.templates import TEXTS, Template


def test_body_is_signed_and_filled_in() -> None:
    body = rules.render(Template.SIGN_IN_CODE, {"code": "314159"})

    assert body == ("【安薪码】验证码314159，5分钟内有效。不要告诉任何人，工作人员也不会问你要。")


def test_month_reads_as_people_say_it() -> None:
    body = rules.render(Template.PAYSLIP_PUBLISHED, {"month": "2026-10"})

    assert "2026年10月的工资条" in body


def test_day_reads_as_people_say_it() -> None:
    body = rules.render(Template.CHECK_IN_ENTERED, {"work_date": "2026-10-09"})

    assert "2026年10月9日" in body


@pytest.mark.parametrize(
    "values", [{}, {"month": "2026-10", "name": "x"}, {"number": "AX1"}], ids=str
)
def test_missing_or_extra_values_are_refused(values: dict[str, str]) -> None:
    with pytest.raises(TemplateError, match="takes"):
        rules.render(Template.PAYSLIP_PUBLISHED, values)


@pytest.mark.parametrize("month", ["十月", "2026-13", "2026-10-01", "", "2026-10\n"])
def test_malformed_month_is_refused(month: str) -> None:
    with pytest.raises(TemplateError, match="cannot show 'month'"):
        rules.render(Template.PAYSLIP_PUBLISHED, {"month": month})


@pytest.mark.parametrize("number", ["AX 1", "AX1\n", "ax1234", "", "A" * 21])
def test_malformed_number_is_refused(number: str) -> None:
    with pytest.raises(TemplateError, match="cannot show 'number'"):
        rules.render(Template.CASE_ACCEPTED, {"number": number})


def test_text_is_checked_after_it_is_filled_in() -> None:
    with pytest.raises(TemplateError, match="an ID or card number"):
        rules.render(Template.CASE_ACCEPTED, {"number": "330106199001011234"})


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("账号户名不符", "账号户名不符"),
        ("账号\n户名\t不符", "账号 户名 不符"),
        ("账号6222021234567890123不存在", "账号****不存在"),
        ("证件33010619900101123X有误", "证件****有误"),
        ("见https://bank.example/a?b=1说明", "见说明"),
        ("余额不足 1,200.50元", "余额不足 **"),
        ("对不起😀", "对不起"),
        ("😀", "未说明"),
        ("很长" * 20, "很长" * 9 + "很…"),
    ],
)
def test_words_of_others_are_made_to_fit(reason: str, shown: str) -> None:
    body = rules.render(Template.WAGE_REJECTED, {"month": "2026-10", "reason": reason})

    assert f"原因：{shown}。" in body


@given(reason=st.text(max_size=300))
def test_no_reason_can_stop_a_message(reason: str) -> None:
    rules.render(Template.WAGE_REJECTED, {"month": "2026-10", "reason": reason})


@given(
    reason=st.from_regex(
        r"[0-9０-９]{9,20}[Xx]?|[a-z0-9.:/]{3,20}|[0-9]{1,9}(元|万)?公司|[¥￥]公司", fullmatch=True
    )
)
def test_no_crafted_reason_can_stop_a_message(reason: str) -> None:
    rules.render(Template.WAGE_REJECTED, {"month": "2026-10", "reason": reason})


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("请看 https://example.com/a", "a link"),
        ("请看 www.axm", "a link"),
        ("请看axm.cn", "a link"),
        ("证件330106199001011234", "an ID"),
        ("证件33010619900101123X", "an ID"),
        ("证件330106900101123", "an ID"),
        ("卡号6222021234567890", "an ID"),
        ("某某公司已付你5000元", "an amount together"),
        ("某某集团已付你￥5000", "an amount together"),
        ("第一行\n第二行", "unfit"),
        ("恭喜🎉", "unfit"),
        ("长" * 135, "segments"),
    ],
)
def test_forbidden_content_is_refused(body: str, what: str) -> None:
    with pytest.raises(TemplateError, match=what):
        rules.check_body(body)


@pytest.mark.parametrize("body", ["已付5000元", "某某公司的工资条", "电话12333，编号AX20261103-27"])
def test_ordinary_content_is_allowed(body: str) -> None:
    rules.check_body(body)


@pytest.mark.parametrize(
    ("length", "segments"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)]
)
def test_segments_follow_the_ucs2_limits(length: int, segments: int) -> None:
    assert rules.count_segments("字" * length) == segments


def test_characters_beyond_the_basic_plane_count_twice() -> None:
    assert rules.count_segments("𠮷" * 36) == 2


def test_every_template_has_a_text() -> None:
    assert TEXTS.keys() == set(Template)


@pytest.mark.parametrize(
    ("text", "segments"),
    [("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2)],
)
def test_segments_of_latin_text_follow_the_gsm_limits(text: str, segments: int) -> None:
    assert rules.count_segments(text) == segments


@given(text=st.text(max_size=400))
def test_longer_texts_never_have_fewer_segments(text: str) -> None:
    assert rules.count_segments(text) <= rules.count_segments(text + "字")


def test_worker_reads_it_in_the_language_of_home() -> None:
    composed = rules.compose(
        Template.PAYSLIP_PUBLISHED, {"month": "2026-10"}, language=Language.SICHUANESE
    )

    assert "出来咯" in composed.body
    assert composed.language is Language.SICHUANESE


def test_text_without_a_translation_is_sent_in_chinese() -> None:
    composed = rules.compose(
        Template.CASE_ACCEPTED, {"number": "AX19"}, language=Language.SICHUANESE
    )

    assert composed.language is Language.CHINESE


@pytest.mark.parametrize("template", Template)
def test_every_translation_takes_the_same_values(template: Template) -> None:
    text = TEXTS[template]
    for translated in text.others.values():
        assert _placeholders(translated) == _placeholders(text.text)


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_gateways_that_hold_the_texts_get_the_shown_values() -> None:
    composed = rules.compose(Template.PAYSLIP_PUBLISHED, {"month": "2026-10"})

    assert composed.parameters == {"month": "2026年10月"}


def test_digest_names_each_topic_once_and_counts_all() -> None:
    values = rules.summarize([Template.CASE_ACCEPTED, Template.CASE_CLOSED, Template.WAGE_PAID])

    assert values == {"count": "3", "topics": "投诉、工资到账"}
    assert "3条新消息：投诉、工资到账" in rules.render(Template.DIGEST, values)


@given(templates=st.lists(st.sampled_from(Template), min_size=1, max_size=150))
def test_any_evening_fits_one_digest(templates: list[Template]) -> None:
    body = rules.render(Template.DIGEST, rules.summarize(templates))

    assert rules.count_segments(body) == 1


@pytest.mark.parametrize("topics", ["工资条、彩票", "", "工资条,投诉"])
def test_digest_speaks_of_known_topics_only(topics: str) -> None:
    with pytest.raises(TemplateError):
        rules.render(Template.DIGEST, {"count": "2", "topics": topics})

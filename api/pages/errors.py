"""Refusals that only a page can meet."""

from core.errors import ForbiddenError, UnprocessableError


class ForeignFormError(ForbiddenError):
    """The form was not sent from one of our own pages."""

    code = "api.foreign-form"
    title = "这次提交不是从安薪码页面发出的"
    title_en = "This form was not sent from our own page"
    advice = "请从安薪码首页重新进入再操作。如果是别人发来的链接，不要点。"
    advice_en = "Open the start page and try again. Do not use links others sent you."


class UnfitFormError(UnprocessableError):
    """A field of a form is empty, too long or malformed."""

    code = "api.unfit-form"
    title = "有内容没填对"
    title_en = "Something is not filled in correctly"
    advice = "请返回上一步，检查手机号、日期和文字后再提交。"
    advice_en = "Go back, check the number, the date and the text, and send it again."


class UnfitFieldsError(UnprocessableError):
    """Some fields of a form do not fit; it is shown again with what was typed."""

    code = "api.unfit-fields"
    title = "有内容没填对"
    title_en = "Something is not filled in correctly"
    advice = "请检查：{fields}。其他内容还在，不用重填。"
    advice_en = "Check {fields}; everything else stands as it was typed."

"""Refusals of signing in, of roles and of looking at personal data."""

from core.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    ThrottledError,
    UnauthorizedError,
    UnavailableError,
    UnprocessableError,
)


class NotSignedInError(UnauthorizedError):
    """The request carries no access token."""

    code = "identity.not-signed-in"
    title = "请先登录"
    title_en = "Sign in first"
    advice = "用登记的手机号获取短信验证码登录。"
    advice_en = "Sign in with a text message code sent to your registered phone."


class TokenExpiredError(UnauthorizedError):
    """The access token is genuine but older than its 15 minutes."""

    code = "identity.token-expired"
    title = "登录已过时"
    title_en = "The access token has expired"
    advice = "请刷新页面；如果还不行，请重新登录。"
    advice_en = "Exchange the refresh token for a new access token, or sign in again."


class TokenInvalidError(UnauthorizedError):
    """The access token was not issued by us for this API, or was altered."""

    code = "identity.token-invalid"
    title = "登录凭证无效"
    title_en = "The access token is not valid"
    advice = "请重新登录。"
    advice_en = "Sign in again."


class RoleRequiredError(ForbiddenError):
    """The caller's role may not do this."""

    code = "identity.role-required"
    title = "当前身份不能做这个操作"
    title_en = "Your role may not do this"
    advice = "如果您还有别的身份，请退出后换那个身份登录。"
    advice_en = "If you hold another role, sign out and sign in with that one."


class OwnPhoneRequiredError(ForbiddenError):
    """Not with a card and PIN: the kiosk would learn what only the worker's phone may hold."""

    code = "identity.own-phone-required"
    title = "这件事要在您自己的手机上办"
    title_en = "This needs your own phone"
    advice = "请用手机短信验证码登录后再办；没有手机，请找劳资专管员。"
    advice_en = "Sign in on your own phone with a text message code."


class CodeThrottledError(ThrottledError):
    """Too many codes for this number: at most 1 a minute, 5 an hour, 10 in 24 hours."""

    code = "identity.too-many-codes"
    title = "验证码要得太频繁了"
    title_en = "Too many codes were asked for"
    advice = "请等 {retry_after} 秒再试。前一条短信如果已收到，可以直接用。"
    advice_en = "Wait {retry_after} seconds. A code already received can still be used."


class WrongCodeError(UnauthorizedError):
    """The code is wrong, too old, already used, or was guessed at too often."""

    code = "identity.wrong-code"
    title = "验证码不对或已失效"
    title_en = "The code is wrong or no longer valid"
    advice = "请看最新一条短信里的 6 位数字；输错 5 次或超过 5 分钟，请重新获取。"
    advice_en = "Use the newest message; after 5 wrong tries or 5 minutes ask for a new code."


class ChooseIdentityError(ConflictError):
    """This number can act as several people or roles; `choices` lists them, the code stays good."""

    code = "identity.choose-identity"
    title = "请选择用哪个身份登录"
    title_en = "Choose whom to sign in as"
    advice = "这个号码登记了多个人或多个身份，请从列表里选一个，验证码不用重发。"
    advice_en = "Send the same code again with person_id, role and scope of one of the choices."


class UnknownChoiceError(UnprocessableError):
    """The chosen person, role or scope is not one this number may sign in as."""

    code = "identity.unknown-choice"
    title = "不能用这个身份登录"
    title_en = "This number may not sign in as that"
    advice = "请去掉选择后重试，从给出的列表里选。"
    advice_en = "Repeat without person_id, role and scope, then pick one of the choices given."


class SignInEndedError(UnauthorizedError):
    """The refresh token is unknown, too old, signed out, or was used twice."""

    code = "identity.sign-in-ended"
    title = "登录已结束"
    title_en = "This sign-in has ended"
    advice = "请重新登录。如果不是您自己退出的，可能有人用过您的登录，请留意。"
    advice_en = "Sign in again. If you did not sign out, somebody else may have used your sign-in."


class GrantNotOfferedError(UnprocessableError):
    """This way of signing in is not offered here."""

    code = "identity.grant-not-offered"
    title = "这种登录方式没有开通"
    title_en = "This way of signing in is not offered"
    advice = "请用手机短信验证码登录，或在工地自助机上刷卡输密码。"
    advice_en = "Sign in with grant_type sms_code, or card_pin at a kiosk."


class PersonNotFoundError(NotFoundError):
    """No such person within the caller's project or county."""

    code = "identity.person-not-found"
    title = "没有找到这个人"
    title_en = "No such person"
    advice = "只能查看自己项目或自己辖区内的工人，请核对后再试。"
    advice_en = "You can only look up workers of your own project or county."


class FieldNotRecordedError(NotFoundError):
    """The person is known, but this field was never filled in."""

    code = "identity.field-not-recorded"
    title = "这一项没有登记"
    title_en = "This field was never recorded"
    advice = "请在花名册里补上后再查看。"
    advice_en = "Add it to the roster first."


class ReasonTooShortError(UnprocessableError):
    """Whoever looks at a full value says why; the person concerned can read it."""

    code = "identity.reason-too-short"
    title = "请写明查看原因"
    title_en = "Say why you look"
    advice = "原因至少写 {minimum} 个字，本人能看到谁因为什么查看过。"
    advice_en = "Give at least {minimum} characters; the person concerned can read them."


class SignInUnavailableError(UnavailableError):
    """The store of codes and limits does not answer; without it codes cannot be limited."""

    code = "identity.sign-in-unavailable"
    title = "暂时不能登录"
    title_en = "Signing in is not possible right now"
    advice = "系统正在恢复，请 {retry_after} 秒后再试。"
    advice_en = "Try again in {retry_after} seconds."


class PhotoNotFoundError(NotFoundError):
    """The worker has no photo; none is needed."""

    code = "identity.photo-not-found"
    title = "没有照片"
    title_en = "No photo"
    advice = "没有照片也能进场、也算出勤；想放照片可以自己上传。"
    advice_en = "None is needed. It can be uploaded at any time."


class PhotoNoticeChangedError(UnprocessableError):
    """What was read before agreeing is not the notice of today, which is version `current`."""

    code = "identity.photo-notice-changed"
    title = "照片说明已经更新"
    title_en = "The notice has changed"
    advice = "请重新看一遍照片说明，同意后再上传。"
    advice_en = "Read GET /v1/photo-notice again and send its version."


class ConsentMissingError(UnprocessableError):
    """Nobody said how the worker agreed."""

    code = "identity.consent-missing"
    title = "请写明工人怎样同意的"
    title_en = "Say how the worker agreed"
    advice = "例如：2026-11-20 本人签了照片同意书。没有同意，不能放照片。"
    advice_en = "E.g. the date of the signed form. Without consent no photo is kept."


class StepUpCodeWrongError(UnprocessableError):
    """The code was not sent to this person for this very act, or is used up or too old."""

    code = "identity.step-up-code-wrong"
    title = "验证码不对或已失效"
    title_en = "The code is wrong or no longer valid"
    advice = "请用最新一条短信里的 6 位数字；内容改过、超过 5 分钟或输错 5 次，请重新获取。"
    advice_en = "Use the newest message; after 5 minutes, 5 tries or a change ask for a new code."


class StepUpPhoneMissingError(ConflictError):
    """The act needs a code by text message, and no number is on record."""

    code = "identity.step-up-phone-missing"
    title = "没有登记手机号，收不到验证码"
    title_en = "No phone on record"
    advice = "请先让劳资专管员登记您本人的手机号。"
    advice_en = "Have your own phone number put on record first."


class EmployerNotFoundError(NotFoundError):
    """No company with this code is part of any project."""

    code = "identity.employer-not-found"
    title = "没有找到这家企业"
    title_en = "No such company"
    advice = "请核对 18 位统一社会信用代码；企业要先在某个项目的参建单位里登记。"
    advice_en = "Check the 18 characters; the company must be a party of some project."


class GrantNotFoundError(NotFoundError):
    """The company has no such appointment, or it has ended."""

    code = "identity.grant-not-found"
    title = "没有找到这项任命"
    title_en = "No such appointment"
    advice = "可能已经免去，请刷新名单。"
    advice_en = "It may have ended; fetch the list again."

"""What is refused about answers at a kiosk, their witnesses and the calls afterwards."""

from core.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    ThrottledError,
)


class WitnessMissingError(ForbiddenError):
    """Agreement at a kiosk needs a witness: whoever printed a card may know its PIN."""

    code = "payroll.witness-missing"
    title = "旁边要有一位见证人"
    title_en = "A witness is needed"
    advice = (
        "请找一位见证人（别的班组的工友、工会的人或者监察员），"
        "让他在自己的手机上输入屏幕上的见证码，然后您再点确认。"
    )
    advice_en = "Ask for a witness code, have somebody enter it on their own phone, then confirm."


class KioskRequiredError(ConflictError):
    """Witness codes are for answers with card and PIN; a phone of one's own needs no witness."""

    code = "payroll.kiosk-required"
    title = "见证码只在自助机上用"
    title_en = "Only at a kiosk"
    advice = "您用自己的手机登录，直接点确认就行，不用见证人。"
    advice_en = "Signed in on your own phone you can confirm without a witness."


class WitnessCodeWrongError(NotFoundError):
    """No kiosk shows this code, or no longer."""

    code = "payroll.witness-code-wrong"
    title = "见证码不对或已过期"
    title_en = "No such witness code"
    advice = "请照自助机屏幕上的 6 位数字再输一遍；超过 10 分钟要重新取码。"
    advice_en = "Type the six digits on the kiosk's screen; they are good for ten minutes."


class WitnessThrottledError(ThrottledError):
    """Too many codes were tried."""

    code = "payroll.too-many-witness-codes"
    title = "试得太多了"
    title_en = "Too many codes were tried"
    advice = "请等 {retry_after} 秒再试。"
    advice_en = "Wait {retry_after} seconds."


class NotAWitnessError(ForbiddenError):
    """The payer, a team leader, a crew mate or the labour manager cannot be the witness."""

    code = "payroll.not-a-witness"
    title = "您不能给这位工友作见证"
    title_en = "You cannot witness this"
    advice = (
        "发工资的人、劳资专管员、班组长和同一个班组的人不能作见证，"
        "见证人要用自己的手机登录。请换一位别的班组的工友、工会的人或者监察员。"
    )
    advice_en = "Payers, team leaders, crew mates and labour managers cannot; ask somebody else."


class AlreadyWitnessedError(ConflictError):
    """Somebody is the witness of this answer already."""

    code = "payroll.already-witnessed"
    title = "已经有见证人了"
    title_en = "Already witnessed"
    advice = "不用再输，请工友在自助机上点确认。"
    advice_en = "Nothing to do; the worker can confirm at the kiosk."


class CallBackNotFoundError(NotFoundError):
    """No such call-back is open in the inspector's county."""

    code = "payroll.call-back-not-found"
    title = "没有找到这条回访"
    title_en = "No such call-back"
    advice = "可能已经办过，请刷新回访列表。"
    advice_en = "It may be done already; fetch the list again."

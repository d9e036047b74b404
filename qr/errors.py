"""What the 安薪码 refuses."""

from core.errors import (
    ConflictError,
    NotFoundError,
    ThrottledError,
    TooLargeError,
    UnauthorizedError,
    UnprocessableError,
)


class NoProjectError(NotFoundError):
    """The worker is on no project now, or not on the one asked for, so no gate would open."""

    code = "qr.no-project"
    title = "您现在不在这个项目上"
    title_en = "Not on this project now"
    advice = "进场登记后才有入场码。请找工地的劳资专管员登记；已经离场的项目不再需要码。"
    advice_en = "Ask the site's labour manager to register you; a left project needs no code."


class WorkerNotFoundError(NotFoundError):
    """No such worker on the caller's project."""

    code = "qr.worker-not-found"
    title = "本项目没有这个工人"
    title_en = "No such worker on this project"
    advice = "请在花名册里核对后再试。"
    advice_en = "Check the project's roster."


class HolderLeftError(ConflictError):
    """Nobody gets a card for a project they have left."""

    code = "qr.holder-left"
    title = "这个工人已经退场"
    title_en = "The worker has left the project"
    advice = "退场的人不发卡；如果又进场了，请先在花名册里登记。"
    advice_en = "Register the worker on the roster again first."


class CardExistsError(ConflictError):
    """The worker has a good card; a second one would be the one that is lent out."""

    code = "qr.card-exists"
    title = "这个工人已经有一张能用的卡"
    title_en = "The worker has a good card already"
    advice = "一人一卡。要换卡请写明原因，旧卡会同时停用。"
    advice_en = "Say in replace_because why the card is replaced; the earlier one then ends."


class CardNotFoundError(NotFoundError):
    """No such card of the caller, or of a worker on the caller's project."""

    code = "qr.card-not-found"
    title = "没有这张卡"
    title_en = "No such card"
    advice = "请从卡片列表里选。"
    advice_en = "Choose one from the list of cards."


class CardRevokedError(ConflictError):
    """A revoked card gets no PIN any more."""

    code = "qr.card-revoked"
    title = "这张卡已经停用"
    title_en = "The card was revoked"
    advice = "停用的卡不能再启用，请让劳资专管员做一张新卡。"
    advice_en = "Have a new card issued."


class GuessablePinError(UnprocessableError):
    """The PIN chosen is one that others try first."""

    code = "qr.guessable-pin"
    title = "这个密码太容易被猜到"
    title_en = "This PIN is too easy to guess"
    advice = "不要用连号、重复的数字、生日、身份证号或手机号里的数字，请换 6 位数字。"
    advice_en = "Use no runs, repetitions, birthday, or digits of the identity or phone number."


class KioskRequiredError(UnauthorizedError):
    """A card and PIN sign in at a paired kiosk only, never from a phone or computer."""

    code = "qr.kiosk-required"
    title = "刷卡登录只能在工地自助机上用"
    title_en = "A card and PIN sign in at a site kiosk only"
    advice = "请到工地的自助机上刷卡，或用手机短信验证码登录。"
    advice_en = "Use a paired kiosk, or sign in with grant_type sms_code."


class WrongCardPinError(UnauthorizedError):
    """The card is unknown, revoked or of nobody on this site, or the PIN is wrong."""

    code = "qr.wrong-card-pin"
    title = "卡或密码不对"
    title_en = "The card or the PIN is wrong"
    advice = "请用现在这张卡和它的 6 位密码。连错 10 次会锁住，忘了请找劳资专管员重发密码信。"
    advice_en = "Use the newest card and its PIN; after 10 wrong tries in a row the PIN is locked."


class CardPinLockedError(UnauthorizedError):
    """Ten wrong PINs in a row; only a new PIN opens the card again."""

    code = "qr.card-pin-locked"
    title = "密码输错太多次，已经锁住"
    title_en = "The PIN is locked after too many wrong tries"
    advice = "有手机请登录后换密码；没有手机请找劳资专管员重发密码信。刷卡进门不受影响。"
    advice_en = "Choose a new PIN on your phone, or ask the labour manager for a new PIN letter."


class ChooseNewPinError(ConflictError):
    """The PIN is still the letter's, which others may have seen; `new_pin` must come with it."""

    code = "qr.choose-new-pin"
    title = "请先换成您自己的密码"
    title_en = "Choose a PIN of your own first"
    advice = "密码信里的密码只用来换成自己的密码。请输入一个只有您知道的 6 位数字。"
    advice_en = "Send the same card and PIN again with new_pin."


class CardPinThrottledError(ThrottledError):
    """Too many tries with this card, or at this kiosk."""

    code = "qr.too-many-pin-tries"
    title = "试得太频繁了"
    title_en = "Too many tries"
    advice = "请等 {retry_after} 秒再试。"
    advice_en = "Wait {retry_after} seconds."


class AnotherPhoneError(ConflictError):
    """Another phone of the worker holds the keys since `taken_at`; only the worker moves them."""

    code = "qr.another-phone"
    title = "另一部手机正在出您的安薪码，要换到这部吗？"
    title_en = "Another phone shows your code; use this one instead?"
    advice = "换过来后，原来那部手机的码马上失效。只是借用这部手机，请直接看入场码图片，不要换。"
    advice_en = "Moving ends the other phone's codes. On a borrowed phone show the picture instead."


class PhoneMovedTooOftenError(ThrottledError):
    """The keys were moved ten times within a day."""

    code = "qr.phone-moved-too-often"
    title = "换手机换得太频繁了"
    title_en = "Moved too often"
    advice = "请等 {retry_after} 秒再换；这段时间可以直接看入场码图片进场。"
    advice_en = "Wait {retry_after} seconds; until then the picture of the code works."


class CodePhotoTooLargeError(TooLargeError):
    """The photograph has too many bytes or claims too many pixels."""

    code = "qr.photo-too-large"
    title = "照片太大"
    title_en = "The photo is too large"
    advice = "请用小于 {max_megabytes} MB、{max_megapixels} 百万像素以内的照片，手机普通拍照就够。"
    advice_en = (
        "Use a picture below {max_megabytes} MB and {max_megapixels} megapixels;"
        " an ordinary phone picture will do."
    )


class NoPosterInPhotoError(UnprocessableError):
    """No code of a site's poster can be read on the photograph."""

    code = "qr.no-poster-in-photo"
    title = "照片上没有认出告示牌的码"
    title_en = "No poster's code in the photo"
    advice = "请走近一点，把工地告示牌上的方形码拍完整、拍清楚；也可以用微信扫一扫。"
    advice_en = "Take the square code on the site's notice board again, near and sharp."

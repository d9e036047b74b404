"""Why a text did not reach a phone, in everyday words."""

from notifications.queries import OPTED_OUT

REASONS = {
    OPTED_OUT: "你选了不收这类短信",
    "no_phone": "没有手机号",
    "landline": "登记的是座机",
    "not_a_mobile": "登记的是座机",
    "foreign_number": "登记的是境外号码",
    "malformed_number": "手机号不对",
    "number_not_in_service": "号码已停用",
    "number_not_a_mobile": "登记的是座机",
    "number_refuses": "对方拒收短信",
    "unsubscribed": "对方拒收短信",
    "number_recycled": "号码已换人",
    "phone_off_or_away": "手机关机或没有信号",
    "expired": "几天都没发出去",
}
UNDELIVERED = "短信没有送到"


def describe_failure(error: str | None) -> str:
    """Return the words for a message's error.

    A gateway's error is `<gateway>-<its own code> <ours>`; the last word is the one of ours.
    """
    return REASONS.get((error or "").rpartition(" ")[2], UNDELIVERED)

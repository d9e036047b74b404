"""What the gate says and shows when it decides alone: the server's sentences, and some more."""

from dataclasses import replace

from core.enums import Direction, ScanReason, Tone
from gate.decide import NO_DAY_KEY, UNKNOWN_CARD, Decision, Ruling

WELCOMES = {Direction.IN: "请进，注意安全", Direction.OUT: "辛苦了，慢走"}
SAYINGS = {
    ScanReason.MALFORMED_CODE: (Tone.REFUSE, "这不是安薪码，请打开安薪码再刷"),
    ScanReason.UNKNOWN_WORKER: (Tone.REFUSE, "查不到这个码，请找劳资专管员登记"),
    ScanReason.BAD_GATE_TAG: (Tone.REFUSE, "这个码不是本工地的，请刷新安薪码再试"),
    ScanReason.EXPIRED_CODE: (Tone.NOTICE, "码已过期，请刷新后再刷，截图不能用"),
    ScanReason.FUTURE_CODE: (Tone.NOTICE, "手机时间快了，请把手机时间设为自动"),
    ScanReason.ALREADY_USED: (Tone.NOTICE, "这个码刚刷过，请等新码出来再刷"),
    ScanReason.NOT_ON_PROJECT: (Tone.REFUSE, "您没有在本工地登记，请找劳资专管员"),
    ScanReason.LEFT_PROJECT: (Tone.REFUSE, "您已办理退场，请找劳资专管员"),
    ScanReason.NO_CONTRACT: (Tone.REFUSE, "您还没有签合同，请先找劳资专管员签合同"),
    ScanReason.REVOKED_CARD: (Tone.REFUSE, "这张卡已挂失或停用，请用新卡"),
    ScanReason.WRONG_CLOCK: (Tone.NOTICE, "考勤机的时间不对，请找劳资专管员"),
    UNKNOWN_CARD: (Tone.REFUSE, "这张卡不能用，请找劳资专管员"),
    NO_DAY_KEY: (Tone.REFUSE, "闸机现在不能核验，请找门卫登记"),
}
OTHER_REFUSAL = (Tone.REFUSE, "现在不能通行，请找劳资专管员")
NOT_OPENED_SAY = "闸门没有打开，请找门卫"
LOOK_AT_FACE = "请门卫核对本人"
IS_HOLDER = "是本人"
IS_OTHER = "不是本人"
NOTED = "已记：{}"
IDLE = {Direction.IN: "进场", Direction.OUT: "出场"}
ADMITTED = {Direction.IN: "请进", Direction.OUT: "慢走"}
REFUSED = "请稍候"
ONLINE = "联网核验"
OFFLINE = "离线核验"


def offline_decision(ruling: Ruling, direction: Direction) -> Decision:
    """Put the gate's own ruling into a sentence and a tone."""
    tone, say = SAYINGS.get(ruling.reason, OTHER_REFUSAL)
    if ruling.is_admitted and ruling.needs_look:
        tone, say = Tone.NOTICE, f"{WELCOMES[direction]}，{LOOK_AT_FACE}"
    elif ruling.is_admitted:
        tone, say = Tone.WELCOME, WELCOMES[direction]
    return Decision(ruling.is_admitted, ruling.reason, say, tone, is_offline=True)


def looked_decision(decision: Decision, *, is_holder: bool) -> Decision:
    """Return what is shown once the guard's word is on record; somebody else is not let in."""
    tone, word = (Tone.WELCOME, IS_HOLDER) if is_holder else (Tone.REFUSE, IS_OTHER)
    return replace(decision, admitted=is_holder, say=NOTED.format(word), tone=tone, look=None)


def age(seconds: float) -> str:
    """Return an age as people say it."""
    for size, unit in ((86_400, "天"), (3_600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit}"
    return "不到 1 分钟"


def announcement(decision: Decision, *, list_age: float | None) -> str:
    """Say who decided, by how old a list if it was the gate alone, and what."""
    if not decision.is_offline:
        return f"{ONLINE}：{decision.say}"
    known = "没有名单" if list_age is None else f"名单 {age(list_age)}前更新"
    return f"{OFFLINE}（{known}）：{decision.say}"

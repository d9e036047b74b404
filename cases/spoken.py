"""What a hotline says about a complaint: for an operator to read out, or a machine to speak."""

from cases.timeline import Timeline
from core.clock import local_date

DIGIT_PAUSE = " "
TAIL = 4


def say(timeline: Timeline) -> str:
    """Return where a complaint stands in sentences that can be understood by ear.

    The number is shortened to its last digits, spoken one by one; nothing in it says what the
    complaint is about or whom it names: calls are overheard.
    """
    latest = timeline.steps[-1]
    tail = DIGIT_PAUSE.join(timeline.number[-TAIL:])
    when = local_date(latest.at)
    day = f"{when.month}月{when.day}日"
    return (
        f"你好。尾号 {tail} 的投诉，现在是：{timeline.state_name}。"
        f"{day}，{latest.say}。接下来：{timeline.next_step}"
    )

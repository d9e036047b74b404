"""What a hotline says to somebody with number and PIN: where the complaint and the wages stand."""

from datetime import datetime

from redis import Redis
from sqlmodel import Session

from cases import spoken
from cases.by_pin import look_up_complaint
from cases.queries import find_case
from cases.throttle import Door
from core.enums import WageSeverity
from identity.principal import Principal
from payroll.severity import WageStatus
from payroll.status import get_wage_status

SAID_AT_MOST = 2
"""More reasons than one can keep in mind on the phone; the gravest come first."""
STATES = {
    WageSeverity.SAFE: "安，该发的都到账了",
    WageSeverity.ATTENTION: "关注，有事要留意",
    WageSeverity.WARNING: "预警，该发的还没到账",
    WageSeverity.ARREARS: "欠薪",
}


def speak_of_complaint(
    session: Session,
    valkey: Redis,
    *,
    number: str,
    pin: str,
    operator: Principal | None,
    address: str,
    at: datetime,
) -> str:
    """Return sentences that can be understood by ear; see `cases.by_pin.look_up_complaint`.

    Whoever complained anonymously, or without an account, hears of the complaint alone: nobody
    knows whose wages those would be. An operator has a door of their own, which nobody else's
    guesses shut; whoever is not signed in comes through the public one.
    """
    timeline = look_up_complaint(
        session,
        valkey,
        number=number,
        pin=pin,
        address=address if operator is None else str(operator.person_id),
        at=at,
        door=Door.PUBLIC if operator is None else Door.HOTLINE,
    )
    said = spoken.say(timeline)
    found = find_case(session, timeline.number)
    person_id = found[0].person_id if found else None
    if person_id is None:
        return said
    return said + say_wages(get_wage_status(session, person_id=person_id, at=at))


def say_wages(status: WageStatus) -> str:
    """Return how the wages stand: no amount and no name, calls are overheard."""
    if status.severity is None:
        return ""
    said = [f"你的工资现在是：{STATES[status.severity]}"]
    said += [reason.say for reason in status.reasons[:SAID_AT_MOST]]
    more = len(status.reasons) - SAID_AT_MOST
    if more > 0:
        said.append(f"另外还有 {more} 件事，请打开安薪码看")
    return "。".join(said) + "。"

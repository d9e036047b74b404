"""Background verification: an access terminal asks before it opens."""

from dataclasses import dataclass
from datetime import timedelta

from attendance import queries, rules
from attendance.service import verify_scan
from attendance.terminals import answer_punch
from attendance.zkteco.contact import Contact, Reply
from core.masking import mask_name
from devices.zkteco import replies
from devices.zkteco.events import AccessEvent, read_event, read_lines
from devices.zkteco.redaction import redact_upload

ASKING = "223"
WAITS = timedelta(seconds=replies.ANSWER_SECONDS + 5)
"""The terminal's patience, and what its report of the time may be off."""
UNREADABLE = "终端发来的内容读不懂，请找劳资专管员"
NOBODY = "请出示安薪码"
TOO_LATE = "等得太久了，请再刷一次"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to open, and what the screen shows."""

    opens: bool
    tips: str


def answer_question(contact: Contact) -> Reply:
    """Decide about whoever stands there; the crossing is recorded before this answers."""
    lines = read_lines(contact.text)
    line, fields = lines[0] if lines else ("", {})
    event = read_event(line, {**fields, "event": ASKING}, is_live=True)
    if not isinstance(event, AccessEvent):
        contact.keep(redact_upload(contact.text, contact.digest), notes=[f"question: {event}"])
        return Reply(_refuse(contact, line, UNREADABLE))
    contact.keep(redact_upload(contact.text, contact.digest), notes=[])
    if event.pin is None and event.card is None:
        return Reply(_refuse(contact, line, NOBODY))
    if _is_over(contact, event):
        return Reply(replies.put_off_question(line, TOO_LATE))
    verdict = _verify_code(contact, event) if event.code else _verify_pin(contact, event)
    return Reply(
        replies.answer_question(
            line,
            verdict.tips,
            opens=verdict.opens,
            door=min(event.door, contact.settings.lock_count),
            settings=contact.settings,
        )
    )


def _is_over(contact: Contact, event: AccessEvent) -> bool:
    """Tell whether whoever stood there has gone: a question that was held up opens to another.

    As far as the terminal's clock is known; its state reports tell it. Of one that is years off
    the difference is not known to the second.
    """
    offset_ms = contact.device.clock_offset_ms
    if offset_ms is None or abs(offset_ms) >= rules.INT32_MAX:
        return False
    asked_at = event.at - timedelta(milliseconds=offset_ms)
    return contact.call.received_at - asked_at > WAITS


def _refuse(contact: Contact, line: str, tips: str) -> str:
    return replies.answer_question(line, tips, opens=False, door=1, settings=contact.settings)


def _verify_code(contact: Contact, event: AccessEvent) -> Verdict:
    decision = verify_scan(
        contact.session,
        contact.valkey,
        contact.keyring,
        device=contact.device,
        code=event.code or "",
        direction=contact.device.direction or event.direction,
        nonce=event.name_question(event.at),
        scanned_at=event.at,
    )
    name = decision.worker.masked_name if decision.worker else None
    return Verdict(decision.admitted, _tell(name, decision.say))


def _verify_pin(contact: Contact, event: AccessEvent) -> Verdict:
    """Decide about a face, finger or card that the terminal itself has recognised."""
    punch = event.to_punch(event.name_question(event.at))
    outcome = answer_punch(
        contact.session, device=contact.device, punch=punch, at=contact.call.received_at
    )
    direction = contact.device.direction or event.direction
    worker_id = outcome.project_worker_id
    card = queries.find_worker_card(contact.session, worker_id) if worker_id else None
    say = rules.choose_words(outcome.reason, direction)[1]
    return Verdict(outcome.admitted, _tell(mask_name(card.name) if card else None, say))


def _tell(name: str | None, say: str) -> str:
    return f"{name} {say}" if name else say

"""What becomes of a message of a vendor's terminal: answered, stored, and kept for seven days."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from redis import Redis, RedisError
from sqlmodel import Session

from attendance import rules
from attendance.service import verify_scan
from attendance.terminals import answer_punch, take_punches
from core.enums import MessageState
from core.keyring import Keyring
from db.models import Device
from db.session import blind_index
from devices.inbox import keep_message
from devices.punches import Punch
from devices.service import note_contact
from devices.vendors.reading import Question, Reading, Terminal

RETRY_SECONDS = 3
"""A reader that got no answer asks again at once; later it is another person's screenshot."""
ECHO_SECONDS = 24 * 3600
"""How late a terminal may report the crossing it had asked about."""
SHOWN_NOTES = 3

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request of a terminal; its path is what follows the secret."""

    path: str
    content_type: str
    body: bytes
    received_at: datetime
    is_cut: bool = False
    """Whether the body was longer than what is read of one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether to open for the person a terminal asked about, and what to tell them."""

    question: Question
    opens: bool
    say: str


def describe(session: Session, device: Device) -> Terminal:
    """Return what a dialect must know of the terminal."""

    def digest(number: str) -> str:
        return blind_index(session, "device_message.identity", number).hex()

    return Terminal(device.direction, device.vendor_settings, digest)


def take_delivery(
    session: Session,
    valkey: Redis,
    keyring: Keyring,
    *,
    device: Device,
    delivery: Delivery,
    reading: Reading,
) -> list[Answer]:
    """Store everything a message says, and answer what it asks; nothing of it is lost.

    What could not be read is kept as it came, for somebody to look at. A message that names
    another serial number than the device's is not believed.
    """
    at = delivery.received_at
    notes = list(reading.unread)
    answers: list[Answer] = []
    if is_another(device, reading.serial_number):
        notes.append(f"serial number {(reading.serial_number or '')[:64]}")
    else:
        punches = [punch for punch in reading.punches if not _is_echo(valkey, device, punch)]
        if punches:
            take_punches(session, keyring, device=device, punches=punches, at=at)
        answers = [
            _answer(session, valkey, keyring, device=device, question=question, at=at)
            for question in reading.questions
        ]
        # Last: whoever has written to `device` may not wait for a new partition of check-ins.
        _note_clock(device, reading.clock, at)
    _keep(session, device, delivery, reading, notes)
    return answers


def is_another(device: Device, said: str | None) -> bool:
    """Tell whether a message names another serial number than its device has."""
    return bool(said and device.serial_number and said.lower() != device.serial_number.lower())


def _note_clock(device: Device, clock: datetime | None, at: datetime) -> None:
    offset_ms = None if clock is None else rules.compute_offset_ms(clock, at)
    note_contact(device, at=at, clock_offset_ms=offset_ms)


def _answer(
    session: Session,
    valkey: Redis,
    keyring: Keyring,
    *,
    device: Device,
    question: Question,
    at: datetime,
) -> Answer:
    punch = question.punch
    if punch.code is None:
        outcome = answer_punch(session, device=device, punch=punch, at=at)
        say = rules.choose_words(outcome.reason, punch.direction)[1]
        return Answer(question, outcome.admitted, say)
    decision = verify_scan(
        session,
        valkey,
        keyring,
        device=device,
        code=punch.code,
        direction=punch.direction,
        nonce=_name_question(valkey, device, question),
        scanned_at=punch.at,
    )
    return Answer(question, decision.admitted, decision.say)


def _name_question(valkey: Redis, device: Device, question: Question) -> str:
    """Return the nonce of a question, the same when a reader without numbers asks it again."""
    key = question.punch.key
    is_numbered = question.reference is not None
    seconds = ECHO_SECONDS if is_numbered else RETRY_SECONDS
    earlier = _remember(
        lambda: valkey.set(_asked(device, question.punch), key, nx=True, get=True, ex=seconds)
    )
    return key if is_numbered or not isinstance(earlier, bytes) else earlier.decode()


def _is_echo(valkey: Redis, device: Device, punch: Punch) -> bool:
    """Tell whether a terminal reports the crossing that it had asked about before.

    The question's check-in stands for it; the code would only be found used a second time.
    """
    if punch.code is None:
        return False
    return _remember(lambda: valkey.exists(_asked(device, punch))) == 1


def _remember(step: Callable[[], object]) -> object:
    """Return what Valkey says; None when it does not answer, as a crossing must not wait for it."""
    try:
        return step()
    except RedisError as error:
        log.warning("terminal_memory_down", error=type(error).__name__)
        return None


def _asked(device: Device, punch: Punch) -> str:
    code = hashlib.sha256((punch.code or "").encode("utf-8", "surrogatepass")).hexdigest()
    return f"terminal:asked:{device.id}:{code}"


def _keep(
    session: Session, device: Device, delivery: Delivery, reading: Reading, notes: Sequence[str]
) -> None:
    if not reading.kept and not notes:
        return
    counted = [*dict.fromkeys(notes)]
    shown = counted[:SHOWN_NOTES] + (["…"] if len(counted) > SHOWN_NOTES else [])
    keep_message(
        session,
        device=device,
        path=delivery.path,
        content_type=delivery.content_type,
        body=reading.kept,
        state=MessageState.UNREAD if notes else MessageState.TAKEN,
        note="; ".join([*shown, *(["body cut off"] if delivery.is_cut else [])]) or None,
    )

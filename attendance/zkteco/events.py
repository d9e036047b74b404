"""Storing what an access terminal saw, and recognising what it had asked about before."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from attendance import rules, scan_queries
from attendance.annulments import annul_scan
from attendance.errors import AnnulmentTooLateError
from attendance.terminals import take_punches
from attendance.zkteco.contact import Contact
from db.models import CheckIn
from devices.punches import Punch
from devices.service import note_contact
from devices.zkteco.clock import read_clock
from devices.zkteco.events import AccessEvent, read_events, read_lines
from devices.zkteco.redaction import redact_upload
from devices.zkteco.tables import Says

QUESTION_SECONDS = 15
"""How long after its question a terminal may date the event that tells of the answer."""
NO_ALARM = {"", "0"}


def take_events(contact: Contact, *, is_live: bool) -> None:
    """Store every event that is about a person; all of them are kept as they came."""
    log = read_events(contact.text, is_live=is_live)
    asked = _list_questions(contact, log.events)
    punches = [
        punch
        for event in log.events
        if (punch := _read_punch(event, _find_question(event, asked))) is not None
    ]
    take_punches(
        contact.session,
        contact.keyring,
        device=contact.device,
        punches=punches,
        at=contact.call.received_at,
    )
    _annul_unanswered(contact, log.events, asked)
    contact.keep(redact_upload(contact.text, contact.digest), notes=log.faults)


def note_state(contact: Contact) -> None:
    """Take a sign of life, which tells the clock; only one with an alarm is kept."""
    for _, fields in read_lines(contact.text):
        at, received_at = read_clock(fields.get("time", "")), contact.call.received_at
        if at is not None:
            offset_ms = rules.compute_offset_ms(at, received_at)
            note_contact(contact.device, at=received_at, clock_offset_ms=offset_ms)
        if fields.get("alarm", "").strip("0") not in NO_ALARM:
            contact.keep(redact_upload(contact.text, contact.digest), notes=[])


def _list_questions(contact: Contact, events: Sequence[AccessEvent]) -> Mapping[str, CheckIn]:
    """Return the recorded questions that these events may tell of."""
    names = {name for event in events if event.is_answer for name in _list_names(event)}
    if not names:
        return {}
    return scan_queries.list_check_ins(
        contact.session,
        project_id=contact.device.project_id,
        source_id=contact.device.id,
        nonces=names,
        since=rules.earliest_report(_first_asked(events), contact.call.received_at),
    )


def _first_asked(events: Sequence[AccessEvent]) -> datetime:
    return min(event.at for event in events) - timedelta(seconds=QUESTION_SECONDS)


def _list_names(event: AccessEvent) -> list[str]:
    return [
        name
        for seconds in range(QUESTION_SECONDS + 1)
        for name in event.name_questions(event.at - timedelta(seconds=seconds))
    ]


def _find_question(event: AccessEvent, asked: Mapping[str, CheckIn]) -> CheckIn | None:
    if not asked or not event.is_answer:
        return None
    return next((asked[name] for name in _list_names(event) if name in asked), None)


def _read_punch(event: AccessEvent, question: CheckIn | None) -> Punch | None:
    """Return the crossing an event tells of; None if it tells of none, or of a recorded one.

    A question that was answered stands in the records already: counting the event of its answer
    too would find the same code used twice.
    """
    says = event.kind.says
    if says is Says.NOTHING or question is not None or says is Says.ASKING:
        return None
    if event.pin is None and event.card is None and says is Says.PASSED:
        return None
    return event.to_punch(event.key)


def _annul_unanswered(
    contact: Contact, events: Sequence[AccessEvent], asked: Mapping[str, CheckIn]
) -> None:
    """Take back an admission that came too late for the terminal: it stayed shut."""
    for event in events:
        question = _find_question(event, asked)
        if question is None or event.kind.says is not Says.ANSWERED_LATE:
            continue
        if question.admitted:
            with suppress(AnnulmentTooLateError):
                annul_scan(
                    contact.session,
                    device=contact.device,
                    nonce=question.nonce,
                    at=contact.call.received_at,
                )

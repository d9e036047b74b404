"""Writing a complaint down and opening its case; a second tap finds the first."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from cases import (
    alarms,
    clockwork,
    divisions,
    grouping,
    queries,
    rules,
    searching,
    tracking,
    workflow,
)
from cases.errors import FormSentBeforeError, OutsideProvinceError, UnknownPlaceError
from cases.telling import find_silence, tell_complainant, tell_systems
from core import pins
from core.case_enums import CaseAction, CaseState, Channel, ComplaintKind, Disclosure, Silence
from core.clock import local_date
from core.crypto import token_hash
from core.enums import Role
from db.models import Case, CaseEvent, Complaint, FilingSlip
from db.session import blind_index
from identity.queries import get_person
from projects.queries import get_project

SLIP = "filing_slip.fingerprint"
SLIP_LIFETIME = timedelta(minutes=30)
TICKET_BYTES = 24
LOCK_BYTES = 8
FIXED = (
    "kind",
    "disclosure",
    "person_id",
    "phone",
    "personal",
    "project_id",
    "employer_name",
    "amount_fen",
    "people",
)
"""What a form that comes again may not change; only more words are taken."""


@dataclass(frozen=True, slots=True)
class FiledComplaint:
    """What the complainant keeps; the PIN is stored only as a hash after half an hour."""

    number: str
    pin: str
    case_number: str
    """The same as `number`: one number from filing to closing."""
    ticket: str
    """Shows number and PIN again for half an hour."""
    complaint_id: UUID


@dataclass(frozen=True, slots=True)
class Filing:
    """What somebody complains of, and how they may be reached."""

    kind: ComplaintKind
    disclosure: Disclosure
    statement: str
    county_code: str | None
    channel: Channel = Channel.WORKER
    person_id: UUID | None = None
    phone: str | None = None
    personal: Mapping[str, str] | None = None
    project_id: UUID | None = None
    employer_name: str | None = None
    subject_kind: str | None = None
    subject_id: UUID | None = None
    amount_fen: int | None = None
    people: int = 1
    facts: Mapping[str, Any] = field(default_factory=dict)
    mark: str | None = None
    """Of the form it was sent with: the same mark is the same tap."""


def record(session: Session, filing: Filing, *, at: datetime) -> FiledComplaint:
    """Write down a complaint, open its case in the competent county and start the clock.

    The same words of the same person within half an hour are one complaint; more words about a
    payslip whose case is open join that case, and so do other words sent with the same form. Of
    an anonymous complaint nothing is kept that leads to a person. Raises UnknownPlaceError when
    the county is not known: a guess would send it where nobody feels responsible;
    OutsideProvinceError; FormSentBeforeError when a form comes again and changes more than words.
    """
    county_code = find_county(filing.county_code)
    fingerprint = _fingerprint(session, filing)
    if fingerprint is not None:
        queries.lock_filing(session, int.from_bytes(fingerprint[:LOCK_BYTES], signed=True))
        if earlier := queries.find_slip(session, fingerprint=fingerprint, at=at):
            if filing.mark is not None:
                _add_newer_words(session, filing, earlier.complaint, at=at)
            return read_slip(earlier.slip, earlier.complaint)
    return _join(session, filing, fingerprint, at=at) or _open(
        session, filing, county_code, fingerprint, at=at
    )


def find_county(code: str | None) -> str:
    """Return today's code of the county named; UnknownPlaceError, OutsideProvinceError."""
    if code is not None and divisions.is_outside(code):
        raise OutsideProvinceError
    county_code = code and divisions.find_county(code)
    if not county_code:
        raise UnknownPlaceError
    return county_code


def read_slip(slip: FilingSlip, complaint: Complaint) -> FiledComplaint:
    """Return what the complainant was given."""
    kept = json.loads(slip.secrets)
    return FiledComplaint(
        complaint.number, kept["pin"], complaint.number, kept["ticket"], complaint.id
    )


def renew_pin(case: Case) -> str:
    """Give a case a new PIN and return it; the old one ends."""
    pin = pins.format_pin(secrets.randbelow(pins.PINS))
    case.pin_hash = pins.hash_pin(pin)
    return pin


def _fingerprint(session: Session, filing: Filing) -> bytes | None:
    """Return a keyed hash of what makes two filings one; None where people cannot be told apart."""
    if filing.mark is not None:
        return blind_index(session, SLIP, f"mark|{filing.mark}")
    # A number anybody can type proves nobody: whoever has no account gets no earlier PIN by it.
    if filing.person_id is None or filing.disclosure is Disclosure.ANONYMOUS:
        return None
    parts = (
        filing.person_id,
        filing.disclosure,
        filing.county_code,
        filing.project_id,
        filing.employer_name,
        filing.subject_id,
        filing.amount_fen,
        filing.people,
        filing.statement,
    )
    return blind_index(session, SLIP, "|".join(map(str, parts)))


def _join(
    session: Session, filing: Filing, fingerprint: bytes | None, *, at: datetime
) -> FiledComplaint | None:
    """Add the words to the open case about the same payslip, if there is one."""
    if filing.person_id is None or filing.subject_id is None:
        return None
    if filing.disclosure is Disclosure.ANONYMOUS:
        return None
    queries.lock_filing(session, _lock_key(session, filing.person_id))
    found = queries.find_open_case_about(
        session,
        person_id=filing.person_id,
        subject_id=filing.subject_id,
        disclosure=filing.disclosure,
        states=workflow.OPEN,
    )
    if found is None:
        return None
    case, complaint = found
    _add_words(session, filing.statement, case, complaint, at=at)
    return _hand_out(session, complaint, renew_pin(case), fingerprint, at=at)


def _add_newer_words(
    session: Session, filing: Filing, complaint: Complaint, *, at: datetime
) -> None:
    """Keep what was edited between two taps: nobody expects the first version to win.

    Who complains, how, and about whom stays as it was first sent; the reader is told so.
    """
    case, _ = queries.lock_known_case(session, complaint.number)
    added = {event.note for event in queries.list_events(session, [case.id])}
    if filing.statement in added:
        return
    again = _write(filing, complaint.county_code, at)
    is_same = all(getattr(again, name) == getattr(complaint, name) for name in FIXED)
    if is_same and filing.statement == complaint.statement:
        return
    if not is_same or case.state in workflow.ENDED:
        raise FormSentBeforeError(number=complaint.number)
    _add_words(session, filing.statement, case, complaint, at=at)


def _add_words(
    session: Session, words: str, case: Case, complaint: Complaint, *, at: datetime
) -> None:
    session.add(
        CaseEvent(
            created_at=at,
            case_id=case.id,
            county_code=case.county_code,
            action=CaseAction.SUPPLEMENT,
            from_state=case.state,
            to_state=case.state,
            actor_id=complaint.person_id,
            actor_role=Role.WORKER if complaint.person_id else None,
            note=words,
            silence=Silence.NOTHING_NEW,
        )
    )


def _lock_key(session: Session, person_id: UUID) -> int:
    return int.from_bytes(blind_index(session, SLIP, str(person_id))[:LOCK_BYTES], signed=True)


def _open(
    session: Session,
    filing: Filing,
    county_code: str,
    fingerprint: bytes | None,
    *,
    at: datetime,
) -> FiledComplaint:
    complaint = _write(filing, county_code, at)
    _insert_with_fresh_number(session, complaint)
    case = Case(
        created_at=at,
        number=complaint.number,
        pin_hash="",
        complaint_id=complaint.id,
        county_code=county_code,
        state=CaseState.RECEIVED,
        search_words=_list_words(session, filing, complaint),
    )
    pin = renew_pin(case)
    session.add(case)
    session.flush()  # events and clocks refer to the case by foreign key alone
    _begin(session, case, complaint, at=at)
    return _hand_out(session, complaint, pin, fingerprint, at=at)


def _list_words(session: Session, filing: Filing, complaint: Complaint) -> list[str]:
    project = get_project(session, filing.project_id) if filing.project_id else None
    person = get_person(session, filing.person_id) if filing.person_id else None
    name = person.name if person else (filing.personal or {}).get("name")
    own_phone = person.phone if person else None
    return searching.list_words(
        session,
        complaint,
        project_name=project.name if project else None,
        people=(name, filing.phone, own_phone),
    )


def _begin(session: Session, case: Case, complaint: Complaint, *, at: datetime) -> None:
    event = CaseEvent(
        created_at=at,
        case_id=case.id,
        county_code=case.county_code,
        to_state=CaseState.RECEIVED,
        actor_id=complaint.person_id,
        actor_role=Role.WORKER if complaint.person_id else None,
        silence=find_silence(complaint, workflow.FILING_NOTICE),
    )
    session.add(event)
    clockwork.start_clock(session, case, workflow.FILING_STARTS, at=at)
    tell_complainant(session, case, complaint, workflow.FILING_NOTICE, event)
    tell_systems(session, case, at=at)
    alarms.check_reachable(session, case, at=at)
    grouping.join_group(session, case, complaint, at=at)


def _write(filing: Filing, county_code: str, at: datetime) -> Complaint:
    personal = dict(filing.personal or {})
    complaint = Complaint(
        created_at=at,
        number="",
        kind=filing.kind,
        disclosure=filing.disclosure,
        channel=filing.channel,
        person_id=filing.person_id,
        phone=filing.phone,
        personal=json.dumps(personal, ensure_ascii=False) if personal else None,
        project_id=filing.project_id,
        employer_name=filing.employer_name or filing.facts.get("employer_name"),
        subject_kind=filing.subject_kind,
        subject_id=filing.subject_id,
        county_code=county_code,
        statement=filing.statement,
        amount_fen=filing.amount_fen,
        people=filing.people,
        facts=dict(filing.facts),
    )
    if filing.disclosure is Disclosure.ANONYMOUS:
        _erase_traces(complaint)
    return complaint


def _erase_traces(complaint: Complaint) -> None:
    complaint.person_id = None
    complaint.phone = None
    complaint.personal = None
    complaint.subject_kind = None
    complaint.subject_id = None
    complaint.amount_fen = None
    complaint.facts = rules.keep_impersonal(complaint.facts)


def _insert_with_fresh_number(session: Session, complaint: Complaint) -> None:
    is_new = False
    while not is_new:
        serial = secrets.randbelow(tracking.SERIALS)
        complaint.number = tracking.format_number(local_date(complaint.created_at), serial)
        is_new = queries.insert_complaint(session, complaint)


def _hand_out(
    session: Session, complaint: Complaint, pin: str, fingerprint: bytes | None, *, at: datetime
) -> FiledComplaint:
    queries.delete_old_slips(session, at=at)
    ticket = secrets.token_urlsafe(TICKET_BYTES)
    session.add(
        FilingSlip(
            created_at=at,
            complaint_id=complaint.id,
            fingerprint=fingerprint,
            ticket_hash=token_hash(ticket),
            secrets=json.dumps({"pin": pin, "ticket": ticket}),
            expires_at=at + SLIP_LIFETIME,
        )
    )
    session.flush()
    return FiledComplaint(complaint.number, pin, complaint.number, ticket, complaint.id)

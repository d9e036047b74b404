"""Judging roster rows against each other and against what is on record."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from projects import lines
from projects.findings import FindingCode
from projects.lines import ContractTerms, RosterLine, RosterRow

PEOPLE_PER_PHONE = 3
"""A couple or a family shares a phone; more people than this is a foreman's phone."""

IdentityKey = tuple[str, bytes]
"""Document type and blind index of the number: how a person is known again."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is on record about somebody's place on the project."""

    bank_card_index: bytes | None
    is_card_agreed: bool
    """The worker named the card in person, or was shown it on a payslip."""
    contracts: Mapping[date, ContractTerms]
    """By start."""


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """What is on record about somebody on the new roster."""

    id: UUID
    name: str
    phone: str | None
    is_settled: bool
    """They have signed in before, or work on another project too."""
    place: Place | None
    """None for somebody new on this project."""


@dataclass(frozen=True, slots=True)
class RosterFacts:
    """What is on record about a project and the people of its new roster."""

    teams: Collection[str]
    people: Mapping[IdentityKey, KnownPerson]
    card_number_owners: Mapping[str, UUID]
    """Gate card number → person on this project."""
    bank_card_owners: Mapping[bytes, Collection[UUID]]
    """Bank card index → people paid to it on any project."""


@dataclass(frozen=True, slots=True)
class KeyedRow:
    """A row with the blind indexes its look-ups need."""

    row: RosterRow
    identity: IdentityKey
    bank_card_index: bytes | None

    @property
    def line(self) -> RosterLine:
        return self.row.line

    def report(self, column: str, code: FindingCode, **facts: object) -> None:
        """Remember a finding about a column of this row."""
        self.row.findings.report(column, code, **facts)

    def has_finding(self, code: FindingCode) -> bool:
        """Tell whether this was said of the row before."""
        return any(finding.code is code for finding in self.row.findings.found)


def accepted(rows: Iterable[KeyedRow]) -> Iterator[KeyedRow]:
    """Return the rows nothing keeps out, as of now."""
    return (row for row in rows if not row.row.findings.is_rejected)


def check_file(rows: Collection[KeyedRow]) -> None:
    """Compare the rows of one file with each other; the first of repeated rows stays good."""
    _refuse_repeats(rows, lines.ID_NUMBER, lambda row: row.identity)
    _refuse_repeats(rows, lines.CARD_NUMBER, lambda row: row.line.card_number)
    for sharing in _group(rows, lambda row: row.bank_card_index):
        if len(sharing) > 1:
            _report_all(sharing, lines.BANK_CARD, FindingCode.SHARED_BANK_CARD)
    for sharing in _group(rows, lambda row: row.line.phone):
        if len(sharing) > PEOPLE_PER_PHONE:
            people = len(sharing)
            _report_all(sharing, lines.PHONE, FindingCode.PHONE_OF_MANY, people=people)


def check_against_record(rows: Collection[KeyedRow], facts: RosterFacts) -> None:
    """Compare each row with the project's teams, the people already known and their papers."""
    for row in accepted(rows):
        person = facts.people.get(row.identity)
        _check_team(row, facts)
        _check_card_owners(row, person, facts)
        if person is not None:
            _check_phone(row, person)
        if person is not None and person.place is not None:
            _check_place(row, person.place)
    check_names(rows, {identity: person.name for identity, person in facts.people.items()})


def check_names(rows: Collection[KeyedRow], names: Mapping[IdentityKey, str]) -> None:
    """Refuse rows whose document is on record with another name."""
    for row in accepted(rows):
        if names.get(row.identity, row.line.name) != row.line.name:
            row.report(lines.NAME, FindingCode.NAME_DISAGREES)


def is_phone_correction(person: KnownPerson, phone: str | None) -> bool:
    """Tell whether a roster's phone replaces the person's.

    The phone is what they sign in with. Once they have signed in or been shown a payslip, or work
    elsewhere too, a manager who could set or redirect it could answer payslips in their name; so
    a first phone of such a person is no roster's to give either.
    """
    return phone is not None and phone != person.phone and not person.is_settled


def is_other_bank_card(place: Place, row: KeyedRow) -> bool:
    """Tell whether the row moves a worker's wages to another card."""
    known, given = place.bank_card_index, row.bank_card_index
    return known is not None and given is not None and known != given


def keeps_card(place: Place | None) -> bool:
    """Tell whether a roster leaves the card alone: only the worker changes it (条例 §31).

    A manager who could change it after the payslip could lead wages elsewhere.
    """
    return place is not None and place.bank_card_index is not None and place.is_card_agreed


def is_same_contract(recorded: ContractTerms, given: ContractTerms) -> bool:
    """Tell whether recorded terms say what the sheet says; the file number does not matter."""
    return replace(recorded, code=None) == replace(given, code=None)


def _check_team(row: KeyedRow, facts: RosterFacts) -> None:
    if row.line.team_name not in facts.teams:
        row.report(lines.TEAM, FindingCode.UNKNOWN_TEAM, teams="、".join(facts.teams))


def _check_card_owners(row: KeyedRow, person: KnownPerson | None, facts: RosterFacts) -> None:
    own = {person.id} if person else set()
    gate_card = facts.card_number_owners.get(row.line.card_number or "")
    if {gate_card} - own - {None}:
        row.report(lines.CARD_NUMBER, FindingCode.CARD_NUMBER_TAKEN)
    others = set(facts.bank_card_owners.get(row.bank_card_index or b"", ())) - own
    if others and not row.has_finding(FindingCode.SHARED_BANK_CARD):
        row.report(lines.BANK_CARD, FindingCode.SHARED_BANK_CARD)


def _check_phone(row: KeyedRow, person: KnownPerson) -> None:
    phone = row.line.phone
    if phone in {None, person.phone} or is_phone_correction(person, phone):
        return
    row.report(lines.PHONE, FindingCode.PHONE_KEPT)


def _check_place(row: KeyedRow, place: Place) -> None:
    terms = row.line.contract
    recorded = place.contracts.get(terms.start_date)
    if recorded is not None and not is_same_contract(recorded, terms):
        row.report(lines.CONTRACT_START, FindingCode.CONTRACT_DIFFERS)
    if is_other_bank_card(place, row):
        kept = keeps_card(place)
        code = FindingCode.BANK_CARD_KEPT if kept else FindingCode.BANK_CARD_CHANGED
        row.report(lines.BANK_CARD, code)


def _refuse_repeats(
    rows: Collection[KeyedRow], column: str, key: Callable[[KeyedRow], object]
) -> None:
    for first, *repeats in _group(rows, key):
        number = first.row.findings.number
        _report_all(repeats, column, FindingCode.REPEATED_ROW, first_row=number)


def _group(
    rows: Collection[KeyedRow], key: Callable[[KeyedRow], object]
) -> Collection[list[KeyedRow]]:
    """Return the accepted rows in groups of equal keys, rows without one left out."""
    groups: defaultdict[object, list[KeyedRow]] = defaultdict(list)
    for row in accepted(rows):
        if key(row) is not None:
            groups[key(row)].append(row)
    return groups.values()


def _report_all(rows: Iterable[KeyedRow], column: str, code: FindingCode, **facts: object) -> None:
    for row in rows:
        row.report(column, code, **facts)

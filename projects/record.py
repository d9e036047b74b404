"""What is on record about a project and the people of a roster, looked up in a few statements."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from db.models import Contract, Person, ProjectWorker
from projects import queries, rules
from projects.lines import ContractTerms
from projects.rules import IdentityKey, KeyedRow, KnownPerson, Place, RosterFacts


@dataclass(frozen=True, slots=True)
class ProjectRecord:
    """The rows a roster touches, and the same as facts to judge by."""

    project_id: UUID
    teams: Mapping[str, UUID]
    workers: Mapping[UUID, ProjectWorker]
    """By person."""
    facts: RosterFacts


def look_up(session: Session, project_id: UUID, rows: Collection[KeyedRow]) -> ProjectRecord:
    """Return what is on record; the number of statements does not depend on the rows."""
    teams = {team.name: team.id for team in queries.list_teams(session, project_id)}
    workers = queries.lock_project_workers(session, project_id)
    by_person = {worker.person_id: worker for worker in workers}
    return ProjectRecord(
        project_id=project_id,
        teams=teams,
        workers=by_person,
        facts=RosterFacts(
            teams=teams,
            people=_find_known_people(session, project_id, rows, by_person),
            card_number_owners={
                worker.card_number: worker.person_id for worker in workers if worker.card_number
            },
            bank_card_owners=_find_bank_card_owners(session, rows),
        ),
    )


def find_people(session: Session, rows: Collection[KeyedRow]) -> dict[IdentityKey, Person]:
    """Return those of the accepted rows' people who are on record."""
    people = queries.list_people(session, {row.identity for row in rules.accepted(rows)})
    return {(each.id_type or "", each.id_number_index or b""): each for each in people}


def _find_known_people(
    session: Session,
    project_id: UUID,
    rows: Collection[KeyedRow],
    workers: Mapping[UUID, ProjectWorker],
) -> dict[IdentityKey, KnownPerson]:
    people = find_people(session, rows)
    ids = {person.id for person in people.values()}
    settled = queries.list_settled_people(session, project_id=project_id, person_ids=ids)
    contracts = _find_contracts(session, project_id)
    shown = queries.list_shown_workers(session, project_id)
    return {
        identity: KnownPerson(
            id=person.id,
            name=person.name,
            phone=person.phone,
            is_settled=person.id in settled,
            place=_describe_place(workers.get(person.id), contracts, shown),
        )
        for identity, person in people.items()
    }


def _describe_place(
    worker: ProjectWorker | None,
    contracts: Mapping[UUID, Mapping[date, ContractTerms]],
    shown: Collection[UUID],
) -> Place | None:
    if worker is None:
        return None
    return Place(
        worker.bank_card_index,
        worker.card_chosen_at is not None or worker.id in shown,
        contracts.get(worker.id, {}),
    )


def _find_contracts(
    session: Session, project_id: UUID
) -> Mapping[UUID, Mapping[date, ContractTerms]]:
    """Return recorded terms by project worker and start."""
    found: defaultdict[UUID, dict[date, ContractTerms]] = defaultdict(dict)
    for contract in queries.list_contracts(session, project_id):
        found[contract.project_worker_id][contract.start_date] = _terms(contract)
    return found


def _terms(contract: Contract) -> ContractTerms:
    return ContractTerms(
        kind=contract.kind,
        code=contract.code,
        period_type=contract.period_type,
        start_date=contract.start_date,
        end_date=contract.end_date,
        pay_basis=contract.pay_basis,
        unit_price_fen=contract.unit_price_fen,
        payday=contract.payday,
    )


def _find_bank_card_owners(
    session: Session, rows: Collection[KeyedRow]
) -> Mapping[bytes, Collection[UUID]]:
    indexes = {row.bank_card_index for row in rules.accepted(rows) if row.bank_card_index}
    owners: defaultdict[bytes, set[UUID]] = defaultdict(set)
    for index, person_id in queries.list_card_owners(session, indexes):
        owners[index].add(person_id)
    return owners

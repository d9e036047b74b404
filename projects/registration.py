"""Writing the good rows of a roster: people, their places on the project, their contracts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from db.models import Contract, Person, ProjectWorker
from db.session import blind_index
from identity import audit
from identity.principal import Principal
from projects import rules
from projects.lines import ContractTerms
from projects.record import ProjectRecord, find_people
from projects.rules import KeyedRow

PHONE_CONTEXT = "person.phone"
IMPORT_REASON = "花名册导入"


@dataclass(frozen=True, slots=True)
class Registrar:
    """One import's writes, in the caller's transaction."""

    session: Session
    record: ProjectRecord
    at: datetime
    actor: Principal | None
    """None when the installation itself imports."""

    def register(self, rows: Collection[KeyedRow]) -> None:
        """Write the accepted rows; some may be rejected on the way if another import was faster."""
        self._add_people(rows)
        people = find_people(self.session, rows)
        rules.check_names(rows, {identity: person.name for identity, person in people.items()})
        places = [
            (self._save_place(people[row.identity], row), row) for row in rules.accepted(rows)
        ]
        # There are no ORM relationships, so rows are flushed before those that point at them.
        self.session.flush()
        self.session.add_all(
            self._contract(worker, row.line.contract)
            for worker, row in places
            if not self._has_contract(row)
        )
        self.session.flush()

    def _save_place(self, person: Person, row: KeyedRow) -> ProjectWorker:
        known = self.record.facts.people.get(row.identity)
        if known is not None and rules.is_phone_correction(known, row.line.phone):
            person.phone = row.line.phone
            person.phone_index = self._phone_index(row.line.phone)
            self._audit(person.id, "projects.correct_phone")
        place = known.place if known else None
        worker = self.record.workers.get(person.id) or self._new_worker(person, row)
        self._update_worker(worker, row)
        if not rules.keeps_card(place):
            if place is not None and rules.is_other_bank_card(place, row):
                self._audit(person.id, "projects.change_bank_card")
            _update_card(worker, row)
        return worker

    def _has_contract(self, row: KeyedRow) -> bool:
        known = self.record.facts.people.get(row.identity)
        recorded = known.place.contracts if known is not None and known.place else {}
        return row.line.contract.start_date in recorded

    def _add_people(self, rows: Collection[KeyedRow]) -> None:
        """Insert the new people, except those another import registers at the same time."""
        new = [row for row in rules.accepted(rows) if row.identity not in self.record.facts.people]
        if not new:
            return
        # In one order everywhere, so that two imports wait for each other and never deadlock.
        new.sort(key=lambda row: row.identity)
        statement = insert(Person).on_conflict_do_nothing(
            index_elements=["id_type", "id_number_index"]
        )
        self.session.execute(statement, [self._person(row).model_dump() for row in new])

    def _person(self, row: KeyedRow) -> Person:
        identity = row.line.identity
        return Person(
            created_at=self.at,
            name=row.line.name,
            id_type=identity.id_type,
            id_number=identity.id_number,
            id_number_index=row.identity[1],
            birth_date=identity.birth_date,
            gender=identity.gender,
            nation=row.line.nation,
            address=row.line.address,
            phone=row.line.phone,
            phone_index=self._phone_index(row.line.phone),
        )

    def _new_worker(self, person: Person, row: KeyedRow) -> ProjectWorker:
        return ProjectWorker(
            created_at=self.at,
            project_id=self.record.project_id,
            person_id=person.id,
            team_id=self.record.teams[row.line.team_name],
            work_type=row.line.work_type,
            worker_role=row.line.worker_role,
            entered_date=row.line.entered_date,
        )

    def _update_worker(self, worker: ProjectWorker, row: KeyedRow) -> None:
        """Set a place to what the sheet says; a blank optional cell keeps what is on record."""
        line = row.line
        worker.team_id = self.record.teams[line.team_name]
        worker.work_type = line.work_type
        worker.worker_role = line.worker_role
        worker.is_team_leader = line.is_team_leader
        worker.entered_date = line.entered_date
        worker.left_date = line.left_date
        worker.card_number = line.card_number or worker.card_number
        self.session.add(worker)

    def _contract(self, worker: ProjectWorker, terms: ContractTerms) -> Contract:
        return Contract(
            created_at=self.at,
            project_id=worker.project_id,
            project_worker_id=worker.id,
            kind=terms.kind,
            code=terms.code,
            period_type=terms.period_type,
            start_date=terms.start_date,
            end_date=terms.end_date,
            pay_basis=terms.pay_basis,
            unit_price_fen=terms.unit_price_fen,
            payday=terms.payday,
        )

    def _phone_index(self, phone: str | None) -> bytes | None:
        return blind_index(self.session, PHONE_CONTEXT, phone) if phone else None

    def _audit(self, person_id: UUID, action: str) -> None:
        audit.record(
            self.session,
            actor=self.actor,
            action=action,
            subject_kind="person",
            subject_id=person_id,
            reason=IMPORT_REASON,
        )


def _update_card(worker: ProjectWorker, row: KeyedRow) -> None:
    line = row.line
    worker.bank_card = line.bank_card or worker.bank_card
    worker.bank_card_index = row.bank_card_index or worker.bank_card_index
    worker.bank_name = line.bank_name or worker.bank_name
    worker.bank_link_number = line.bank_link_number or worker.bank_link_number

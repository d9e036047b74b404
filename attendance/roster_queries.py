"""Every SELECT that says whom a live code or a printed card was issued to."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from attendance.judgement import CodeHolder, HeldCard, ShownWorker
from attendance.rejudge import Holder
from attendance.rules import Span
from core.masking import mask_name
from db.models import Contract, Person, ProjectWorker, Team, WorkerCard, WorkerCode
from projects.dictionaries import WORK_TYPE


@dataclass(frozen=True, slots=True)
class _Place:
    """One person's place on one project."""

    worker_id: UUID
    stay: Span
    contracts: tuple[Span, ...]
    shown: ShownWorker


@dataclass(frozen=True, slots=True)
class Roster:
    """Whom a project's gates know, by worker_ref and by card digest."""

    codes: dict[bytes, CodeHolder]
    cards: dict[bytes, HeldCard]


def get_roster(session: Session, project_id: UUID) -> Roster:
    """Return whom the codes and cards of the project's people were issued to; revoked ones too."""
    places = _list_places(session, project_id)
    return Roster(
        _list_code_holders(session, project_id, places),
        _list_held_cards(session, project_id, places),
    )


def _list_code_holders(
    session: Session, project_id: UUID, places: Mapping[UUID, _Place]
) -> dict[bytes, CodeHolder]:
    codes = session.execute(
        select(col(WorkerCode.worker_ref), col(WorkerCode.person_id))
        .add_columns(col(WorkerCode.key_generation))
        .join(ProjectWorker, col(ProjectWorker.person_id) == WorkerCode.person_id)
        .where(col(ProjectWorker.project_id) == project_id)
    )
    return {
        worker_ref: _make_holder(places.get(person_id), generation)
        for worker_ref, person_id, generation in codes
    }


def _list_held_cards(
    session: Session, project_id: UUID, places: Mapping[UUID, _Place]
) -> dict[bytes, HeldCard]:
    cards = session.execute(
        select(col(WorkerCard.digest), col(WorkerCard.person_id), col(WorkerCard.revoked_at))
        .join(ProjectWorker, col(ProjectWorker.person_id) == WorkerCard.person_id)
        .where(col(ProjectWorker.project_id) == project_id)
    )
    return {
        digest: HeldCard(_make_holder(places.get(person_id)), revoked_at)
        for digest, person_id, revoked_at in cards
    }


def find_code_holder(session: Session, project_id: UUID, worker_ref: bytes) -> CodeHolder | None:
    """Return whom the code was issued to, registered on this project or not."""
    worker_code = session.scalars(
        select(WorkerCode).where(col(WorkerCode.worker_ref) == worker_ref)
    ).one_or_none()
    if worker_code is None:
        return None
    places = _list_places(session, project_id, worker_code.person_id)
    return _make_holder(places.get(worker_code.person_id), worker_code.key_generation)


def find_held_card(session: Session, project_id: UUID, digest: bytes) -> HeldCard | None:
    """Return whom the card was made for, registered on this project or not."""
    card = session.scalars(select(WorkerCard).where(col(WorkerCard.digest) == digest)).one_or_none()
    if card is None:
        return None
    places = _list_places(session, project_id, card.person_id)
    return HeldCard(_make_holder(places.get(card.person_id)), card.revoked_at)


def _list_places(
    session: Session, project_id: UUID, person_id: UUID | None = None
) -> dict[UUID, _Place]:
    """Return the places of everybody on the project, or of one person, by person."""
    statement = (
        select(col(ProjectWorker.person_id), col(ProjectWorker.id), col(Person.name))
        .add_columns(col(ProjectWorker.work_type), col(Team.name))
        .add_columns(col(ProjectWorker.entered_date), col(ProjectWorker.left_date))
        .add_columns(col(Contract.start_date), col(Contract.end_date))
        .join(Person, col(Person.id) == ProjectWorker.person_id)
        .join(Team, col(Team.id) == ProjectWorker.team_id)
        .outerjoin(Contract, col(Contract.project_worker_id) == ProjectWorker.id)
        .where(col(ProjectWorker.project_id) == project_id)
    )
    if person_id is not None:
        statement = statement.where(col(ProjectWorker.person_id) == person_id)
    places: dict[UUID, _Place] = {}
    for person, worker, name, trade, team, entered, left, start, end in session.execute(statement):
        known = places.get(person)
        contracts = known.contracts if known else ()
        if start is not None:
            contracts = (*contracts, Span(start, end))
        shown = ShownWorker(mask_name(name), WORK_TYPE.name_of(trade), team)
        places[person] = _Place(worker, Span(entered, left), contracts, shown)
    return places


def _make_holder(place: _Place | None, key_generation: int = 0) -> CodeHolder:
    if place is None:
        return CodeHolder(Holder(key_generation, None, None, ()), None)
    holder = Holder(key_generation, place.worker_id, place.stay, place.contracts)
    return CodeHolder(holder, place.shown)

"""What gates may show beside a code: masked names, trades, teams and photos; off by default."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from core.clock import local_date
from core.masking import mask_name
from db.models import Device, GateFace
from devices import face_queries
from devices.face_queries import KnownPerson
from identity import audit
from identity.principal import Principal
from projects.dictionaries import WORK_TYPE

PAGE_FACES = 100
"""With photos of 12 kB each a page stays below two megabytes."""


@dataclass(frozen=True, slots=True)
class Face:
    """What a guard may see of one worker."""

    worker_ref: bytes
    masked_name: str
    trade: str
    team: str
    photo: str | None
    """JPEG, base64."""


@dataclass(frozen=True, slots=True)
class FacesPage:
    """What changed since a cursor."""

    is_allowed: bool
    is_full: bool
    faces: list[Face]
    gone: list[bytes]
    cursor: str
    has_more: bool


def list_faces(session: Session, *, device: Device, cursor: str | None, at: datetime) -> FacesPage:
    """Return whom a gate may show that it does not know yet, and whom it is to forget.

    Where the project does not want it, everybody is to be forgotten. A cursor that is not ours
    gets the full list.
    """
    project_id = device.project_id
    if not face_queries.are_faces_wanted(session, project_id):
        return FacesPage(
            is_allowed=False, is_full=True, faces=[], gone=[], cursor="0", has_more=False
        )
    people = {
        person.worker_ref: person
        for person in face_queries.list_people(session, project_id=project_id, on=local_date(at))
    }
    _bring_up_to_date(session, project_id, people)
    revision = face_queries.get_revision(session, project_id)
    since = _read_cursor(cursor, revision)
    found = face_queries.list_faces(
        session, project_id=project_id, after=since or 0, limit=PAGE_FACES + 1
    )
    shown, has_more = found[:PAGE_FACES], len(found) > PAGE_FACES
    kept = [people[face.worker_ref] for face in shown if face.digest is not None]
    photos = face_queries.list_photos(session, {person.person_id for person in kept})
    return FacesPage(
        is_allowed=True,
        is_full=since is None,
        faces=[_show(person, photos.get(person.person_id)) for person in kept],
        gone=[face.worker_ref for face in shown if face.digest is None],
        cursor=str(shown[-1].revision if has_more else revision),
        has_more=has_more,
    )


def set_faces_at_gates(
    session: Session, *, principal: Principal, project_id: UUID, is_wanted: bool
) -> None:
    """Say whether the gates of a project may show names and photos; who said so is recorded."""
    face_queries.get_project(session, project_id).faces_at_gates = is_wanted
    audit.record(
        session,
        actor=principal,
        action="project.faces_at_gates",
        subject_kind="project",
        subject_id=project_id,
        reason="闸机显示人员信息" if is_wanted else "闸机不再显示人员信息",
    )
    session.flush()


def _bring_up_to_date(
    session: Session, project_id: UUID, people: Mapping[bytes, KnownPerson]
) -> None:
    """Write down who came, changed or went since a gate last asked."""
    face_queries.lock_faces(session, project_id)  # gates that ask at once take turns
    listed = face_queries.list_digests(session, project_id)
    due = {worker_ref: _digest(person) for worker_ref, person in people.items()}
    gone = {ref: None for ref, digest in listed.items() if digest and ref not in due}
    changes: dict[bytes, bytes | None] = {
        ref: digest for ref, digest in due.items() if listed.get(ref) != digest
    }
    changes.update(gone)
    if not changes:
        return
    revision = face_queries.get_revision(session, project_id)
    statement = insert(GateFace)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["project_id", "worker_ref"],
            set_={name: statement.excluded[name] for name in ("digest", "revision")},
        ),
        [
            GateFace(
                project_id=project_id, worker_ref=worker_ref, digest=digest, revision=number
            ).model_dump()
            for number, (worker_ref, digest) in enumerate(changes.items(), start=revision + 1)
        ],
    )


def _show(person: KnownPerson, photo: str | None) -> Face:
    return Face(person.worker_ref, mask_name(person.name), _trade(person), person.team, photo)


def _trade(person: KnownPerson) -> str:
    return WORK_TYPE.name_of(person.work_type)


def _digest(person: KnownPerson) -> bytes:
    facts = "|".join((mask_name(person.name), _trade(person), person.team))
    return hashlib.sha256(facts.encode() + (person.photo_digest or b"")).digest()


def _read_cursor(cursor: str | None, revision: int) -> int | None:
    if cursor is None or not cursor.isascii() or not cursor.isdecimal():
        return None
    seen = int(cursor[:10])
    return seen if seen <= revision else None

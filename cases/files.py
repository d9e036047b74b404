"""Files that go with complaints: uploaded first, taken by a complaint, or dropped after a day."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from redis import Redis
from sqlmodel import Session

from cases import desk, file_queries, queries, throttle
from cases.document_errors import DocumentNotFoundError, StagedFileNotFoundError
from core.crypto import token_hash
from db.models import Complaint, ComplaintFile, StagedFile
from evidence.attachments import read_attachment
from evidence.blobs import FolderBlobs
from identity.principal import Principal

STAGED_FOR = timedelta(days=1)
TOKEN_BYTES = 24
CHUNK = 200


@dataclass(frozen=True, slots=True)
class Staged:
    """What an upload is called until a complaint takes it."""

    token: str
    file: StagedFile


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A kept file as it is given out: always as a download."""

    content: bytes
    media_type: str


def stage_file(
    session: Session,
    valkey: Redis,
    blobs: FolderBlobs,
    *,
    content: bytes,
    address: str,
    at: datetime,
) -> Staged:
    """Keep an upload for a day; pictures are drawn anew, the rest is checked.

    For anybody, so it is counted by `address`. Raises UploadsThrottledError and what
    `read_attachment` refuses.
    """
    throttle.count_upload(valkey, address=address)
    kept = read_attachment(content)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    file = StagedFile(
        created_at=at,
        token_hash=token_hash(token),
        digest=blobs.put(kept.content),
        media_type=kept.media_type,
        size=len(kept.content),
        expires_at=at + STAGED_FOR,
    )
    session.add(file)
    session.flush()
    return Staged(token, file)


def take_files(
    session: Session, complaint_id: UUID, tokens: Sequence[str], *, at: datetime
) -> list[ComplaintFile]:
    """Make staged files part of a complaint; StagedFileNotFoundError if one is gone or taken.

    Returns those the complaint did not have before.
    """
    staged = file_queries.take_staged(session, [token_hash(token) for token in tokens], at=at)
    if len(staged) != len(set(tokens)):
        raise StagedFileNotFoundError
    known = {file.digest for file in file_queries.list_files(session, complaint_id)}
    files = _make_files(staged, complaint_id, besides=known, at=at)
    session.add_all(files)
    return files


def list_digests(session: Session, tokens: Sequence[str], *, at: datetime) -> tuple[str, ...]:
    """Return what staged files hold, each once, without taking them."""
    hashes = [token_hash(token) for token in tokens]
    return tuple(file_queries.list_staged_digests(session, hashes, at=at)) if hashes else ()


def add_files(session: Session, complaint_id: UUID, tokens: Sequence[str], *, at: datetime) -> None:
    """Add staged files to a complaint that has some; what it has, or took before, is no error."""
    staged = file_queries.take_staged(session, [token_hash(token) for token in tokens], at=at)
    known = {file.digest for file in file_queries.list_files(session, complaint_id)}
    session.add_all(_make_files(staged, complaint_id, besides=known, at=at))


def _make_files(
    staged: Sequence[StagedFile], complaint_id: UUID, *, besides: Collection[str], at: datetime
) -> list[ComplaintFile]:
    by_digest = {file.digest: file for file in staged}  # the same picture twice is one
    return [
        ComplaintFile(
            created_at=at,
            complaint_id=complaint_id,
            digest=file.digest,
            media_type=file.media_type,
            size=file.size,
        )
        for file in by_digest.values()
        if file.digest not in besides
    ]


def drop_staged_chunk(session: Session, blobs: FolderBlobs, *, at: datetime) -> bool:
    """Forget some uploads that no complaint took within a day; tell whether there may be more.

    The file goes before its row: killed between the two, the next run finds the row and goes on.
    A file that anything else names stays.
    """
    expired = file_queries.lock_expired(session, at=at, limit=CHUNK)
    named = file_queries.list_named(session, [file.digest for file in expired], besides=expired)
    for file in expired:
        if file.digest not in named:
            blobs.drop(file.digest, unused_since=at - STAGED_FOR)
        session.delete(file)
    return len(expired) == CHUNK


def list_files(session: Session, *, principal: Principal, number: str) -> list[ComplaintFile]:
    """Return the files of a case of the caller's division; CaseNotFoundError."""
    _, complaint = desk.lock_case(session, principal, number)
    return file_queries.list_files(session, complaint.id)


def read_file(
    session: Session, blobs: FolderBlobs, *, principal: Principal, number: str, digest: str
) -> HandedIn:
    """Return a file to an inspector of the division; CaseNotFoundError, DocumentNotFoundError."""
    _, complaint = desk.lock_case(session, principal, number)
    return _read(session, blobs, complaint, digest)


def read_own_file(
    session: Session, blobs: FolderBlobs, *, person_id: UUID, number: str, digest: str
) -> HandedIn:
    """Return a file to who handed it in; ComplaintNotFoundError, DocumentNotFoundError."""
    complaint = queries.get_own_complaint(session, number, person_id=person_id)
    return _read(session, blobs, complaint, digest)


def _read(session: Session, blobs: FolderBlobs, complaint: Complaint, digest: str) -> HandedIn:
    for file in file_queries.list_files(session, complaint.id):
        if file.digest == digest:
            return HandedIn(blobs.get(digest), file.media_type)
    raise DocumentNotFoundError

"""What is sealed with a complaint, and who gets how much of it."""

from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from redis import Redis
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from cases import bundles, files, identities
from cases.desk_errors import HandlerRequiredError
from cases.document_errors import StagedFileNotFoundError
from cases.filing import FiledComplaint
from core.case_enums import CaseAction
from core.clock import now
from core.keyring import Keyring
from db.models import ComplaintFile, EvidenceBundle, StagedFile
from evidence.blobs import FolderBlobs
from evidence.bundles import check_bundle
from evidence.receipts import jwks
from identity.errors import ReasonTooShortError
from identity.principal import Principal
from tests.cases.test_documents import take
from tests.factories.cases import FILED_AT, make_complaint, make_inspector
from tests.identity.test_portraits import photograph

REASON = "作出处理决定前核对证据"


@pytest.fixture
def blobs(keyring: Keyring, tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path, keyring.fields)


@pytest.fixture
def inspector(session: Session) -> Principal:
    return make_inspector(session)


@pytest.fixture
def token(session: Session, redis: Redis, blobs: FolderBlobs) -> str:
    """An uploaded photo."""
    content = photograph((320, 200))
    return files.stage_file(
        session, redis, blobs, content=content, address="local", at=FILED_AT
    ).token


@pytest.fixture
def filed(session: Session, keyring: Keyring, token: str, inspector: Principal) -> FiledComplaint:
    """A sealed complaint with a photo that an inspector has taken on."""
    filed = make_complaint(session)
    bundles.seal(
        session, keyring, complaint_id=filed.complaint_id, attachments=[token], at=FILED_AT
    )
    take(session, inspector, filed, CaseAction.ACCEPT)
    return filed


def names_in(content: bytes) -> set[str]:
    with ZipFile(BytesIO(content)) as bundle:
        return set(bundle.namelist()) - {"manifest.json", "manifest.jws", "keys.json"}


def test_a_photo_that_comes_with_the_second_tap_is_kept_once(
    session: Session, keyring: Keyring, redis: Redis, blobs: FolderBlobs, filed: FiledComplaint
) -> None:
    for _ in range(2):
        fresh = files.stage_file(
            session, redis, blobs, content=photograph((100, 80)), address="local", at=FILED_AT
        )
        bundles.seal(
            session,
            keyring,
            complaint_id=filed.complaint_id,
            attachments=[fresh.token, "taken-already"],
            at=FILED_AT,
        )

    assert len(session.exec(select(ComplaintFile)).all()) == 2


def test_without_a_reason_nobody_is_named(
    session: Session,
    keyring: Keyring,
    blobs: FolderBlobs,
    inspector: Principal,
    filed: FiledComplaint,
) -> None:
    content = bundles.give_out(
        session, keyring, blobs, principal=inspector, number=filed.number, reason=None
    )
    assert names_in(content) == {"complaint.json", "duties.json"}
    assert check_bundle(content, jwks(keyring))


def test_with_a_reason_it_is_whole_and_remembered(
    session: Session,
    keyring: Keyring,
    blobs: FolderBlobs,
    inspector: Principal,
    filed: FiledComplaint,
) -> None:
    content = bundles.give_out(
        session, keyring, blobs, principal=inspector, number=filed.number, reason=REASON
    )
    assert names_in(content) == {
        "complaint.json",
        "statement.json",
        "duties.json",
        "files/01.jpg",
    }
    assert all("withheld" not in line for line in check_bundle(content, jwks(keyring)))
    (look,) = identities.list_unlocks(session, principal=inspector, number=filed.number)
    assert (look.actor_id, look.reason) == (inspector.person_id, REASON)
    assert look.detail["fields"] == "name,id_number,phone"


def test_a_colleague_who_does_not_handle_the_case_gets_no_names(
    session: Session, keyring: Keyring, blobs: FolderBlobs, filed: FiledComplaint
) -> None:
    colleague = make_inspector(session, name="赵监察")
    with pytest.raises(HandlerRequiredError):
        bundles.give_out(
            session, keyring, blobs, principal=colleague, number=filed.number, reason=REASON
        )


def test_names_need_a_real_reason(
    session: Session,
    keyring: Keyring,
    blobs: FolderBlobs,
    inspector: Principal,
    filed: FiledComplaint,
) -> None:
    with pytest.raises(ReasonTooShortError):
        bundles.give_out(
            session, keyring, blobs, principal=inspector, number=filed.number, reason="看"
        )


def test_a_second_seal_changes_nothing(
    session: Session, keyring: Keyring, filed: FiledComplaint
) -> None:
    bundles.seal(session, keyring, complaint_id=filed.complaint_id, at=FILED_AT)
    assert len(session.exec(select(EvidenceBundle)).all()) == 1


def test_an_upload_is_taken_once(
    session: Session, keyring: Keyring, filed: FiledComplaint, token: str
) -> None:
    other = make_complaint(session, statement="另一件事")
    with pytest.raises(StagedFileNotFoundError):
        bundles.seal(
            session, keyring, complaint_id=other.complaint_id, attachments=[token], at=FILED_AT
        )


LATER = now() + timedelta(days=2)
"""Files on the disk know the true time only."""


def drop(session: Session, blobs: FolderBlobs, at: datetime) -> None:
    assert not files.drop_staged_chunk(session, blobs, at=at)
    session.flush()


def test_an_upload_nobody_takes_is_gone_after_a_day_from_the_disk_too(
    session: Session, blobs: FolderBlobs, token: str
) -> None:
    staged = session.exec(select(StagedFile)).one()

    drop(session, blobs, FILED_AT + timedelta(hours=23))
    assert blobs.exists(staged.digest)
    drop(session, blobs, LATER)

    assert session.exec(select(StagedFile)).all() == []
    assert not blobs.exists(staged.digest)


def test_a_file_that_a_complaint_names_stays_when_the_same_upload_is_dropped(
    session: Session, redis: Redis, blobs: FolderBlobs, filed: FiledComplaint
) -> None:
    kept = session.exec(select(ComplaintFile)).one()
    content = photograph((320, 200))
    files.stage_file(session, redis, blobs, content=content, address="local", at=FILED_AT)
    assert session.exec(select(StagedFile)).one().digest == kept.digest

    drop(session, blobs, LATER)

    assert blobs.get(kept.digest)


def test_a_run_killed_between_file_and_row_is_finished_by_the_next(
    session: Session, blobs: FolderBlobs, token: str
) -> None:
    with session.begin_nested() as killed:
        drop(session, blobs, LATER)
        killed.rollback()
    assert session.exec(select(StagedFile)).all() != []

    drop(session, blobs, LATER)

    assert session.exec(select(StagedFile)).all() == []


def test_the_same_picture_twice_is_one_file(
    session: Session, redis: Redis, blobs: FolderBlobs, keyring: Keyring
) -> None:
    content = photograph((320, 200))
    tokens = [
        files.stage_file(session, redis, blobs, content=content, address="local", at=FILED_AT).token
        for _ in range(2)
    ]
    complaint = make_complaint(session)
    bundles.seal(
        session, keyring, complaint_id=complaint.complaint_id, attachments=tokens, at=FILED_AT
    )
    assert len(session.exec(select(ComplaintFile)).all()) == 1


@pytest.mark.parametrize("table", [EvidenceBundle, ComplaintFile])
def test_what_was_sealed_never_changes(
    session: Session, filed: FiledComplaint, table: type[EvidenceBundle | ComplaintFile]
) -> None:
    session.delete(session.exec(select(table)).one())
    with pytest.raises(DBAPIError, match="append-only"):
        session.flush()

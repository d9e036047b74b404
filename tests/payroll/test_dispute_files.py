"""Photos and recordings of a dispute: kept harmless, read by both sides and nobody else."""

from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from core.case_enums import Disclosure
from core.crypto import FieldKeys
from core.enums import PayslipAnswerState, Role
from core.keyring import Keyring
from db.models import DisputeFile, Payslip
from evidence.blobs import FolderBlobs
from evidence.errors import UnknownAttachmentError
from identity.principal import Principal
from payroll import answers, dispute_complaints, dispute_files
from payroll.dispute_files import MOST_FILES
from payroll.errors import (
    AnswerNotYoursError,
    DisputeFileNotFoundError,
    NotDisputedError,
    PayslipNotFoundError,
    TooManyDisputeFilesError,
)
from payroll.follow_up_queries import list_disputes
from tests.factories.identity import make_principal
from tests.factories.payroll import AT, Site, make_site, publish
from tests.identity.test_portraits import photograph

RECORDING = b"#!AMR\n" + bytes(100)


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path, FieldKeys({1: b"\x01" * 32}, 1, b"\x02" * 32))


@pytest.fixture
def payslip(session: Session, site: Site) -> Payslip:
    """A disputed payslip."""
    payslip = publish(session, site)[0]
    answers.dispute_payslip(
        session,
        principal=site.worker,
        payslip_id=payslip.id,
        reason="少算了两天",
        fields=["net"],
        expected={"work_time": "24 天"},
        at=AT,
    )
    session.expire_all()
    return payslip


def add(
    session: Session,
    blobs: FolderBlobs,
    who: Principal,
    payslip: Payslip,
    content: bytes = RECORDING,
) -> DisputeFile:
    return dispute_files.add_dispute_file(
        session, blobs, principal=who, payslip_id=payslip.id, content=content, at=AT
    )


def test_naming_what_a_field_should_be_disputes_it(session: Session, payslip: Payslip) -> None:
    own = answers.get_payslip(session, person_id=payslip.person_id, payslip_id=payslip.id)

    assert own.answer is not None
    assert own.answer.fields == ["net", "work_time"]
    assert own.answer.expected == {"work_time": "24 天"}


def test_a_photo_is_drawn_anew_and_read_by_both_sides(
    session: Session, blobs: FolderBlobs, site: Site, payslip: Payslip
) -> None:
    file = add(session, blobs, site.worker, payslip, photograph() + b"hidden")

    own = dispute_files.read_own_file(
        session, blobs, person_id=payslip.person_id, payslip_id=payslip.id, file_id=file.id
    )
    shown = dispute_files.read_workers_file(
        session, blobs, project_id=site.project.id, payslip_id=payslip.id, file_id=file.id
    )

    assert own == shown
    assert (own.media_type, b"hidden" in own.content) == ("image/jpeg", False)


def test_the_manager_sees_files_and_expectations_with_the_dispute(
    session: Session, blobs: FolderBlobs, site: Site, payslip: Payslip
) -> None:
    file = add(session, blobs, site.worker, payslip)

    [dispute] = list_disputes(session, project_id=site.project.id, before=None, limit=5)

    assert [each.id for each in dispute.files] == [file.id]
    assert dispute.answer.expected == {"work_time": "24 天"}


def test_the_same_file_twice_is_one(
    session: Session, blobs: FolderBlobs, site: Site, payslip: Payslip
) -> None:
    first = add(session, blobs, site.worker, payslip)

    assert add(session, blobs, site.worker, payslip).id == first.id


def test_a_few_files_are_enough(
    session: Session, blobs: FolderBlobs, site: Site, payslip: Payslip
) -> None:
    for number in range(MOST_FILES):
        add(session, blobs, site.worker, payslip, RECORDING + bytes([number]))

    with pytest.raises(TooManyDisputeFilesError):
        add(session, blobs, site.worker, payslip, RECORDING + b"more")


def test_other_kinds_of_file_leave_nothing_behind(
    session: Session, blobs: FolderBlobs, site: Site, payslip: Payslip, tmp_path: Path
) -> None:
    with pytest.raises(UnknownAttachmentError):
        add(session, blobs, site.worker, payslip, b"MZ program")

    assert list(tmp_path.iterdir()) == []


def test_only_the_worker_adds_to_their_dispute(
    session: Session, blobs: FolderBlobs, site: Site, payslip: Payslip
) -> None:
    with pytest.raises(AnswerNotYoursError):
        add(session, blobs, make_principal(payslip.person_id, Role.LABOUR_MANAGER), payslip)
    with pytest.raises(PayslipNotFoundError):
        add(session, blobs, site.principal(1), payslip)


def test_without_a_dispute_nothing_is_handed_in(
    session: Session, blobs: FolderBlobs, site: Site
) -> None:
    with pytest.raises(NotDisputedError):
        add(session, blobs, site.worker, publish(session, site)[0])


def test_a_file_of_another_project_does_not_exist(
    session: Session, blobs: FolderBlobs, site: Site, payslip: Payslip
) -> None:
    file = add(session, blobs, site.worker, payslip)

    with pytest.raises(DisputeFileNotFoundError):
        dispute_files.read_workers_file(
            session,
            blobs,
            project_id=make_site(session).project.id,
            payslip_id=payslip.id,
            file_id=file.id,
        )


def test_what_was_handed_in_stays(
    session: Session, blobs: FolderBlobs, site: Site, payslip: Payslip
) -> None:
    file = add(session, blobs, site.worker, payslip)
    session.delete(file)

    with pytest.raises(DBAPIError, match="dispute_file"):
        session.flush()


def test_one_tap_makes_a_complaint_of_it_and_two_taps_one(
    session: Session, keyring: Keyring, site: Site, payslip: Payslip
) -> None:
    def tap() -> str:
        return dispute_complaints.complain_of_dispute(
            session,
            keyring,
            principal=site.worker,
            payslip_id=payslip.id,
            disclosure=Disclosure.SHIELDED,
            at=AT,
        ).number

    assert tap() == tap()
    session.expire_all()
    assert payslip.answer_state is PayslipAnswerState.DISPUTED


def test_the_complaint_says_what_the_dispute_said(session: Session, payslip: Payslip) -> None:
    [dispute] = list_disputes(session, project_id=payslip.project_id, before=None, limit=5)

    statement = dispute_complaints.compose_statement(dispute)

    assert statement == (
        "2026-10 的工资条（实发 7875.00 元）不对：少算了两天。应该是：24 天。工地还没有答复"
    )


def test_nothing_to_complain_of_by_one_tap_without_a_dispute(
    session: Session, keyring: Keyring, site: Site
) -> None:
    payslip = publish(session, site)[0]
    with pytest.raises(NotDisputedError):
        dispute_complaints.complain_of_dispute(
            session,
            keyring,
            principal=site.worker,
            payslip_id=payslip.id,
            disclosure=Disclosure.NAMED,
            at=AT,
        )


def test_the_open_disputes_query_counts_files_once(
    session: Session, blobs: FolderBlobs, site: Site, payslip: Payslip
) -> None:
    add(session, blobs, site.worker, payslip)
    add(session, blobs, site.worker, payslip, photograph())

    listed = list_disputes(session, project_id=site.project.id, before=None, limit=5)

    assert [len(each.files) for each in listed] == [2]
    assert len(session.exec(select(DisputeFile)).all()) == 2

"""Whose phone a roster may set: nobody's who has already answered without one."""

from sqlmodel import Session, select

from db.models import Person, Project
from projects.findings import FindingCode
from tests.factories.workbooks import make_row
from tests.projects.test_roster import codes, project, sign_in, upload

__all__ = ["project"]


def test_a_missing_phone_may_be_filled_in_before_anything_is_answered(
    session: Session, project: Project
) -> None:
    upload(session, project, make_row(1, PHONE=None))
    person = session.exec(select(Person)).one()

    upload(session, project, make_row(1))

    assert (person.phone, person.phone_index is not None) == ("+8619100000001", True)


def test_no_roster_gives_a_phone_to_who_has_signed_in_without_one(
    session: Session, project: Project
) -> None:
    upload(session, project, make_row(1, PHONE=None))
    person = session.exec(select(Person)).one()
    sign_in(session, person)

    report = upload(session, project, make_row(1))

    assert codes(report) == [FindingCode.PHONE_KEPT]
    assert person.phone is None

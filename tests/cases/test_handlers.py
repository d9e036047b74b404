"""Who may investigate, and who may learn who complained."""

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from cases import desk, identities, shield
from cases import errors as refusals
from cases.desk_errors import (
    ConflictOfInterestError,
    HandlerRequiredError,
    HeadRequiredError,
    IdentityUnknownError,
    NoInspectorHereError,
)
from core.case_enums import (
    CaseAction,
    Disclosure,
)
from core.enums import Role
from db.models import (
    AuditEntry,
    Person,
)
from identity.principal import Principal
from identity.rules import SeenField
from tests.cases.desk_work import accept, act, ask, decide
from tests.factories.cases import FILED_AT, make_complaint, make_inspector
from tests.factories.identity import make_grant, make_person
from tests.factories.projects import make_project


def test_one_inspector_alone_closes_nothing(
    session: Session, number: str, first: Principal
) -> None:
    act(session, first, number, CaseAction.ACCEPT)

    with pytest.raises(refusals.TwoInspectorsRequiredError):
        act(session, first, number, CaseAction.CLOSE)


def test_an_inspector_who_handles_nothing_closes_nothing(
    session: Session, number: str, first: Principal, second: Principal
) -> None:
    accept(session, number, first, second)

    with pytest.raises(refusals.TwoInspectorsRequiredError):
        act(session, make_inspector(session, name="吴监察"), number, CaseAction.CLOSE)


def test_whoever_is_part_of_the_matter_is_not_assigned(
    session: Session, first: Principal, worker: Person
) -> None:
    project = make_project(session)
    number = make_complaint(session, person_id=worker.id, project_id=project.id).number
    cousin = make_person(session, name="赵监察")
    make_grant(session, cousin, Role.INSPECTOR, county_code="330106")
    make_grant(session, cousin, Role.LABOUR_MANAGER, project_id=project.id)

    with pytest.raises(ConflictOfInterestError):
        desk.assign_handler(
            session, principal=first, number=number, person_id=cousin.id, at=FILED_AT
        )


def test_whoever_stepped_back_never_returns(
    session: Session, number: str, first: Principal, second: Principal
) -> None:
    accept(session, number, first, second)
    desk.recuse_handler(
        session,
        principal=second,
        number=number,
        person_id=second.person_id,
        reason="和班组长是亲戚",
        at=FILED_AT,
    )

    with pytest.raises(ConflictOfInterestError):
        desk.assign_handler(
            session, principal=first, number=number, person_id=second.person_id, at=FILED_AT
        )


def test_whoever_stepped_back_has_no_hand_in_the_case_any_more(
    session: Session, number: str, first: Principal, second: Principal
) -> None:
    accept(session, number, first, second)
    about: dict[str, Any] = {
        "session": session,
        "principal": second,
        "number": number,
        "at": FILED_AT,
    }
    desk.recuse_handler(**about, person_id=second.person_id, reason="和班组长是亲戚")

    for have_a_hand in (
        partial(desk.add_note, **about, text="先放一放"),
        partial(desk.assign_handler, **about, person_id=make_inspector(session).person_id),
        partial(shield.settle_sign, **about, sign_id=uuid4(), finding="没有打击报复"),
        partial(act, session, second, number, CaseAction.SUSPEND),
    ):
        with pytest.raises(ConflictOfInterestError):
            have_a_hand()


def test_whoever_stepped_back_decides_nothing(
    session: Session, number: str, first: Principal, second: Principal, head: Principal
) -> None:
    accept(session, number, first, second)
    request_id = ask(session, first, number, CaseAction.EXTEND)
    desk.assign_handler(
        session, principal=first, number=number, person_id=head.person_id, at=FILED_AT
    )
    desk.recuse_handler(
        session,
        principal=head,
        number=number,
        person_id=head.person_id,
        reason="老板是亲戚",
        at=FILED_AT,
    )

    with pytest.raises(ConflictOfInterestError):
        decide(session, head, number, request_id)


def test_only_the_head_takes_others_off(
    session: Session, number: str, first: Principal, second: Principal
) -> None:
    accept(session, number, first, second)

    with pytest.raises(HeadRequiredError):
        desk.recuse_handler(
            session,
            principal=first,
            number=number,
            person_id=second.person_id,
            reason="有利害关系",
            at=FILED_AT,
        )


def test_only_inspectors_of_the_county_are_assigned(
    session: Session, number: str, first: Principal
) -> None:
    stranger = make_inspector(session, county_code="330203")

    with pytest.raises(NoInspectorHereError):
        desk.assign_handler(
            session, principal=first, number=number, person_id=stranger.person_id, at=FILED_AT
        )


@pytest.mark.parametrize("disclosure", [Disclosure.NAMED, Disclosure.SHIELDED])
def test_every_look_at_an_identity_is_recorded_twice(
    session: Session, worker: Person, first: Principal, disclosure: Disclosure
) -> None:
    number = make_complaint(session, person_id=worker.id, disclosure=disclosure).number
    act(session, first, number, CaseAction.ACCEPT)

    found = identities.unlock_identity(
        session, principal=first, number=number, reason="联系投诉人核实金额"
    )
    session.flush()

    looks = identities.list_unlocks(session, principal=first, number=number)
    trail = session.exec(select(AuditEntry).where(AuditEntry.subject_id == worker.id)).all()
    assert (found.name, found.phone) == (worker.name, worker.phone)
    assert [look.actor_id for look in looks] == [first.person_id]
    assert identities.list_fields(looks[0]) == [SeenField.NAME, SeenField.PHONE]
    assert {one.action for one in trail} == {"person.unmask"}
    assert {one.detail["field"] for one in trail} == {"name", "phone"}


def test_who_does_not_handle_the_case_unlocks_nothing(
    session: Session, number: str, first: Principal
) -> None:
    with pytest.raises(HandlerRequiredError):
        identities.unlock_identity(
            session, principal=first, number=number, reason="想知道是谁投诉的"
        )


def test_an_anonymous_complaint_has_nothing_to_unlock(session: Session, first: Principal) -> None:
    number = make_complaint(session, disclosure=Disclosure.ANONYMOUS).number
    act(session, first, number, CaseAction.ACCEPT)

    with pytest.raises(IdentityUnknownError):
        identities.unlock_identity(
            session, principal=first, number=number, reason="联系投诉人核实金额"
        )

"""What officials send about cases and bureaus, and where: a valid value for every operation."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from cases.filing import Filing, record
from core.case_enums import (
    CaseAction,
    ClockKind,
    ComplaintKind,
    Disclosure,
    GroupState,
    RetaliationKind,
)
from core.clock import local_date, now
from db.models import (
    BureauContact,
    BureauHead,
    Case,
    CaseGroup,
    CaseHandler,
    CaseRequest,
    GroupAlert,
    LocalPromise,
    RetaliationSign,
)
from tests.factories.identity import make_person

CASE_OPERATIONS = (
    "list_cases",
    "get_case",
    "act_on_case",
    "file_assisted_complaint",
    "decide_request",
    "list_colleagues",
    "assign_handler",
    "recuse_handler",
    "add_note",
    "unlock_identity",
    "list_unlocks",
    "settle_sign",
    "list_case_groups",
    "get_case_group",
    "confirm_case_group",
    "dissolve_case_group",
    "leave_case_group",
    "name_representative",
    "acknowledge_alert",
    "add_dispatch_entry",
    "get_case_statistics",
    "import_clues",
    "act_on_behalf",
)
"""For inspectors."""
BUREAU_OPERATIONS = (
    "get_bureau",
    "add_bureau_contact",
    "end_bureau_contact",
    "appoint_head",
    "dismiss_head",
    "list_bureau_alarms",
    "list_promises",
    "add_promise",
    "end_promise",
)
"""For administrators."""

CASE_BODIES: dict[str, dict[str, Any]] = {
    "file_assisted_complaint": {"json": {"statement": "没发工资", "county_code": "330106"}},
    "decide_request": {"json": {"granted": False, "reason": "再查一查"}},
    "assign_handler": {"json": {"person_id": "01920000-0000-7000-8000-000000000000"}},
    "recuse_handler": {
        "json": {"person_id": "01920000-0000-7000-8000-000000000000", "reason": "是亲戚"}
    },
    "import_clues": {"files": {"file": ("x.csv", b"no clue")}},
    "act_on_behalf": {"json": {"means": "window", "note": "十一月的也没发"}},
    "add_note": {"json": {"text": "已和班组长通电话"}},
    "unlock_identity": {"json": {"reason": "联系投诉人核实金额"}},
    "settle_sign": {"json": {"finding": "已到工地核实，是正常退场"}},
    "name_representative": {"json": {"number": "AX26112304271906"}},
    "add_dispatch_entry": {"json": {"kind": "arrived", "text": "已到工地门口"}},
    "add_promise": {
        "json": {
            "kind": "acceptance",
            "days": 3,
            "source": "某县服务承诺",
            "from_date": "2026-11-01",
        }
    },
    "add_bureau_contact": {
        "json": {"name": "某值班员", "phone": "19100000777", "is_emergency": True}
    },
}


def make_case_address(
    session: Session, number: str, staff_id: UUID
) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Let an official head the bureau and handle the case; return addresses and own bodies."""
    case = session.exec(select(Case).where(Case.number == number)).one()
    today = local_date(now())
    other_id = make_person(session, name="周监察").id
    for person_id in (staff_id, other_id):
        session.add(CaseHandler(case_id=case.id, person_id=person_id, assigned_by=staff_id))
    session.add(BureauHead(division_code=case.county_code, person_id=staff_id, from_date=today))
    contact = BureauContact(
        division_code=case.county_code,
        name="某值班员",
        phone="+8619100000778",
        is_emergency=True,
        from_date=today,
    )
    request = CaseRequest(case_id=case.id, action=CaseAction.EXTEND, requested_by=other_id)
    sign = RetaliationSign(case_id=case.id, kind=RetaliationKind.REMOVED)
    promise = LocalPromise(
        division_code=case.county_code,
        kind=ClockKind.ACCEPTANCE,
        days=3,
        source="某县服务承诺",
        from_date=today,
    )
    session.add_all([contact, request, sign, promise])
    group, member = _make_group(session, case, contact)
    address = {
        "request_id": str(request.id),
        "sign_id": str(sign.id),
        "group_id": str(group.id),
        "contact_id": str(contact.id),
        "promise_id": str(promise.id),
        "division_code": case.county_code,
    }
    bodies = {
        "recuse_handler": {"json": {"person_id": str(other_id), "reason": "是亲戚"}},
        "name_representative": {"json": {"number": member}},
    }
    return address, bodies


def _make_group(session: Session, case: Case, contact: BureauContact) -> tuple[CaseGroup, str]:
    """Put the case into a group with another one that speaks for five people."""
    group = CaseGroup(
        county_code=case.county_code,
        state=GroupState.SUGGESTED,
        last_filed_at=now(),
        people=6,
        mass_since=now(),
    )
    session.add(group)
    session.flush()
    filing = Filing(
        kind=ComplaintKind.COMPLAINT,
        disclosure=Disclosure.ANONYMOUS,
        statement="我们五个人都没拿到",
        county_code=case.county_code,
        people=5,
    )
    member = record(session, filing, at=now()).number
    case.group_id = group.id
    session.exec(select(Case).where(Case.number == member)).one().group_id = group.id
    session.add(
        GroupAlert(group_id=group.id, contact_id=contact.id, division_code=case.county_code)
    )
    session.flush()
    return group, member

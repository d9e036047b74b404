"""Who may call what of papers of cases, files of complaints and their bundles."""

import secrets
from typing import Any

from sqlmodel import Session, select

from cases import bundles
from core.case_enums import CaseAction, CaseState, DocumentKind
from core.clock import now
from core.enums import Role
from core.keyring import Keyring
from db.models import Case, CaseDocument, CaseEvent, ComplaintFile
from tests.factories.files import DIGEST
from tests.factories.identity import make_person

ANYONE = frozenset({"nobody", "device", *Role})
WORKER = frozenset({Role.WORKER})
INSPECTOR = frozenset({Role.INSPECTOR})
MANAGER = frozenset({Role.LABOUR_MANAGER})

PAPER_CALLERS: dict[str, frozenset[str]] = {
    "list_papers": INSPECTOR,
    "draw_up_paper": INSPECTOR,
    "read_paper": INSPECTOR,
    "record_service": INSPECTOR,
    "list_own_papers": WORKER,
    "read_own_paper": WORKER,
    "read_paper_by_pin": ANYONE,
    "check_paper": ANYONE,
    "stage_file": ANYONE,
    "list_complaint_files": INSPECTOR,
    "read_complaint_file": INSPECTOR,
    "take_bundle": INSPECTOR,
    "get_own_agreement": WORKER,
    "sign_own_agreement": WORKER,
    "list_project_agreements": MANAGER,
    "sign_for_employer": MANAGER,
    "get_case_agreement": INSPECTOR,
    "record_paper_signature": INSPECTOR,
}

PAPER_BODIES: dict[str, dict[str, Any]] = {
    "draw_up_paper": {"json": {"event_id": "01920000-0000-7000-8000-000000000000"}},
    "record_service": {
        "data": {
            "method": "mail",
            "recipient": "employer",
            "served_at": "2026-11-20T10:00:00+08:00",
        }
    },
    "take_bundle": {"json": {"reason": "作出处理决定前核对证据"}},
    "sign_own_agreement": {"json": {"content_hash": "0" * 64}},
    "sign_for_employer": {"json": {"content_hash": "0" * 64}},
    "record_paper_signature": {
        "data": {"party": "employer", "signer_name": "钱某某", "content_hash": "0" * 64},
        "files": {"proof": ("x.jpg", b"no picture")},
    },
    "stage_file": {"files": {"file": ("x.jpg", b"no picture")}},
}


def make_paper_address(
    session: Session, keyring: Keyring, number: str
) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Write a paper, a file, the bundle and a proposal of the case; return addresses and bodies."""
    case = session.exec(select(Case).where(Case.number == number)).one()
    event = session.exec(select(CaseEvent).where(CaseEvent.case_id == case.id)).first()
    assert event is not None
    paper = CaseDocument(
        case_id=case.id,
        event_id=event.id,
        kind=DocumentKind.ACCEPTANCE,
        division_code=case.county_code,
        year=2026,
        serial=1,
        digest=DIGEST,
        check_code=secrets.token_hex(6).upper(),
        drawn_by=make_person(session, name="某监察员").id,
    )
    file = ComplaintFile(
        complaint_id=case.complaint_id, digest=DIGEST, media_type="image/jpeg", size=3
    )
    proposal = CaseEvent(
        case_id=case.id,
        county_code=case.county_code,
        action=CaseAction.PROPOSE_AGREEMENT,
        from_state=CaseState.ACCEPTED,
        to_state=CaseState.MEDIATING,
    )
    case.state = proposal.to_state
    session.add_all([paper, file, proposal])
    session.flush()
    bundles.seal(session, keyring, complaint_id=case.complaint_id, at=now())
    address = {"paper_id": str(paper.id), "check_code": paper.check_code, "digest": DIGEST}
    return address, {"draw_up_paper": {"json": {"event_id": str(event.id)}}}

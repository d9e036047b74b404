"""Brings the demo project's files into an empty installation through the product's own imports."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from attendance.imports import import_attlog
from attendance.sheets import LockExcuses, draw_up_sheet, lock_sheet
from core.enums import DeviceProfile, Role
from core.phone import parse_mobile
from db.models import Employer, Person, Project, RoleGrant
from db.session import Database, blind_index
from demo import people
from demo.generate import GATE_LOG, ROSTER
from demo.welcome import STAFF, Staff
from devices.service import create_device
from payroll.batch_queries import GENERAL_CONTRACTOR
from payroll.service import create_pay_sheet, publish_pay_sheet
from projects.queries import list_parties, list_teams
from projects.registration import PHONE_CONTEXT
from projects.roster import import_roster
from projects.service import import_project

MONTH = "2026-10"
GATE_NAME = "南门 1 号闸机"
GATE_SERIAL = "NCD8260300001"
PUBLISHED_TEAM = people.TEAMS[0].name
"""The others are left for `make demo` and for whoever wants to try."""


class DemoError(Exception):
    """The committed demo files no longer pass the product's own checks."""


def load_demo(database: Database, at: datetime) -> None:
    """Load everything in one transaction, so that an interrupted start begins anew."""
    with database.transaction() as session:
        project = import_project(session, content=ROSTER.read_bytes(), at=at)
        _import_workers(session, project.id, at)
        builder = next(
            employer
            for party, employer in list_parties(session, project.id)
            if party.party_type == GENERAL_CONTRACTOR
        )
        for staff in STAFF:
            _add_staff(session, staff, project, builder)
        _import_gate_log(session, project.id, at)
        _draw_up_sheets(session, project.id, at)


def _import_workers(session: Session, project_id: UUID, at: datetime) -> None:
    content = ROSTER.read_bytes()
    report = import_roster(session, project_id=project_id, content=content, dry_run=False, at=at)
    if report.imported != people.WORKER_COUNT:
        raise DemoError(f"{report.rejected} rows of {ROSTER.name} were rejected")


def _add_staff(session: Session, staff: Staff, project: Project, builder: Employer) -> None:
    phone = parse_mobile(staff.phone)
    index = blind_index(session, PHONE_CONTEXT, phone)
    person = Person(name=staff.name, phone=phone, phone_index=index)
    session.add(person)
    session.flush()
    session.add(
        RoleGrant(
            person_id=person.id,
            role=staff.role,
            project_id=project.id if staff.role is Role.LABOUR_MANAGER else None,
            employer_id=builder.id if staff.role is Role.EMPLOYER_ADMIN else None,
            county_code=project.county_code if staff.role is Role.INSPECTOR else None,
        )
    )


def _import_gate_log(session: Session, project_id: UUID, at: datetime) -> None:
    gate = create_device(
        session,
        project_id=project_id,
        name=GATE_NAME,
        profile=DeviceProfile.GATE,
        serial_number=GATE_SERIAL,
    )
    report = import_attlog(
        session,
        project_id=project_id,
        device_id=gate.device_id,
        content=GATE_LOG.read_bytes(),
        at=at,
    )
    if report.faults or report.unknown_pins:
        raise DemoError(f"{GATE_LOG.name} has lines that cannot be read or placed")


def _draw_up_sheets(session: Session, project_id: UUID, at: datetime) -> None:
    """Lock October for the first team and publish its payslips."""
    team = next(team for team in list_teams(session, project_id) if team.name == PUBLISHED_TEAM)
    sheet = draw_up_sheet(session, project_id=project_id, team_id=team.id, month=MONTH, at=at)
    signed = LockExcuses(
        unsettled_reason="缺的进出场记录已和工人当面核对",
        skipped_reason="班组长、分包单位已在纸质表上签字",
    )
    lock_sheet(session, project_id=project_id, sheet_id=sheet.id, at=at, excuses=signed)
    pay_sheet = create_pay_sheet(
        session, project_id=project_id, team_id=team.id, month=MONTH, at=at
    )
    publish_pay_sheet(session, project_id=project_id, sheet_id=pay_sheet.id, at=at)

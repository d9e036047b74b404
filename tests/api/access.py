"""Who may call what: one line for every operation, and a world with own and other things."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from core.enums import DeviceProfile, Role
from core.keyring import Keyring
from devices.service import create_device
from identity.principal import Principal
from tests.factories.cases import make_complaint
from tests.factories.identity import make_person, make_principal
from tests.factories.payroll import MONTH, Site, confirm_all, make_site, send_to_bank

ANYONE = frozenset({"nobody", "device", *Role})
PERSON = frozenset(Role)
WORKER = frozenset({Role.WORKER})
MANAGER = frozenset({Role.LABOUR_MANAGER})
INSPECTOR = frozenset({Role.INSPECTOR})
ADMIN = frozenset({Role.ADMIN})
DEVICE = frozenset({"device"})

CALLERS: dict[str, frozenset[str]] = {
    "get_jwks": ANYONE,
    "get_liveness": ANYONE,
    "get_readiness": ANYONE,
    "request_code": ANYONE,
    "issue_tokens": ANYONE,
    "file_poster_complaint": ANYONE,
    "look_up_complaint": ANYONE,
    "pair_device": ANYONE,
    "sign_out": PERSON,
    "get_me": PERSON,
    "list_accesses": PERSON,
    "get_month": WORKER,
    "object_to_day": WORKER,
    "get_code_kit": WORKER,
    "get_code_image": WORKER,
    "get_wage_status": WORKER,
    "list_payslips": WORKER,
    "get_payslip": WORKER,
    "confirm_payslip": WORKER,
    "dispute_payslip": WORKER,
    "report_received": WORKER,
    "file_my_complaint": WORKER,
    "list_my_complaints": WORKER,
    "get_my_complaint": WORKER,
    "act_on_my_complaint": WORKER,
    "unmask": MANAGER | INSPECTOR,
    "list_projects": MANAGER | INSPECTOR | ADMIN,
    "get_project": MANAGER | INSPECTOR | ADMIN,
    "import_project": ADMIN,
    "list_roster": MANAGER,
    "import_roster": MANAGER,
    "get_roster_template": MANAGER,
    "import_attlog": MANAGER,
    "list_sheets": MANAGER,
    "draw_up_sheet": MANAGER,
    "view_sheet": MANAGER,
    "lock_sheet": MANAGER,
    "list_devices": MANAGER,
    "create_device": MANAGER,
    "offer_pairing": MANAGER,
    "revoke_device": MANAGER,
    "create_pay_sheet": MANAGER,
    "get_pay_sheet": MANAGER,
    "publish_pay_sheet": MANAGER,
    "approve_pay_sheet": MANAGER,
    "adjust_payslip": MANAGER,
    "create_pay_batch": MANAGER,
    "read_bank_file": MANAGER,
    "import_bank_result": MANAGER,
    "list_cases": INSPECTOR,
    "get_case": INSPECTOR,
    "act_on_case": INSPECTOR,
    "list_gate_conflicts": MANAGER,
    "verify_scan": DEVICE,
    "sync_gate": DEVICE,
    "take_scans": DEVICE,
    "annul_scan": DEVICE,
}
"""By operationId; `nobody` is signed in as nothing."""


def make_bodies(team_id: str, content_hash: str) -> dict[str, dict[str, Any]]:
    """Return a request body that passes validation, for every operation that wants one."""
    workbook = {"files": {"file": ("x.xlsx", b"no workbook")}}
    month = {"json": {"month": MONTH, "team_id": team_id}}
    note = {"json": {"note": "已核实，按程序办理"}}
    return {
        "object_to_day": {"json": {"note": "这天我加班到晚上九点"}},
        "confirm_payslip": {"json": {"content_hash": content_hash}},
        "dispute_payslip": {"json": {"reason": "少算了两天"}},
        "report_received": {"json": {"received": False}},
        "file_my_complaint": {"json": {"statement": "十月的工资到现在没发"}},
        "act_on_my_complaint": note,
        "act_on_case": note,
        "unmask": {"json": {"field": "phone", "reason": "核对联系电话"}},
        "import_project": workbook,
        "import_roster": workbook,
        "import_attlog": workbook,
        "import_bank_result": workbook,
        "draw_up_sheet": month,
        "create_pay_sheet": month,
        "create_device": {"json": {"name": "西门 2 号闸机"}},
        "adjust_payslip": {"json": {"note": "补上漏记的一天"}},
    }


@dataclass(frozen=True)
class Side:
    """A site with everything on it that has an address, and who is at home there."""

    principals: dict[Role, Principal]
    address: dict[str, str]
    """A value for every path parameter but `sheet_id`, which two kinds of sheet share."""
    attendance_sheet_id: str
    pay_sheet_id: str
    bodies: dict[str, dict[str, Any]]

    def path_values(self, path: str) -> dict[str, str]:
        """Return a value for every parameter of this path."""
        is_attendance = "/attendance-sheets/" in path
        return self.address | {
            "sheet_id": self.attendance_sheet_id if is_attendance else self.pay_sheet_id,
            "action": "withdraw" if path.startswith("/v1/me/") else "accept",
        }


def make_side(session: Session, keyring: Keyring, *, county_code: str) -> Side:
    """Write a site up to its bank batch, with a device and a complaint."""
    site = make_site(session)
    site.project.county_code = county_code
    payslip = confirm_all(session, keyring, site)[0]
    batch = send_to_bank(session, site, payslip.pay_sheet_id).batch
    device = create_device(
        session, project_id=site.project.id, name="东门", profile=DeviceProfile.GATE
    )
    complaint = make_complaint(
        session,
        person_id=payslip.person_id,
        project_id=site.project.id,
        county_code=county_code,
    )
    return Side(
        principals=_make_principals(session, site, county_code),
        address={
            "project_id": str(site.project.id),
            "person_id": str(payslip.person_id),
            "payslip_id": str(payslip.id),
            "reference": batch.reference,
            "device_id": str(device.device_id),
            "number": complaint.number,
            "date": f"{MONTH}-08",
        },
        attendance_sheet_id=str(site.attendance.id),
        pay_sheet_id=str(payslip.pay_sheet_id),
        bodies=make_bodies(str(site.team.id), payslip.content_hash),
    )


def _make_principals(session: Session, site: Site, county_code: str) -> dict[Role, Principal]:
    staff_id = make_person(session, name="某干部").id
    return {
        Role.WORKER: site.worker,
        Role.LABOUR_MANAGER: site.manager,
        Role.EMPLOYER_ADMIN: make_principal(staff_id, Role.EMPLOYER_ADMIN),
        Role.INSPECTOR: make_principal(staff_id, Role.INSPECTOR, county_code=county_code),
        Role.AUDITOR: make_principal(staff_id, Role.AUDITOR),
        Role.ADMIN: make_principal(staff_id, Role.ADMIN),
    }

"""Who may call what: one line for every operation, and a world with own and other things."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from core.enums import DeviceProfile, Role
from core.keyring import Keyring
from devices.service import create_device
from identity.principal import Principal
from notifications.templates import Template
from tests.api.attendance_access import ATTENDANCE_CALLERS, make_attendance_bodies
from tests.api.case_bodies import (
    BUREAU_OPERATIONS,
    CASE_BODIES,
    CASE_OPERATIONS,
    make_case_address,
)
from tests.api.paper_access import PAPER_BODIES, PAPER_CALLERS, make_paper_address
from tests.api.pay_bodies import PAY_BODIES
from tests.api.wage_access import WAGE_CALLERS, make_wage_bodies, make_workers_address
from tests.factories.attendance import make_conflict, make_unread_scan
from tests.factories.cases import make_complaint
from tests.factories.days import make_objection_address, make_sheet_import
from tests.factories.fences import make_fence
from tests.factories.identity import make_person, make_principal
from tests.factories.notifications import make_stuck_job, make_unreached
from tests.factories.payroll import MONTH, Site, confirm_all, make_site, send_to_bank
from tests.factories.projects import make_party
from tests.factories.vendors import make_message
from tests.factories.webhooks import make_dead_event

ANYONE = frozenset({"nobody", "device", *Role})
PERSON = frozenset(Role)
WORKER = frozenset({Role.WORKER})
MANAGER = frozenset({Role.LABOUR_MANAGER})
INSPECTOR = frozenset({Role.INSPECTOR})
RELEASER = frozenset({Role.LABOUR_MANAGER, Role.EMPLOYER_ADMIN})
ADMIN = frozenset({Role.ADMIN})
DEVICE = frozenset({"device"})

CALLERS: dict[str, frozenset[str]] = {
    **dict.fromkeys(CASE_OPERATIONS, INSPECTOR),
    **dict.fromkeys(BUREAU_OPERATIONS, ADMIN),
    "get_jwks": ANYONE,
    "list_seals": ANYONE,
    "prove_inclusion": ANYONE,
    "prove_consistency": ANYONE,
    "get_liveness": ANYONE,
    "get_readiness": ANYONE,
    "request_code": ANYONE,
    "issue_tokens": ANYONE,
    "file_poster_complaint": ANYONE,
    "look_up_complaint": ANYONE,
    "act_by_pin": ANYONE,
    "read_agreement_by_pin": ANYONE,
    "pair_device": ANYONE,
    "take_twilio_report": ANYONE,
    "take_aliyun_push": ANYONE,
    "speak_of_complaint": ANYONE,
    "list_templates": ADMIN,
    "record_approval": ADMIN,
    "list_spendings": ADMIN,
    "list_stuck_jobs": ADMIN,
    "list_webhooks": ADMIN,
    "create_webhook": ADMIN,
    "end_webhook": ADMIN,
    "renew_webhook_secret": ADMIN,
    "send_test_event": ADMIN,
    "list_webhook_deliveries": ADMIN,
    "retry_webhook_delivery": ADMIN,
    "retry_job": ADMIN,
    "get_preference": WORKER,
    "set_preference": WORKER,
    "list_messages": WORKER,
    "count_unread": WORKER,
    "read_messages": WORKER,
    "read_message": WORKER,
    "follow_messages": WORKER,
    "list_unreached": MANAGER,
    "tell_worker_otherwise": MANAGER,
    "draw_notice_sheet": MANAGER,
    "list_unreached_complainants": INSPECTOR,
    "tell_complainant_otherwise": INSPECTOR,
    "sign_out": PERSON,
    "get_me": PERSON,
    "list_accesses": PERSON,
    "get_location_notice": ANYONE,
    "get_code_kit": WORKER,
    "move_code_kit": WORKER,
    "get_code_image": WORKER,
    "get_code_drawing": WORKER,
    "list_my_cards": WORKER,
    "revoke_my_card": WORKER,
    "choose_pin": WORKER,
    "get_wage_status": WORKER,
    "list_payslips": WORKER,
    "get_payslip": WORKER,
    "confirm_payslip": WORKER,
    "get_receipt": WORKER,
    "dispute_payslip": WORKER,
    "report_received": WORKER,
    "print_my_payslip": WORKER,
    "list_my_arrears": WORKER,
    "get_my_year": WORKER,
    "export_my_data": WORKER,
    "get_project_arrears": MANAGER | INSPECTOR | ADMIN,
    "list_county_arrears": INSPECTOR,
    "export_ledger": MANAGER,
    "request_card_code": WORKER,
    "change_bank_card": WORKER,
    "file_my_complaint": WORKER,
    "list_my_complaints": WORKER,
    "get_my_complaint": WORKER,
    "act_on_my_complaint": WORKER,
    "renew_complaint_pin": WORKER,
    "unmask": MANAGER | INSPECTOR,
    "list_projects": MANAGER | INSPECTOR | ADMIN,
    "get_project": MANAGER | INSPECTOR | ADMIN,
    "import_project": ADMIN,
    "list_roster": MANAGER,
    "import_roster": MANAGER,
    "get_roster_template": MANAGER,
    "print_poster": MANAGER,
    "print_notice_board": MANAGER,
    "list_devices": MANAGER,
    "create_device": MANAGER,
    "offer_pairing": MANAGER,
    "create_terminal": MANAGER,
    "set_up_terminal": MANAGER,
    "renew_secret": MANAGER,
    "reread_messages": MANAGER,
    "list_terminal_messages": MANAGER,
    "read_terminal_message": MANAGER,
    "query_attlog": MANAGER,
    "list_terminal_commands": MANAGER,
    "revoke_device": MANAGER,
    "request_roll": MANAGER,
    "lose_device": MANAGER,
    "list_worker_cards": MANAGER,
    "issue_card": MANAGER,
    "issue_cards": MANAGER,
    "revoke_card": MANAGER,
    "renew_pin": MANAGER,
    "get_pay_terms": MANAGER,
    "set_pay_terms": MANAGER,
    "list_advances": MANAGER,
    "record_advance": MANAGER,
    "withdraw_advance": MANAGER,
    "list_pay_entries": MANAGER,
    "enter_piece_work": MANAGER,
    "enter_supplement": MANAGER,
    "enter_deduction": MANAGER,
    "withdraw_pay_entry": MANAGER,
    "list_line_check_ins": MANAGER,
    "list_my_advances": WORKER,
    "list_my_pay_entries": WORKER,
    "agree_to_deduction": WORKER,
    "list_my_line_check_ins": WORKER,
    "create_pay_sheet": MANAGER,
    "get_pay_sheet": MANAGER,
    "publish_pay_sheet": MANAGER,
    "approve_pay_sheet": MANAGER,
    "adjust_payslip": MANAGER,
    "list_disputes": MANAGER,
    "reply_to_dispute": MANAGER,
    "list_visits": MANAGER,
    "report_visit": MANAGER,
    "create_pay_batch": MANAGER,
    "list_waiting_batches": RELEASER,
    "get_pay_batch": RELEASER,
    "request_release_code": RELEASER,
    "release_pay_batch": RELEASER,
    "refuse_pay_batch": RELEASER,
    "withdraw_pay_batch": MANAGER,
    "read_bank_file": MANAGER,
    "import_bank_result": RELEASER,
    "import_pay_sheet": MANAGER,
    "list_payslip_versions": WORKER,
    **ATTENDANCE_CALLERS,
    **WAGE_CALLERS,
    **PAPER_CALLERS,
    "verify_scan": DEVICE,
    "sync_gate": DEVICE,
    "take_scans": DEVICE,
    "annul_scan": DEVICE,
    "confirm_look": DEVICE,
    "roll_token": DEVICE,
    "get_photo_notice": ANYONE,
    "get_own_photo": WORKER,
    "keep_own_photo": WORKER,
    "delete_own_photo": WORKER,
    "keep_workers_photo": MANAGER,
    "set_faces_at_gates": MANAGER,
    "list_faces": DEVICE,
    "look_at_code": ANYONE,
    "look_at_worker": DEVICE,
    "inspect_worker": INSPECTOR,
}
"""By operationId; `nobody` is signed in as nothing."""

ANY_PROFILE = frozenset(DeviceProfile)
GATE = frozenset({DeviceProfile.GATE})

PROFILES: dict[str, frozenset[DeviceProfile]] = {
    "verify_scan": GATE,
    "sync_gate": ANY_PROFILE,
    "take_scans": GATE,
    "annul_scan": GATE,
    "confirm_look": GATE,
    "roll_token": ANY_PROFILE,
    "list_faces": GATE,
    "look_at_worker": frozenset({DeviceProfile.SUPERVISOR}),
}
"""Of the operations for devices: what the device must be paired as."""


SITE_BODIES: dict[str, dict[str, Any]] = {
    "create_device": {"json": {"name": "西门 2 号闸机"}},
    "create_terminal": {"json": {"name": "北门人脸机", "vendor": "hikvision"}},
    "set_up_terminal": {"json": {"direction": "in"}},
    "query_attlog": {"json": {"first_date": "2026-11-01", "last_date": "2026-11-02"}},
    "read_terminal_message": {"json": {"reason": "核对终端发来的内容"}},
    "lose_device": {"json": {"lost_at": "2026-11-01T08:00:00+08:00"}},
    "set_fence": {
        "json": {
            "datum": "gcj02",
            "points": [{"latitude": 30.26, "longitude": 120.13}],
            "radius_m": 200,
        }
    },
}
"""What a labour manager sends about gates, terminals and the site itself."""


def make_bodies(team_id: str, content_hash: str) -> dict[str, dict[str, Any]]:
    """Return a request body that passes validation, for every operation that wants one."""
    workbook = {"files": {"file": ("x.xlsx", b"no workbook")}}
    month = {"json": {"month": MONTH, "team_id": team_id}}
    note = {"json": {"note": "已核实，按程序办理"}}
    return SITE_BODIES | {
        **make_attendance_bodies(team_id),
        "confirm_payslip": {"json": {"content_hash": content_hash}},
        "dispute_payslip": {"json": {"reason": "少算了两天"}},
        "report_received": {"json": {"received": False}},
        "export_ledger": {"json": {"first_month": MONTH, "last_month": MONTH}},
        "file_my_complaint": {"json": {"statement": "十月的工资到现在没发"}},
        "act_on_my_complaint": note,
        "act_on_case": note,
        **CASE_BODIES,
        "release_pay_batch": {"json": {"code": "000000"}},
        "refuse_pay_batch": {"json": {"reason": "金额和工资表对不上"}},
        "withdraw_pay_batch": {"json": {"reason": "漏了一个人"}},
        "unmask": {"json": {"field": "phone", "reason": "核对联系电话"}},
        "import_project": workbook,
        "import_roster": workbook,
        "import_bank_result": workbook,
        "import_pay_sheet": workbook,
        "create_pay_sheet": month,
        "choose_pin": {"json": {"pin": "730194"}},
        "issue_card": {"json": {"replace_because": "卡丢了"}},
        "issue_cards": {"json": {"team_id": team_id}},
        "revoke_card": {"json": {"reason": "卡丢了"}},
        "keep_workers_photo": workbook
        | {"data": {"consent": "本人签了同意书", "notice_version": "2026-12"}},
        "set_faces_at_gates": {"json": {"enabled": True}},
        "record_approval": {"json": {"version": 1, "state": "submitted"}},
        "create_webhook": {
            "json": {
                "name": "某市平台",
                "url": "https://hooks.example.com/axm",
                "kinds": ["payslip.paid"],
            }
        },
        "read_messages": {"json": {"newest_id": "01920000-0000-7000-8000-000000000000"}},
        "set_preference": {"json": {"wants_optional": False}},
        "tell_worker_otherwise": {"json": {"how": "in_person"}},
        "tell_complainant_otherwise": {"json": {"how": "phone_call"}},
        "adjust_payslip": {"json": {"note": "补上漏记的一天"}},
        **PAY_BODIES,
        **PAPER_BODIES,
        **make_wage_bodies(content_hash),
        "reply_to_dispute": {"json": {"reason": "那天下雨停工，班组没有出工"}},
        "report_visit": {"json": {"outcome": "told", "note": "在宿舍找到本人，已告知"}},
    }


@dataclass(frozen=True)
class Side:
    """A site with everything on it that has an address, and who is at home there."""

    principals: dict[Role, Principal]
    address: dict[str, str]
    """A value for every path parameter but `sheet_id`, which two kinds of sheet share."""
    attendance_sheet_id: str
    pay_sheet_id: str
    unreached: dict[bool, str]
    """A message that arrived nowhere: one about a complaint, and one of another kind."""
    bodies: dict[str, dict[str, Any]]

    def path_values(self, path: str) -> dict[str, str]:
        """Return a value for every parameter of this path."""
        is_attendance = "/attendance-sheets/" in path
        return self.address | {
            "sheet_id": self.attendance_sheet_id if is_attendance else self.pay_sheet_id,
            "action": "accept" if path.startswith("/v1/cases/{number}/actions") else "withdraw",
            "notification_id": self.unreached["complainants" in path],
        }


def make_side(session: Session, keyring: Keyring, *, county_code: str) -> Side:
    """Write a site up to its bank batch, with a device and a complaint."""
    site = make_site(session)
    site.project.county_code = county_code
    site.workers[0].is_team_leader = True
    payslip = confirm_all(session, keyring, site)[0]
    batch = send_to_bank(session, site, payslip.pay_sheet_id).batch
    make_fence(session, site.project)
    complaint = make_complaint(
        session,
        person_id=payslip.person_id,
        project_id=site.project.id,
        county_code=county_code,
    )
    principals = _make_principals(session, site, county_code)
    papers, paper_bodies = make_paper_address(session, keyring, complaint.number)
    desk, case_bodies = make_case_address(
        session, complaint.number, principals[Role.INSPECTOR].person_id
    )
    return Side(
        principals=principals,
        address={
            **desk,
            **make_objection_address(session, site.workers[0], date.fromisoformat(f"{MONTH}-08")),
            "project_id": str(site.project.id),
            "import_id": str(make_sheet_import(session, site.project.id).id),
            "team_id": str(site.team.id),
            "template": Template.WAGE_PAID.value,
            "year": MONTH[:4],
            "gateway": "aliyun",
            "secret": "x" * 32,
            "job_id": str(make_stuck_job(session).id),
            **make_dead_event(session),
            "person_id": str(payslip.person_id),
            "payslip_id": str(payslip.id),
            **make_workers_address(session, site, payslip),
            "reference": batch.reference,
            **_make_device_address(session, site),
            "number": complaint.number,
            **papers,
            "date": f"{MONTH}-08",
        },
        attendance_sheet_id=str(site.attendance.id),
        pay_sheet_id=str(payslip.pay_sheet_id),
        unreached=_make_unreached(session, site),
        bodies=make_bodies(str(site.team.id), payslip.content_hash) | case_bodies | paper_bodies,
    )


def _make_device_address(session: Session, site: Site) -> dict[str, str]:
    project_id = site.project.id
    device_id = create_device(
        session, project_id=project_id, name="东门", profile=DeviceProfile.GATE
    ).device_id
    return {
        "device_id": str(device_id),
        "message_id": str(make_message(session, device_id).id),
        "conflict_id": str(make_conflict(session, project_id, device_id).id),
        "scan_id": str(make_unread_scan(session, project_id, device_id).id),
    }


def _make_unreached(session: Session, site: Site) -> dict[bool, str]:
    return {
        is_confidential: str(make_unreached(session, site, template=template).id)
        for is_confidential, template in (
            (True, Template.CASE_ACCEPTED),
            (False, Template.PAYSLIP_CHANGED),
        )
    }


def _make_principals(session: Session, site: Site, county_code: str) -> dict[Role, Principal]:
    staff_id = make_person(session, name="某干部").id
    return {
        Role.WORKER: site.worker,
        Role.LABOUR_MANAGER: site.manager,
        Role.EMPLOYER_ADMIN: make_principal(
            staff_id,
            Role.EMPLOYER_ADMIN,
            employer_id=make_party(session, site.project, party_type="009").employer_id,
        ),
        Role.INSPECTOR: make_principal(staff_id, Role.INSPECTOR, county_code=county_code),
        Role.AUDITOR: make_principal(staff_id, Role.AUDITOR),
        Role.ADMIN: make_principal(staff_id, Role.ADMIN),
    }

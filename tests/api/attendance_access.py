"""Who may do what about days, sheets and sites, and a valid body for each operation."""

from typing import Any

from core.enums import Role
from tests.factories.payroll import MONTH

WORKER = frozenset({Role.WORKER})
MANAGER = frozenset({Role.LABOUR_MANAGER})
SHEET_READER = frozenset({Role.WORKER, Role.LABOUR_MANAGER, Role.EMPLOYER_ADMIN})
NOBODY = "01920000-0000-7000-8000-000000000000"

ATTENDANCE_CALLERS: dict[str, frozenset[str]] = {
    "get_month": WORKER,
    "object_to_day": WORKER,
    "confirm_day": WORKER,
    "add_objection_photo": WORKER,
    "get_own_objection_photo": WORKER,
    "list_day_rules": MANAGER,
    "set_day_rules": MANAGER,
    "enter_days": MANAGER,
    "withdraw_entries": MANAGER,
    "list_sheet_imports": MANAGER,
    "withdraw_sheet_import": MANAGER,
    "list_objections": MANAGER,
    "accept_objection": MANAGER,
    "reject_objection": MANAGER,
    "get_objection_photo": MANAGER,
    "check_in_at_poster": WORKER,
    "list_phone_check_ins": WORKER,
    "withdraw_location_consent": WORKER,
    "set_fence": MANAGER,
    "get_fence": MANAGER,
    "import_attlog": MANAGER,
    "list_sheets": MANAGER,
    "draw_up_sheet": MANAGER,
    "view_sheet": SHEET_READER,
    "lock_sheet": MANAGER,
    "reopen_sheet": MANAGER,
    "import_sheet": MANAGER,
    "list_open_sheets": SHEET_READER,
    "approve_sheet": SHEET_READER,
    "send_back_sheet": SHEET_READER,
    "export_sheet": SHEET_READER,
    "get_presence": MANAGER,
    "show_evacuation_list": MANAGER,
    "print_evacuation": MANAGER,
    "list_gate_conflicts": MANAGER,
    "resolve_conflict": MANAGER,
    "list_unread_scans": MANAGER,
    "reveal_unread_scan": MANAGER,
}


def make_attendance_bodies(team_id: str) -> dict[str, dict[str, Any]]:
    """Return a request body that passes validation, for every operation that wants one."""
    workbook = {"files": {"file": ("x.xlsx", b"no workbook")}}
    return {
        "object_to_day": {"json": {"note": "这天我加班到晚上九点"}},
        "confirm_day": {"json": {"minutes": 240, "units": "0.50"}},
        "add_objection_photo": workbook,
        "set_day_rules": {
            "json": {
                "from_date": "2099-01-01",
                "day_starts_at": "05:00",
                "full_day_minutes": 480,
                "half_day_minutes": 240,
                "reason": "夏季作息",
            }
        },
        "enter_days": {"json": {"reason": "闸机停电", "entries": [{"project_worker_id": NOBODY}]}},
        "withdraw_entries": {"json": {"reason": "补错了人", "check_in_ids": [NOBODY]}},
        "withdraw_sheet_import": {"json": {"reason": "传错了文件"}},
        "accept_objection": {"json": {"reason": "监控看到了"}},
        "reject_objection": {"json": {"reason": "那天下雨停工"}},
        "import_attlog": workbook,
        "draw_up_sheet": {"json": {"month": MONTH, "team_id": team_id}},
        "approve_sheet": {"json": {"content_hash": "0" * 64}},
        "send_back_sheet": {"json": {"reason": "少记了两天"}},
        "reopen_sheet": {"json": {"reason": "少记了两天"}},
        "import_sheet": workbook | {"data": {"month": MONTH}},
        "resolve_conflict": {"json": {"outcome": "acknowledged", "note": "看过监控，是本人"}},
        "reveal_unread_scan": {"json": {"reason": "查看闸机为什么读不懂"}},
    }

"""What a labour manager enters about pay: one valid body for each operation."""

from typing import Any

from tests.factories.payroll import MONTH

PAY_BODIES: dict[str, dict[str, Any]] = {
    "set_pay_terms": {"json": {"from_date": "2026-11-01", "pays_overtime": True}},
    "record_advance": {"json": {"paid_date": "2026-10-20", "amount": "500.00", "note": "现金预支"}},
    "withdraw_advance": {"json": {"reason": "登记错了人"}},
    "enter_piece_work": {
        "json": {
            "month": MONTH,
            "name": "砌筑",
            "quantity": "36.50",
            "unit": "立方米",
            "unit_price": "180.00",
            "note": "二层东侧，和班组长一起量的",
        }
    },
    "enter_supplement": {
        "json": {"month": MONTH, "for_month": "2026-09", "amount": "350.00", "note": "漏记一天"}
    },
    "enter_deduction": {
        "json": {
            "month": MONTH,
            "kind": "agreed",
            "name": "宿舍电费",
            "amount": "60.00",
            "note": "九月宿舍电费",
        }
    },
    "withdraw_pay_entry": {"json": {"reason": "登记错了人"}},
}
"""What a labour manager enters about pay."""

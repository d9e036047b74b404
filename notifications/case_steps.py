"""Which steps of a case tell the complainant, by template, and which tell nothing new."""

from core.case_enums import CaseState

TOLD_STEPS: dict[str, tuple[str, ...]] = {
    "case_accepted": ("act_on_case/received.accept",),
    "case_details_asked": ("act_on_case/received.ask_details",),
    "case_details_added": (
        "act_on_case/awaiting_details.add_details",
        "act_on_my_complaint/awaiting_details.add_details",
    ),
    "case_refused": (
        "act_on_case/received.refuse",
        "act_on_case/awaiting_details.refuse",
    ),
    "case_transferred": (
        "act_on_case/received.transfer",
        "act_on_case/awaiting_designation.designate",
    ),
    "case_referred": ("act_on_case/received.refer_up",),
    "case_extended": ("act_on_case/accepted.extend",),
    "case_suspended": ("act_on_case/accepted.suspend",),
    "case_resumed": ("act_on_case/suspended.resume",),
    "case_agreement_proposed": ("act_on_case/accepted.propose_agreement",),
    "case_agreed": ("act_on_my_complaint/mediating.agree",),
    "case_agreement_ended": (
        "act_on_my_complaint/mediating.decline_agreement",
        "act_on_case/mediating.break_off",
        "act_on_case/agreed.break_off",
    ),
    "case_ordered_to_pay": (
        "act_on_case/accepted.order_to_pay",
        "act_on_case/police_declined.keep_order",
    ),
    "case_in_court": ("act_on_case/ordered_to_pay.apply_to_court",),
    "case_to_police": (
        "act_on_case/ordered_to_pay.transfer_to_police",
        "act_on_case/in_court.transfer_to_police",
    ),
    "case_with_police": (
        "act_on_case/police_approved.hand_to_police",
        "act_on_case/police_declined.ask_review",
    ),
    "case_police_filed": ("act_on_case/with_police.police_file",),
    "case_police_declined": ("act_on_case/with_police.police_decline",),
    "case_closed": (
        "act_on_case/accepted.close",
        "act_on_case/agreed.close",
        "act_on_case/ordered_to_pay.close",
        "act_on_case/in_court.close",
        "act_on_case/police_filed.close",
    ),
    "case_withdrawn": (
        "act_on_my_complaint/received.withdraw",
        "act_on_my_complaint/awaiting_details.withdraw",
        "act_on_my_complaint/awaiting_designation.withdraw",
        "act_on_my_complaint/accepted.withdraw",
        "act_on_my_complaint/suspended.withdraw",
        "act_on_my_complaint/mediating.withdraw",
    ),
    "case_reopened": (
        "act_on_my_complaint/agreed.reopen",
        "act_on_my_complaint/closed.reopen",
    ),
    "case_advanced": (
        "act_on_case/accepted.grant_advance",
        "act_on_case/suspended.grant_advance",
        "act_on_case/ordered_to_pay.grant_advance",
        "act_on_case/in_court.grant_advance",
        "act_on_case/police_filed.grant_advance",
    ),
    "case_question_answered": tuple(f"act_on_case/{state}.answer_question" for state in CaseState),
}

UNTOLD_STEPS: tuple[str, ...] = (
    "act_on_case/police_filed.hand_over_evidence",
    "act_on_my_complaint/agreed.confirm_paid",
    "act_on_my_complaint/closed.confirm_paid",
    "act_on_case/closed.recover_advance",
    "act_on_case/accepted.recover_advance",
    "act_on_case/suspended.recover_advance",
    "act_on_case/ordered_to_pay.recover_advance",
    "act_on_case/in_court.recover_advance",
    "act_on_case/police_filed.recover_advance",
    "act_on_my_complaint/received.supplement",
    "act_on_my_complaint/awaiting_designation.supplement",
    "act_on_my_complaint/accepted.supplement",
    "act_on_my_complaint/suspended.supplement",
    "act_on_my_complaint/mediating.supplement",
    "act_on_my_complaint/agreed.supplement",
    "act_on_my_complaint/ordered_to_pay.supplement",
    "act_on_my_complaint/in_court.supplement",
    "act_on_my_complaint/police_approved.supplement",
    "act_on_my_complaint/with_police.supplement",
    "act_on_my_complaint/police_declined.supplement",
    "act_on_my_complaint/police_filed.supplement",
    *(f"act_on_my_complaint/{state}.ask_question" for state in CaseState),
)
"""The complainant's own words, or something between authorities."""

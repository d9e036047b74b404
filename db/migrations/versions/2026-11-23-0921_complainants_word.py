"""Let a complainant ask, an inspector answer, and either side sign an agreement on paper."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

ACTIONS = (
    "accept",
    "ask_details",
    "add_details",
    "refuse",
    "transfer",
    "refer_up",
    "designate",
    "extend",
    "suspend",
    "resume",
    "propose_agreement",
    "agree",
    "decline_agreement",
    "break_off",
    "order_to_pay",
    "apply_to_court",
    "transfer_to_police",
    "hand_to_police",
    "police_file",
    "police_decline",
    "ask_review",
    "keep_order",
    "hand_over_evidence",
    "grant_advance",
    "recover_advance",
    "close",
    "confirm_paid",
    "reopen",
    "withdraw",
    "supplement",
)
TABLES = ("case_event", "case_request")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _allow_actions(*ACTIONS, "ask_question", "answer_question")
    op.add_column("agreement_signature", sa.Column("recorded_by", sa.Uuid()))
    op.add_column("agreement_signature", sa.Column("signer_name", sa.LargeBinary()))
    op.add_column("agreement_signature", sa.Column("proof_digest", sa.String(64)))
    op.alter_column("agreement_signature", "person_id", nullable=True)
    op.create_foreign_key(
        op.f("fk_agreement_signature_recorded_by_person"),
        "agreement_signature",
        "person",
        ["recorded_by"],
        ["id"],
    )
    op.create_check_constraint(
        op.f("ck_agreement_signature_signed_or_recorded"),
        "agreement_signature",
        "(recorded_by IS NULL AND person_id IS NOT NULL)"
        " OR (recorded_by IS NOT NULL AND proof_digest IS NOT NULL"
        " AND signer_name IS NOT NULL)",
    )


def downgrade() -> None:
    """Refused where somebody has asked or signed on paper: neither is ever deleted."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.drop_constraint(op.f("ck_agreement_signature_signed_or_recorded"), "agreement_signature")
    op.drop_constraint(op.f("fk_agreement_signature_recorded_by_person"), "agreement_signature")
    op.alter_column("agreement_signature", "person_id", nullable=False)
    for column in ("recorded_by", "signer_name", "proof_digest"):
        op.drop_column("agreement_signature", column)
    _allow_actions(*ACTIONS)


def _allow_actions(*actions: str) -> None:
    allowed = ", ".join(repr(action) for action in actions)
    for table in TABLES:
        name = op.f(f"ck_{table}_case_action")
        op.drop_constraint(name, table)
        op.create_check_constraint(name, table, f"action IN ({allowed})")

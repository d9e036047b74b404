"""Give cases their whole workflow: handlers, approvals, clocks that pause, groups, the shield.

The statements are in the SQL file beside this one.
"""

from pathlib import Path

from alembic import op

revision = "0022"
down_revision = "0021"

TABLES = (
    "retaliation_sign", "dispatch_entry", "group_alert", "group_representative", "bureau_alarm",
    "bureau_contact", "bureau_head", "case_note", "case_request", "case_handler",
    "case_clock_rung", "case_clock_change", "filing_slip", "case_group",
)  # fmt: skip
COLUMNS = {
    "case": (
        "pin_hash", "group_id", "recovered_fen", "advanced_fen", "advance_recovered_fen",
        "satisfaction",
    ),
    "case_clock": ("due_at", "is_paused"),
    "case_event": ("details", "silence"),
    "complaint": ("channel", "personal", "employer_name", "people"),
}  # fmt: skip
STATES = "'received', 'accepted', 'refused', 'ordered_to_pay', 'closed', 'withdrawn'"
ACTIONS = "'accept', 'refuse', 'order_to_pay', 'close', 'reopen', 'withdraw'"
CHECKS = (
    ("case", "case_state", "state", STATES),
    ("case_clock", "clock_kind", "kind", "'acceptance', 'investigation'"),
    ("case_event", "case_action", "action", ACTIONS),
    ("case_event", "from_state", "from_state", STATES),
    ("case_event", "to_state", "to_state", STATES),
)
"""What there was before; going back is possible only while no case has gone further."""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # The driver's own cursor: without parameters it takes many statements and a plain %.
    op.get_bind().connection.cursor().execute(statements)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    for trigger in ("append_only", "no_truncate"):
        op.execute(f"DROP TRIGGER complaint_{trigger} ON complaint")
    op.execute("ALTER TABLE complaint ADD COLUMN pin_hash VARCHAR(128)")
    op.execute(
        'UPDATE complaint SET pin_hash = "case".pin_hash FROM "case"'
        ' WHERE "case".complaint_id = complaint.id'
    )
    op.execute("ALTER TABLE complaint ALTER COLUMN pin_hash SET NOT NULL")
    op.drop_index("ix_case_event_action_created_at", "case_event")
    op.drop_index("ix_complaint_subject_id", "complaint")
    for table, columns in COLUMNS.items():
        for column in columns:
            op.drop_column(table, column)
    for table, name, column, allowed in CHECKS:
        op.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT ck_{table}_{name}')
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, f"{column} IN ({allowed})")
    for table in TABLES:
        op.drop_table(table)

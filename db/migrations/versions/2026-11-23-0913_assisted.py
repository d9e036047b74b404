"""Witnesses and call-backs of kiosk answers, files of disputes, wage accounts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"

INSTANT = sa.DateTime(timezone=True)
HISTORY = ("witness_request", "witness_statement", "dispute_file", "wage_account_entry")
MAY_CHANGE = {
    "call_back": ("outcome", "note", "called_at", "called_by"),
    "closing_notice": ("withdrawn_at", "withdrawal"),
}
ROLES = ("worker", "labour_manager", "employer_admin", "inspector", "auditor", "admin")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _create_requests()
    _create_statements()
    _extend_answers()
    _create_call_backs()
    _create_files()
    _create_entries()
    _create_notices()
    for table in HISTORY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    for table, columns in MAY_CHANGE.items():
        names = ", ".join(f"'{column}'" for column in columns)
        op.execute(
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION refuse_rewriting({names})"
        )
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    for table in (*HISTORY, *MAY_CHANGE):
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    for table in ("closing_notice", "wage_account_entry", "dispute_file", "call_back"):
        op.drop_table(table)
    for column in ("kiosk_id", "statement_id", "expected"):
        op.drop_column("payslip_answer", column)
    for table in ("witness_statement", "witness_request"):
        op.drop_table(table)


def _create_requests() -> None:
    op.create_table(
        "witness_request",
        *_head(),
        sa.Column("payslip_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kiosk_id", sa.Uuid(), nullable=False),
        sa.Column("sign_in_family_id", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("code_index", sa.LargeBinary(32), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        *_keys("witness_request", payslip_id="payslip", person_id="person", kiosk_id="device"),
    )
    for column in ("payslip_id", "sign_in_family_id", "code_index"):
        op.create_index(f"ix_witness_request_{column}", "witness_request", [column])


def _create_statements() -> None:
    listed = ", ".join(f"'{role}'" for role in ROLES)
    op.create_table(
        "witness_statement",
        *_head(),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("witness_id", sa.Uuid(), nullable=False),
        sa.Column("witness_role", sa.String(32), nullable=False),
        sa.Column("sign_in_family_id", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        *_keys("witness_statement", request_id="witness_request", witness_id="person"),
        sa.UniqueConstraint(
            "project_id", "request_id", name="uq_witness_statement_project_id_request_id"
        ),
        sa.CheckConstraint(f"witness_role IN ({listed})", name=op.f("ck_witness_statement_role")),
    )
    op.create_index("ix_witness_statement_witness_id", "witness_statement", ["witness_id"])


def _extend_answers() -> None:
    op.add_column("payslip_answer", sa.Column("kiosk_id", sa.Uuid()))
    op.add_column("payslip_answer", sa.Column("statement_id", sa.Uuid()))
    op.add_column(
        "payslip_answer", sa.Column("expected", JSONB(), nullable=False, server_default="{}")
    )
    for column, owner in (("kiosk_id", "device"), ("statement_id", "witness_statement")):
        op.create_foreign_key(
            f"fk_payslip_answer_{column}_{owner}", "payslip_answer", owner, [column], ["id"]
        )
    op.create_unique_constraint(
        "uq_payslip_answer_project_id_statement_id",
        "payslip_answer",
        ["project_id", "statement_id"],
    )


def _create_call_backs() -> None:
    op.create_table(
        "call_back",
        *_head(),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(32)),
        sa.Column("note", sa.String(500)),
        sa.Column("called_at", INSTANT),
        sa.Column("called_by", sa.Uuid()),
        *_keys("call_back", answer_id="payslip_answer", called_by="person"),
        sa.UniqueConstraint("project_id", "answer_id", name="uq_call_back_project_id_answer_id"),
        sa.CheckConstraint(
            "reason IN ('sample', 'often')", name=op.f("ck_call_back_call_back_reason")
        ),
        sa.CheckConstraint(
            "outcome IN ('stands', 'denied', 'not_reached')",
            name=op.f("ck_call_back_call_back_outcome"),
        ),
    )
    op.create_index(
        "ix_call_back_open",
        "call_back",
        ["project_id", "id"],
        postgresql_where=sa.text("outcome IS NULL"),
    )


def _create_files() -> None:
    op.create_table(
        "dispute_file",
        *_head(),
        sa.Column("payslip_id", sa.Uuid(), nullable=False),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        *_keys("dispute_file", payslip_id="payslip", answer_id="payslip_answer"),
        sa.UniqueConstraint(
            "project_id", "answer_id", "digest", name="uq_dispute_file_project_id_answer_id_digest"
        ),
    )
    op.create_index("ix_dispute_file_payslip_id", "dispute_file", ["payslip_id"])


def _create_entries() -> None:
    op.create_table(
        "wage_account_entry",
        *_head(),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("booked_date", sa.Date(), nullable=False),
        sa.Column("inflow_fen", sa.BigInteger(), nullable=False),
        sa.Column("outflow_fen", sa.BigInteger(), nullable=False),
        sa.Column("balance_fen", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("remark", sa.String(100)),
        *_keys("wage_account_entry"),
        sa.UniqueConstraint(
            "project_id", "reference", name="uq_wage_account_entry_project_id_reference"
        ),
        sa.CheckConstraint(
            "inflow_fen >= 0 AND outflow_fen >= 0", name=op.f("ck_wage_account_entry_amounts")
        ),
        sa.CheckConstraint(
            "(inflow_fen > 0) <> (outflow_fen > 0)", name=op.f("ck_wage_account_entry_one_way")
        ),
        sa.CheckConstraint(
            "purpose IN ('labour_cost', 'wages', 'other')",
            name=op.f("ck_wage_account_entry_account_purpose"),
        ),
    )
    op.create_index(
        "ix_wage_account_entry_project_id_booked_date_id",
        "wage_account_entry",
        ["project_id", "booked_date", "id"],
    )


def _create_notices() -> None:
    op.create_table(
        "closing_notice",
        *_head(),
        sa.Column("announced_date", sa.Date(), nullable=False),
        sa.Column("last_date", sa.Date(), nullable=False),
        sa.Column("announced_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", INSTANT),
        sa.Column("withdrawal", sa.String(500)),
        *_keys("closing_notice", announced_by="person"),
    )
    op.create_index(
        "ix_closing_notice_standing",
        "closing_notice",
        ["project_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )


def _head() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
    )


def _keys(table: str, **owners: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        *(
            sa.ForeignKeyConstraint([column], [f"{owner}.id"], name=f"fk_{table}_{column}_{owner}")
            for column, owner in {"project_id": "project", **owners}.items()
        ),
    )

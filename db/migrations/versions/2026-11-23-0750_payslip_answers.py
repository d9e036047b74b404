"""Replies to disputes, visits to the silent, and payslips and bank lines that cannot change."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

INSTANT = sa.DateTime(timezone=True)
MAY_CHANGE = {
    "payslip": ("is_current", "answer_state"),
    "pay_batch_row": ("state", "settled_date", "rejection"),
    "pay_batch": ("result_at",),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _create_replies()
    _create_visits()
    _freeze()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    for table in MAY_CHANGE:
        op.execute(f"DROP TRIGGER {table}_frozen ON {table}")
    op.execute("DROP TRIGGER payslip_published_stays ON payslip")
    op.execute("DROP FUNCTION refuse_rewriting()")
    op.execute("DROP FUNCTION refuse_deleting_published()")
    op.drop_table("payslip_visit")
    op.drop_table("dispute_reply")


def _create_replies() -> None:
    op.create_table(
        "dispute_reply",
        *_head(),
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("replied_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dispute_reply"),
        sa.UniqueConstraint(
            "project_id", "answer_id", name="uq_dispute_reply_project_id_answer_id"
        ),
        *_owners("dispute_reply", ("answer_id", "payslip_answer"), ("replied_by", "person")),
    )
    op.create_index("ix_dispute_reply_payslip_id", "dispute_reply", ["payslip_id"])
    op.execute(
        "CREATE TRIGGER dispute_reply_append_only BEFORE UPDATE OR DELETE ON dispute_reply"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER dispute_reply_no_truncate BEFORE TRUNCATE ON dispute_reply"
        " EXECUTE FUNCTION refuse_change()"
    )


def _create_visits() -> None:
    op.create_table(
        "payslip_visit",
        *_head(),
        sa.Column("outcome", sa.String(32)),
        sa.Column("note", sa.String(500)),
        sa.Column("visited_at", INSTANT),
        sa.Column("visited_by", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_payslip_visit"),
        sa.UniqueConstraint(
            "project_id", "payslip_id", name="uq_payslip_visit_project_id_payslip_id"
        ),
        *_owners("payslip_visit", ("visited_by", "person")),
        sa.CheckConstraint(
            "outcome IN ('told', 'not_found')", name=op.f("ck_payslip_visit_visit_outcome")
        ),
    )
    op.create_index(
        "ix_payslip_visit_open",
        "payslip_visit",
        ["project_id", "id"],
        postgresql_where=sa.text("outcome IS NULL"),
    )


def _freeze() -> None:
    """Let a row change only in the columns named by the trigger's arguments."""
    op.execute(
        "CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN"
        "  IF to_jsonb(OLD) - TG_ARGV::text[] = to_jsonb(NEW) - TG_ARGV::text[] THEN"
        "   RETURN NEW; END IF;"
        "  RAISE EXCEPTION 'what a row of % says is final', TG_TABLE_NAME"
        "   USING ERRCODE = 'restrict_violation';"
        " END $$"
    )
    for table, columns in MAY_CHANGE.items():
        names = ", ".join(f"'{column}'" for column in columns)
        op.execute(
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION refuse_rewriting({names})"
        )
    op.execute(
        "CREATE FUNCTION refuse_deleting_published() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN"
        "  IF EXISTS (SELECT FROM pay_sheet WHERE id = OLD.pay_sheet_id"
        "   AND published_at IS NULL) THEN RETURN OLD; END IF;"
        "  RAISE EXCEPTION 'a published payslip stays' USING ERRCODE = 'restrict_violation';"
        " END $$"
    )
    op.execute(
        "CREATE TRIGGER payslip_published_stays BEFORE DELETE ON payslip"
        " FOR EACH ROW EXECUTE FUNCTION refuse_deleting_published()"
    )


def _head() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("payslip_id", sa.Uuid(), nullable=False),
    )


def _owners(table: str, *more: tuple[str, str]) -> tuple[sa.ForeignKeyConstraint, ...]:
    owners = (("project_id", "project"), ("payslip_id", "payslip"), *more)
    return tuple(
        sa.ForeignKeyConstraint([column], [f"{owner}.id"], name=f"fk_{table}_{column}_{owner}")
        for column, owner in owners
    )

"""Keep agreed terms, entries and advances; approve each payslip, and owe what was promised."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"

INSTANT = sa.DateTime(timezone=True)
SHOWN = ("is_current", "answer_state")
"""What may change of a payslip since 0011."""
APPROVAL = ("approved_at", "approved_by")
WITHDRAWAL = ("withdrawn_at", "withdrawn_by", "withdrawal")
MAY_CHANGE = {
    "pay_entry": ("agreed_at", "pay_sheet_id", *WITHDRAWAL),
    "wage_advance": WITHDRAWAL,
}
TABLES = ("advance_recovery", "wage_advance", "pay_entry", "agreed_terms")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _create_terms()
    _create_entries()
    _create_advances()
    _create_recoveries()
    op.add_column("payslip", sa.Column("promised_fen", sa.BigInteger()))
    op.add_column("payslip", sa.Column("approved_at", INSTANT))
    op.add_column("payslip", sa.Column("approved_by", sa.Uuid()))
    op.create_foreign_key(
        "fk_payslip_approved_by_person", "payslip", "person", ["approved_by"], ["id"]
    )
    _let_change("payslip", *SHOWN, *APPROVAL)
    op.execute(
        "UPDATE payslip SET approved_at = sheet.approved_at, approved_by = sheet.approved_by"
        " FROM pay_sheet AS sheet WHERE sheet.id = payslip.pay_sheet_id AND payslip.is_current"
    )
    op.execute(
        "CREATE TRIGGER agreed_terms_append_only BEFORE UPDATE OR DELETE ON agreed_terms"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    for table, columns in MAY_CHANGE.items():
        _let_change(table, *columns)
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _let_change("payslip", *SHOWN)
    for column in (*APPROVAL, "promised_fen"):
        op.drop_column("payslip", column)
    for table in TABLES:
        op.drop_table(table)


def _create_terms() -> None:
    op.create_table(
        "agreed_terms",
        *_head(),
        sa.Column("project_worker_id", sa.Uuid(), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("pays_overtime", sa.Boolean(), nullable=False),
        sa.Column("allowances", JSONB(), nullable=False),
        sa.Column("note", sa.String(500)),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agreed_terms"),
        sa.UniqueConstraint(
            "project_id",
            "project_worker_id",
            "from_date",
            name="uq_agreed_terms_project_id_project_worker_id_from_date",
        ),
        *_owners("agreed_terms", ("project_worker_id", "project_worker"), ("entered_by", "person")),
    )


def _create_entries() -> None:
    op.create_table(
        "pay_entry",
        *_head(),
        sa.Column("project_worker_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("quantity", sa.BigInteger()),
        sa.Column("unit", sa.String(30)),
        sa.Column("unit_price_fen", sa.BigInteger()),
        sa.Column("for_month", sa.String(7)),
        sa.Column("deduction_kind", sa.String(32)),
        sa.Column("source", sa.String(200)),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("agreed_at", INSTANT),
        sa.Column("pay_sheet_id", sa.Uuid()),
        *_withdrawal(),
        sa.PrimaryKeyConstraint("id", name="pk_pay_entry"),
        *_owners(
            "pay_entry",
            ("project_worker_id", "project_worker"),
            ("entered_by", "person"),
            ("pay_sheet_id", "pay_sheet"),
            ("withdrawn_by", "person"),
        ),
        *_entry_checks(),
    )
    op.create_index(
        "ix_pay_entry_project_id_project_worker_id_month",
        "pay_entry",
        ["project_id", "project_worker_id", "month"],
    )


def _entry_checks() -> tuple[sa.CheckConstraint, ...]:
    checks = {
        "amount": "amount_fen > 0",
        "piece": "(kind = 'piece') = (quantity IS NOT NULL AND unit IS NOT NULL"
        " AND unit_price_fen IS NOT NULL)",
        "supplement": "(kind = 'supplement') = (for_month IS NOT NULL) AND for_month < month",
        "deduction": "(kind = 'deduction') = (deduction_kind IS NOT NULL)",
        "source": "deduction_kind IN ('damage', 'agreed') OR kind <> 'deduction'"
        " OR source IS NOT NULL",
        "pay_entry_kind": "kind IN ('piece', 'supplement', 'deduction')",
        "deduction_kind": "deduction_kind IN ('income_tax', 'social_insurance', 'court_order',"
        " 'damage', 'agreed')",
    }
    return tuple(
        sa.CheckConstraint(check, name=op.f(f"ck_pay_entry_{name}"))
        for name, check in checks.items()
    )


def _create_advances() -> None:
    op.create_table(
        "wage_advance",
        *_head(),
        sa.Column("project_worker_id", sa.Uuid(), nullable=False),
        sa.Column("paid_date", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        *_withdrawal(),
        sa.PrimaryKeyConstraint("id", name="pk_wage_advance"),
        *_owners(
            "wage_advance",
            ("project_worker_id", "project_worker"),
            ("entered_by", "person"),
            ("withdrawn_by", "person"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_wage_advance_amount")),
    )
    op.create_index("ix_wage_advance_project_worker_id", "wage_advance", ["project_worker_id"])


def _create_recoveries() -> None:
    op.create_table(
        "advance_recovery",
        *_head(),
        sa.Column("advance_id", sa.Uuid(), nullable=False),
        sa.Column("pay_sheet_id", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_advance_recovery"),
        sa.UniqueConstraint(
            "project_id",
            "advance_id",
            "pay_sheet_id",
            name="uq_advance_recovery_project_id_advance_id_pay_sheet_id",
        ),
        *_owners("advance_recovery", ("advance_id", "wage_advance"), ("pay_sheet_id", "pay_sheet")),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_advance_recovery_amount")),
    )
    op.create_index("ix_advance_recovery_advance_id", "advance_recovery", ["advance_id"])


def _let_change(table: str, *columns: str) -> None:
    """Freeze all columns of a table but these; see 0011."""
    names = ", ".join(f"'{column}'" for column in columns)
    op.execute(f"DROP TRIGGER IF EXISTS {table}_frozen ON {table}")
    op.execute(
        f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION refuse_rewriting({names})"
    )


def _head() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
    )


def _withdrawal() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("withdrawn_at", INSTANT),
        sa.Column("withdrawn_by", sa.Uuid()),
        sa.Column("withdrawal", sa.String(500)),
    )


def _owners(table: str, *more: tuple[str, str]) -> tuple[sa.ForeignKeyConstraint, ...]:
    owners = (("project_id", "project"), *more)
    return tuple(
        sa.ForeignKeyConstraint([column], [f"{owner}.id"], name=f"fk_{table}_{column}_{owner}")
        for column, owner in owners
    )

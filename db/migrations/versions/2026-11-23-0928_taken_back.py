"""Let days entered by hand or imported be taken back, and list good codes that gates refused."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

INSTANT = sa.DateTime(timezone=True)
HISTORY = ("sheet_import", "entry_withdrawal")
ANNULMENT = "check_in_annulment"
REFUSED = "ix_check_in_refused_wrongly"
KINDS = ("admitted_wrongly", "lost_device", "phone_signal", "denied_later", "not_the_holder")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _create_imports()
    _create_withdrawals()
    for table in HISTORY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " EXECUTE FUNCTION refuse_change()"
        )
    op.alter_column(ANNULMENT, "device_id", nullable=True)
    op.add_column(ANNULMENT, sa.Column("withdrawal_id", sa.Uuid()))
    op.create_foreign_key(
        "fk_check_in_annulment_withdrawal_id_entry_withdrawal",
        ANNULMENT,
        "entry_withdrawal",
        ["withdrawal_id"],
        ["id"],
    )
    op.create_check_constraint(
        op.f("ck_check_in_annulment_one_source"),
        ANNULMENT,
        "num_nonnulls(device_id, withdrawal_id) = 1",
    )
    _allow_kinds(*KINDS, "refused_wrongly")
    op.create_index(
        REFUSED,
        "check_in",
        ["project_id", "id"],
        postgresql_where=sa.text("NOT admitted AND decided_offline AND reason = 'ok'"),
    )


def downgrade() -> None:
    """Refused where anything was taken back: it would count again."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.alter_column(ANNULMENT, "device_id", nullable=False)
    op.drop_column(ANNULMENT, "withdrawal_id")
    for table in HISTORY:
        op.drop_table(table)
    op.drop_index(REFUSED, "check_in")
    op.execute("DELETE FROM gate_conflict WHERE kind = 'refused_wrongly'")
    _allow_kinds(*KINDS)


def _create_imports() -> None:
    op.create_table(
        "sheet_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("file_hash", sa.String(64), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("imported_by_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_sheet_import"),
        _refers("sheet_import", "project_id", "project"),
        _refers("sheet_import", "imported_by_id", "person"),
    )
    op.create_index("ix_sheet_import_project_id_month", "sheet_import", ["project_id", "month"])


def _create_withdrawals() -> None:
    op.create_table(
        "entry_withdrawal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entry_withdrawal"),
        _refers("entry_withdrawal", "project_id", "project"),
        _refers("entry_withdrawal", "withdrawn_by_id", "person"),
    )


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _allow_kinds(*kinds: str) -> None:
    name = op.f("ck_gate_conflict_conflict_kind")
    op.drop_constraint(name, "gate_conflict")
    allowed = ", ".join(repr(kind) for kind in kinds)
    op.create_check_constraint(name, "gate_conflict", f"kind IN ({allowed})")

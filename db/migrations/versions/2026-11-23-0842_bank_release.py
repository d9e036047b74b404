"""Bank files that a second person releases, and cards that only their workers change."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

INSTANT = sa.DateTime(timezone=True)
STATES = ("drafted", "released", "refused", "withdrawn")
ROW_STATES = ("drafted", "withdrawn", "submitted", "acknowledged", "rejected")
OLD_ROW_STATES = ("submitted", "acknowledged", "rejected")
MAY_CHANGE = {
    "pay_batch": ("result_at", "state", "decided_at", "decided_by", "reason"),
    "pay_batch_row": ("state", "settled_date", "rejection", "correct_by"),
}
COULD_CHANGE = {
    "pay_batch": ("result_at",),
    "pay_batch_row": ("state", "settled_date", "rejection"),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _thaw()
    _add_batch_columns()
    op.add_column("pay_batch_row", sa.Column("correct_by", sa.Date()))
    _set_row_states(ROW_STATES, held="state NOT IN ('rejected', 'withdrawn')")
    op.add_column("project_worker", sa.Column("card_chosen_at", INSTANT))
    _freeze(MAY_CHANGE)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _thaw()
    op.drop_column("project_worker", "card_chosen_at")
    # A file that was never released did not exist before; its lines go with it.
    op.execute("DELETE FROM pay_batch_row WHERE state IN ('drafted', 'withdrawn')")
    op.execute("DELETE FROM pay_batch WHERE state <> 'released'")
    _set_row_states(OLD_ROW_STATES, held="state <> 'rejected'")
    op.drop_column("pay_batch_row", "correct_by")
    op.drop_index("ix_pay_batch_project_id_lines_hash", table_name="pay_batch")
    for column in ("lines_hash", "state", "decided_at", "decided_by", "reason"):
        op.drop_column("pay_batch", column)
    _freeze(COULD_CHANGE)


def _add_batch_columns() -> None:
    """Call earlier files released: their managers downloaded them alone, as it was then."""
    states = ", ".join(f"'{state}'" for state in STATES)
    for column in (
        sa.Column("lines_hash", sa.String(64)),
        sa.Column("state", sa.String(32)),
        sa.Column("decided_at", INSTANT),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("reason", sa.String(500)),
    ):
        op.add_column("pay_batch", column)
    op.execute("UPDATE pay_batch SET lines_hash = file_hash, state = 'released'")
    op.alter_column("pay_batch", "lines_hash", nullable=False)
    op.alter_column("pay_batch", "state", nullable=False)
    op.create_foreign_key(
        "fk_pay_batch_decided_by_person", "pay_batch", "person", ["decided_by"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_pay_batch_pay_batch_state"), "pay_batch", f"state IN ({states})"
    )
    op.create_check_constraint(
        op.f("ck_pay_batch_two_people"),
        "pay_batch",
        "decided_by <> created_by OR state <> 'released'",
    )
    op.create_index(
        "ix_pay_batch_project_id_lines_hash",
        "pay_batch",
        ["project_id", "lines_hash"],
        unique=True,
        postgresql_where=sa.text("state IN ('drafted', 'released')"),
    )


def _set_row_states(states: tuple[str, ...], *, held: str) -> None:
    listed = ", ".join(f"'{state}'" for state in states)
    name = op.f("ck_pay_batch_row_pay_row_state")
    op.drop_constraint(name, "pay_batch_row")
    op.create_check_constraint(name, "pay_batch_row", f"state IN ({listed})")
    op.drop_index("ix_pay_batch_row_project_id_payslip_id", table_name="pay_batch_row")
    op.create_index(
        "ix_pay_batch_row_project_id_payslip_id",
        "pay_batch_row",
        ["project_id", "payslip_id"],
        unique=True,
        postgresql_where=sa.text(held),
    )


def _thaw() -> None:
    for table in MAY_CHANGE:
        op.execute(f"DROP TRIGGER {table}_frozen ON {table}")


def _freeze(may_change: dict[str, tuple[str, ...]]) -> None:
    for table, columns in may_change.items():
        names = ", ".join(f"'{column}'" for column in columns)
        op.execute(
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION refuse_rewriting({names})"
        )

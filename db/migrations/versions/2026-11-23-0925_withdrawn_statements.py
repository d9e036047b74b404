"""Let a bank statement that was wrong be withdrawn: its lines stay, marked, and count no more."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

TABLE = "wage_account_entry"
UNIQUE = "uq_wage_account_entry_project_id_reference"
STANDING = "ix_wage_account_entry_standing"
NO_DELETE = f"""
CREATE TRIGGER {TABLE}_stays BEFORE DELETE ON {TABLE}
 FOR EACH ROW EXECUTE FUNCTION refuse_change()"""
ONLY_WITHDRAWN = f"""
CREATE TRIGGER {TABLE}_frozen BEFORE UPDATE ON {TABLE}
 FOR EACH ROW EXECUTE FUNCTION refuse_rewriting('withdrawn_at', 'withdrawal')"""
WITHDRAWN_ONCE = f"""
CREATE TRIGGER {TABLE}_withdrawn_once BEFORE UPDATE ON {TABLE}
 FOR EACH ROW WHEN (OLD.withdrawn_at IS NOT NULL) EXECUTE FUNCTION refuse_change()"""
APPEND_ONLY = f"""
CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}
 FOR EACH ROW EXECUTE FUNCTION refuse_change()"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.add_column(TABLE, sa.Column("withdrawn_at", sa.DateTime(timezone=True)))
    op.add_column(TABLE, sa.Column("withdrawal", sa.String(500)))
    op.drop_constraint(op.f(UNIQUE), TABLE)
    op.create_index(
        STANDING,
        TABLE,
        ["project_id", "reference"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.execute(f"DROP TRIGGER {TABLE}_append_only ON {TABLE}")
    for statement in (NO_DELETE, ONLY_WITHDRAWN, WITHDRAWN_ONCE):
        op.execute(statement)


def downgrade() -> None:
    """Refused where a line stands beside its withdrawn twin: neither is ever deleted."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    for name in ("withdrawn_once", "frozen", "stays"):
        op.execute(f"DROP TRIGGER {TABLE}_{name} ON {TABLE}")
    op.execute(APPEND_ONLY)
    op.drop_index(STANDING, table_name=TABLE)
    op.create_unique_constraint(op.f(UNIQUE), TABLE, ["project_id", "reference"])
    op.drop_column(TABLE, "withdrawal")
    op.drop_column(TABLE, "withdrawn_at")

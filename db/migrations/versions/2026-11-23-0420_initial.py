"""Create the first schema; the statements are in the SQL file beside this one."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

TABLES_KEPT = ("alembic_version",)


def upgrade() -> None:
    """Run the statements one transaction wide."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # The driver's own cursor: without parameters it takes many statements and a plain %.
    op.get_bind().connection.cursor().execute(statements)


def downgrade() -> None:
    """Drop every table of ours and the trigger function."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    tables = op.get_bind().exec_driver_sql(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    )
    names = [f'"{name}"' for (name,) in tables if name not in TABLES_KEPT]
    op.execute(f"DROP TABLE {', '.join(names)} CASCADE")
    op.execute("DROP FUNCTION refuse_change")

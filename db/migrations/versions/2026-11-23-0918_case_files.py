"""Papers of cases and their service; files and sealed bundles of complaints.

The statements are in the SQL file beside this one.
"""

from pathlib import Path

from alembic import op

revision = "0023"
down_revision = "0022"

TABLES = (
    "document_service", "case_document", "document_serial", "evidence_bundle", "complaint_file",
    "staged_file",
)  # fmt: skip


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    statements = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # The driver's own cursor: without parameters it takes many statements and a plain %.
    op.get_bind().connection.cursor().execute(statements)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    for table in TABLES:
        op.drop_table(table)

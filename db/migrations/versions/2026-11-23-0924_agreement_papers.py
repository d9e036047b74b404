"""Let an agreement printed to be signed be drawn up again signed, and log the name under it.

Papers from before count the signatures that stood when they were drawn up.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

COUNT_SIGNATURES = """
UPDATE case_document SET signatures = (
    SELECT count(*) FROM agreement_signature AS signed
    WHERE signed.event_id = case_document.event_id
        AND signed.created_at <= case_document.created_at
)
WHERE kind = 'agreement'
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.add_column(
        "case_document", sa.Column("signatures", sa.Integer(), nullable=False, server_default="0")
    )
    op.execute("ALTER TABLE case_document DISABLE TRIGGER case_document_append_only")
    op.execute(COUNT_SIGNATURES)
    op.execute("ALTER TABLE case_document ENABLE TRIGGER case_document_append_only")
    op.alter_column("case_document", "signatures", server_default=None)
    op.drop_constraint(op.f("uq_case_document_event_id"), "case_document")
    op.create_unique_constraint(
        op.f("uq_case_document_event_id_signatures"), "case_document", ["event_id", "signatures"]
    )
    op.add_column(
        "agreement_signature",
        sa.Column("is_name_logged", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.alter_column("agreement_signature", "is_name_logged", server_default=None)


def downgrade() -> None:
    """Refused where an agreement has two papers: neither is ever deleted."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.drop_column("agreement_signature", "is_name_logged")
    op.drop_constraint(op.f("uq_case_document_event_id_signatures"), "case_document")
    op.create_unique_constraint(op.f("uq_case_document_event_id"), "case_document", ["event_id"])
    op.drop_column("case_document", "signatures")

"""Keep with every step of a case whose case it was then, so that a bureau's numbers are its own.

Steps from before are given to the county that had the case at that moment: the one the next
transfer took it from, or, without one, the one that has it now.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

COUNTIES_NOW = """
UPDATE case_event SET county_code = "case".county_code
FROM "case" WHERE "case".id = case_event.case_id
"""
COUNTIES_THEN = """
UPDATE case_event SET county_code = (
    SELECT moved.details ->> 'from_county'
    FROM case_event AS moved
    WHERE moved.case_id = case_event.case_id
        AND (moved.created_at, moved.id) >= (case_event.created_at, case_event.id)
        AND moved.action IN ('transfer', 'designate')
    ORDER BY moved.created_at, moved.id
    LIMIT 1
)
WHERE EXISTS (
    SELECT FROM case_event AS moved
    WHERE moved.case_id = case_event.case_id
        AND (moved.created_at, moved.id) >= (case_event.created_at, case_event.id)
        AND moved.action IN ('transfer', 'designate')
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '120s'")
    op.drop_index("ix_case_event_created_at", "case_event")
    op.add_column("case_event", sa.Column("county_code", sa.String(6)))
    op.execute("ALTER TABLE case_event DISABLE TRIGGER case_event_append_only")
    op.execute(COUNTIES_NOW)
    op.execute(COUNTIES_THEN)
    op.execute("ALTER TABLE case_event ENABLE TRIGGER case_event_append_only")
    op.alter_column("case_event", "county_code", nullable=False)
    op.create_index(
        "ix_case_event_county_code_created_at", "case_event", ["county_code", "created_at"]
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '120s'")
    op.create_index("ix_case_event_created_at", "case_event", ["created_at"])
    op.drop_column("case_event", "county_code")

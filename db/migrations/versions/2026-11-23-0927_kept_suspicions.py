"""Keep with an attendance sheet when it was drawn and what was found too regular about it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0031"
down_revision = "0030"

TABLE = "attendance_sheet"


def upgrade() -> None:
    """Sheets drawn before count as drawn now: whoever looks first judges what is recorded now."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.add_column(
        TABLE,
        sa.Column(
            "drawn_at",
            sa.DateTime(timezone=True),
            server_default=sa.func.now(),
            nullable=False,
        ),
    )
    op.alter_column(TABLE, "drawn_at", server_default=None)
    op.add_column(TABLE, sa.Column("suspicions", JSONB()))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.drop_column(TABLE, "suspicions")
    op.drop_column(TABLE, "drawn_at")

"""A terminal's message sent again unchanged is kept once."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.add_column("device_message", sa.Column("digest", sa.LargeBinary(32)))
    op.execute("UPDATE device_message SET digest = sha256(id::text::bytea)")
    op.alter_column("device_message", "digest", nullable=False)
    op.create_unique_constraint(
        "uq_device_message_project_id_device_id_digest",
        "device_message",
        ["project_id", "device_id", "digest"],
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.drop_column("device_message", "digest")

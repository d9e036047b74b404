"""Whose authority looks after a message, and the secret a webhook had before the present one."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

COUNTY_INDEX = "ix_notification_county_code_id"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.add_column("notification", sa.Column("county_code", sa.String(6)))
    op.execute(
        "UPDATE notification SET county_code = project.county_code FROM project"
        " WHERE project.id = notification.project_id"
        " AND (template = 'complaint_filed' OR template LIKE 'case\\_%')"
    )
    op.create_index(
        COUNTY_INDEX,
        "notification",
        ["county_code", "id"],
        postgresql_where=sa.text("state IN ('sent', 'failed', 'merged')"),
    )
    op.add_column("webhook", sa.Column("previous_secret", sa.LargeBinary()))
    op.add_column("webhook", sa.Column("previous_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.drop_column("webhook", "previous_until")
    op.drop_column("webhook", "previous_secret")
    op.drop_index(COUNTY_INDEX, "notification")
    op.drop_column("notification", "county_code")

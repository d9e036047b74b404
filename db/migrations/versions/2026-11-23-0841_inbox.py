"""Messages that were read in the app, news of them, and webhooks of other systems."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"

INSTANT = sa.DateTime(timezone=True)
NEWS = {
    "notification_inbox_news": "AFTER INSERT OR UPDATE OF read_at ON notification",
    "sign_in_inbox_news": "AFTER UPDATE OF revoked_at ON sign_in",
}
"""Whoever listens looks for the messages of all who watch, so no name is needed."""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.add_column("notification", sa.Column("read_at", INSTANT))
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["person_id", "id"],
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.execute(
        "CREATE FUNCTION tell_inbox() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN PERFORM pg_notify('inbox', ''); RETURN NULL; END $$"
    )
    for name, moment in NEWS.items():
        op.execute(
            f"CREATE TRIGGER {name} {moment} FOR EACH STATEMENT EXECUTE FUNCTION tell_inbox()"
        )
    _create_webhook()
    _create_webhook_delivery()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
    op.execute("DROP TRIGGER notification_inbox_news ON notification")
    op.execute("DROP TRIGGER sign_in_inbox_news ON sign_in")
    op.execute("DROP FUNCTION tell_inbox()")
    op.drop_index("ix_notification_unread", "notification")
    op.drop_column("notification", "read_at")


def _create_webhook() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("kinds", JSONB(), nullable=False),
        sa.Column("project_id", sa.Uuid()),
        sa.Column("county_code", sa.String(6)),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("resting_until", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_webhook_project_id_project"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name="fk_webhook_created_by_person"),
        sa.CheckConstraint(
            "project_id IS NULL OR county_code IS NULL", name=op.f("ck_webhook_one_scope")
        ),
    )


def _create_webhook_delivery() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("round_began_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("claimed_at", INSTANT),
        sa.Column("settled_at", INSTANT),
        sa.Column("status", sa.Integer()),
        sa.Column("error", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name="fk_webhook_delivery_webhook_id_webhook"
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'delivered', 'dead')",
            name=op.f("ck_webhook_delivery_webhook_state"),
        ),
    )
    op.create_index(
        "ix_webhook_delivery_queue",
        "webhook_delivery",
        ["webhook_id", "subject_id", "id"],
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_webhook_delivery_state", "webhook_delivery", ["webhook_id", "state", "id"])

"""Follow each message to its end: reports, dead numbers, approvals, spending, who told whom."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INSTANT = sa.DateTime(timezone=True)
STATES = ("pending", "sending", "sent", "delivered", "failed", "merged")
LANGUAGES = ("zh-CN", "cmn-x-sichuan")
APPROVALS = ("submitted", "approved", "rejected")
TROUBLES = ("not_in_service", "not_a_mobile", "refuses", "recycled")
WAYS = ("in_person", "phone_call", "notice_sheet")
STATE_CHECK = "ck_notification_notification_state"
COLUMNS = (
    ("project_id", sa.Uuid()),
    ("phone_index", sa.LargeBinary(32)),
    ("parameters", sa.LargeBinary()),
    ("deferred_until", INSTANT),
    ("delivered_at", INSTANT),
    ("digest_id", sa.Uuid()),
)
"""New and empty on every message of before."""
TABLES = (
    "told_otherwise",
    "sms_spending",
    "template_approval",
    "message_preference",
    "number_status",
    "delivery_report",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _widen_notification()
    _prefer_urgent_work()
    _create_delivery_report()
    _create_number_status()
    _create_message_preference()
    _create_template_approval()
    _create_sms_spending()
    _create_told_otherwise()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    for table in TABLES:
        op.drop_table(table)
    op.drop_index("ix_outbox_message_is_urgent_due_at", "outbox_message")
    op.drop_column("outbox_message", "is_urgent")
    op.create_index(
        "ix_outbox_message_due_at",
        "outbox_message",
        ["due_at"],
        postgresql_where=sa.text("done_at IS NULL"),
    )
    for name, _ in COLUMNS:
        op.drop_column("notification", name)
    op.drop_index("ix_notification_gateway_provider_reference", "notification")
    for name in ("language", "segments", "rung"):
        op.drop_column("notification", name)
    op.drop_constraint(STATE_CHECK, "notification")
    op.execute("UPDATE notification SET state = 'failed' WHERE state = 'merged'")
    op.create_check_constraint(STATE_CHECK, "notification", _among("state", STATES[:-1]))
    op.create_index("ix_notification_state", "notification", ["state"])


def _widen_notification() -> None:
    for name, kind in COLUMNS:
        op.add_column("notification", sa.Column(name, kind))
    _add_filled("language", sa.String(32), "'zh-CN'")
    _add_filled("segments", sa.Integer(), "1")
    _add_filled("rung", sa.Integer(), "0")
    op.create_check_constraint(
        "ck_notification_language", "notification", _among("language", LANGUAGES)
    )
    op.drop_constraint(STATE_CHECK, "notification")
    op.create_check_constraint(STATE_CHECK, "notification", _among("state", STATES))
    for column, table in (("project_id", "project"), ("digest_id", "notification")):
        op.create_foreign_key(
            f"fk_notification_{column}_{table}", "notification", table, [column], ["id"]
        )
    op.drop_index("ix_notification_state", "notification")
    op.create_index(
        "ix_notification_gateway_provider_reference",
        "notification",
        ["gateway", "provider_reference"],
        unique=True,
        postgresql_where=sa.text("provider_reference IS NOT NULL"),
    )
    op.create_index(
        "ix_notification_phone_index_created_at", "notification", ["phone_index", "created_at"]
    )
    op.create_index(
        "ix_notification_digest_id",
        "notification",
        ["digest_id"],
        postgresql_where=sa.text("digest_id IS NOT NULL"),
    )
    op.create_index(
        "ix_notification_project_id_id",
        "notification",
        ["project_id", "id"],
        postgresql_where=sa.text("state IN ('sent', 'failed', 'merged')"),
    )


def _prefer_urgent_work() -> None:
    op.add_column(
        "outbox_message",
        sa.Column("is_urgent", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.alter_column("outbox_message", "is_urgent", server_default=None)
    op.drop_index("ix_outbox_message_due_at", "outbox_message")
    op.create_index(
        "ix_outbox_message_is_urgent_due_at",
        "outbox_message",
        ["is_urgent", "due_at"],
        postgresql_where=sa.text("done_at IS NULL"),
    )


def _create_delivery_report() -> None:
    op.create_table(
        "delivery_report",
        *_record("delivery_report"),
        sa.Column("notification_id", sa.Uuid()),
        sa.Column("gateway", sa.String(32), nullable=False),
        sa.Column("provider_reference", sa.String(64), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("error", sa.String(64), nullable=False),
        sa.UniqueConstraint(
            "gateway",
            "provider_reference",
            "state",
            "error",
            name="uq_delivery_report_gateway_provider_reference_state_error",
        ),
        _reference("delivery_report", "notification_id", "notification"),
        _check("delivery_report", "notification_state", "state", STATES),
    )
    op.create_index("ix_delivery_report_notification_id", "delivery_report", ["notification_id"])


def _create_number_status() -> None:
    op.create_table(
        "number_status",
        *_record("number_status"),
        sa.Column("phone_index", sa.LargeBinary(32), nullable=False),
        sa.Column("trouble", sa.String(32)),
        sa.Column("trouble_at", INSTANT),
        sa.Column("opted_out_at", INSTANT),
        sa.UniqueConstraint("phone_index", name="uq_number_status_phone_index"),
        _check("number_status", "number_trouble", "trouble", TROUBLES),
    )


def _create_message_preference() -> None:
    op.create_table(
        "message_preference",
        *_record("message_preference"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(32), nullable=False),
        sa.Column("wants_optional", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("person_id", name="uq_message_preference_person_id"),
        _reference("message_preference", "person_id", "person"),
        _check("message_preference", "language", "language", LANGUAGES),
    )


def _create_template_approval() -> None:
    op.create_table(
        "template_approval",
        *_record("template_approval"),
        sa.Column("gateway", sa.String(32), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("provider_code", sa.String(64)),
        sa.Column("note", sa.String(200)),
        sa.UniqueConstraint(
            "gateway",
            "template",
            "version",
            "language",
            name="uq_template_approval_gateway_template_version_language",
        ),
        _check("template_approval", "language", "language", LANGUAGES),
        _check("template_approval", "approval_state", "state", APPROVALS),
    )


def _create_sms_spending() -> None:
    op.create_table(
        "sms_spending",
        *_record("sms_spending"),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("exhausted_at", INSTANT),
        sa.UniqueConstraint("project_id", "date", name="uq_sms_spending_project_id_date"),
        _reference("sms_spending", "project_id", "project"),
    )


def _create_told_otherwise() -> None:
    op.create_table(
        "told_otherwise",
        *_record("told_otherwise"),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("told_by", sa.Uuid(), nullable=False),
        sa.Column("how", sa.String(32), nullable=False),
        sa.Column("note", sa.String(200)),
        sa.UniqueConstraint("notification_id", name="uq_told_otherwise_notification_id"),
        _reference("told_otherwise", "notification_id", "notification"),
        _reference("told_otherwise", "told_by", "person"),
        _check("told_otherwise", "told_by", "how", WAYS),
    )
    op.execute(
        "CREATE TRIGGER told_otherwise_append_only BEFORE UPDATE OR DELETE ON told_otherwise"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER told_otherwise_no_truncate BEFORE TRUNCATE ON told_otherwise"
        " EXECUTE FUNCTION refuse_change()"
    )


def _record(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )


def _add_filled(name: str, kind: sa.types.TypeEngine[Any], value: str) -> None:
    """Add a mandatory column; the default is for the rows of before only."""
    op.add_column(
        "notification", sa.Column(name, kind, nullable=False, server_default=sa.text(value))
    )
    op.alter_column("notification", name, server_default=None)


def _reference(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _check(table: str, name: str, column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    return sa.CheckConstraint(_among(column, values), name=f"ck_{table}_{name}")


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"

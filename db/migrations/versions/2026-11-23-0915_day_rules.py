"""Dated day rules, forced exits, and what people say about single days."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

INSTANT = sa.DateTime(timezone=True)
METHODS = (
    "live_code",
    "card_code",
    "face",
    "fingerprint",
    "palm",
    "access_card",
    "poster",
    "manual",
    "imported",
)
STATES = ("complete", "needs_confirmation")
FINAL = ("day_rule", "day_confirmation", "objection_photo", "objection_reply")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _allow("check_in", "check_in_method", "method", (*METHODS, "forced_exit"))
    _allow("work_day", "work_day_state", "state", (*STATES, "confirmed"))
    _extend_work_days()
    _create_rules()
    _create_confirmations()
    _create_photos()
    _create_replies()
    for table in FINAL:
        _make_final(table)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    for table in ("objection_reply", "objection_photo", "day_confirmation", "refold_due"):
        op.drop_table(table)
    op.drop_table("day_rule")
    op.drop_index("ix_work_day_work_date_id", "work_day")
    op.drop_column("work_day", "overtime_minutes")
    op.execute("UPDATE work_day SET state = 'needs_confirmation' WHERE state = 'confirmed'")
    _allow("work_day", "work_day_state", "state", STATES)
    op.execute("ALTER TABLE check_in DISABLE TRIGGER check_in_append_only")
    op.execute("DELETE FROM check_in WHERE method = 'forced_exit'")
    op.execute("ALTER TABLE check_in ENABLE TRIGGER check_in_append_only")
    _allow("check_in", "check_in_method", "method", METHODS)


def _allow(table: str, name: str, column: str, values: tuple[str, ...]) -> None:
    constraint = op.f(f"ck_{table}_{name}")
    op.drop_constraint(constraint, table)
    allowed = ", ".join(repr(value) for value in values)
    op.create_check_constraint(constraint, table, f"{column} IN ({allowed})")


def _extend_work_days() -> None:
    op.add_column(
        "work_day", sa.Column("overtime_minutes", sa.Integer(), nullable=False, server_default="0")
    )
    op.alter_column("work_day", "overtime_minutes", server_default=None)
    op.create_index(
        "ix_work_day_work_date_id",
        "work_day",
        ["work_date", "id"],
        postgresql_where=sa.text("state = 'needs_confirmation'"),
    )


def _create_rules() -> None:
    op.create_table(
        "day_rule",
        *_head(),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("day_starts_at", sa.Time(), nullable=False),
        sa.Column("full_day_minutes", sa.Integer(), nullable=False),
        sa.Column("half_day_minutes", sa.Integer(), nullable=False),
        sa.Column("break_minutes", sa.Integer(), nullable=False),
        sa.Column("overtime_cap_minutes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_day_rule"),
        *_owners("day_rule", ("set_by_id", "person")),
    )
    op.create_index("ix_day_rule_project_id_from_date", "day_rule", ["project_id", "from_date"])
    op.create_table(
        "refold_due",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("project_worker_id", sa.Uuid(), nullable=False),
        sa.Column("since_date", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "project_worker_id", name="pk_refold_due"),
    )


def _create_confirmations() -> None:
    op.create_table(
        "day_confirmation",
        *_head(),
        sa.Column("project_worker_id", sa.Uuid(), nullable=False),
        sa.Column("work_date", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_day_confirmation"),
        *_owners("day_confirmation", ("project_worker_id", "project_worker")),
    )
    op.create_index(
        "ix_day_confirmation_project_id_project_worker_id_work_date",
        "day_confirmation",
        ["project_id", "project_worker_id", "work_date"],
    )


def _create_photos() -> None:
    op.create_table(
        "objection_photo",
        *_head(),
        sa.Column("objection_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_objection_photo"),
        sa.UniqueConstraint(
            "project_id",
            "objection_id",
            "digest",
            name="uq_objection_photo_project_id_objection_id_digest",
        ),
        *_owners("objection_photo", ("objection_id", "work_day_objection")),
    )


def _create_replies() -> None:
    op.create_table(
        "objection_reply",
        *_head(),
        sa.Column("objection_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("replied_by_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_objection_reply"),
        sa.UniqueConstraint(
            "project_id", "objection_id", name="uq_objection_reply_project_id_objection_id"
        ),
        *_owners(
            "objection_reply", ("objection_id", "work_day_objection"), ("replied_by_id", "person")
        ),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'rejected')", name=op.f("ck_objection_reply_objection_outcome")
        ),
    )


def _make_final(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        " EXECUTE FUNCTION refuse_change()"
    )


def _head() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
    )


def _owners(table: str, *more: tuple[str, str]) -> tuple[sa.ForeignKeyConstraint, ...]:
    owners = (("project_id", "project"), *more)
    return tuple(
        sa.ForeignKeyConstraint([column], [f"{owner}.id"], name=f"fk_{table}_{column}_{owner}")
        for column, owner in owners
    )

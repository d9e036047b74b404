"""What the gates' hot lane leaves behind and listens to: used steps, fold marks, notifications."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ROSTER_CHANNEL = "gate_roster"
"""Payload: the project whose people, contracts, codes or cards have changed."""
DEVICE_CHANNEL = "gate_device"
"""Payload: the device whose token or standing has changed."""

FUNCTIONS = {
    "tell_roster_of_project": f"""
        PERFORM pg_notify(
            '{ROSTER_CHANNEL}', coalesce(NEW.project_id, OLD.project_id)::text
        );
    """,
    "tell_roster_of_person": f"""
        PERFORM pg_notify('{ROSTER_CHANNEL}', place.project_id::text)
        FROM project_worker AS place
        WHERE place.person_id = coalesce(NEW.person_id, OLD.person_id);
    """,
    "tell_roster_of_name": f"""
        PERFORM pg_notify('{ROSTER_CHANNEL}', place.project_id::text)
        FROM project_worker AS place WHERE place.person_id = NEW.id;
    """,
    "tell_device": f"PERFORM pg_notify('{DEVICE_CHANNEL}', OLD.id::text);",
}
ANY_CHANGE = "INSERT OR UPDATE OR DELETE"
TRIGGERS = (
    ("project_worker", ANY_CHANGE, "", "tell_roster_of_project"),
    ("contract", ANY_CHANGE, "", "tell_roster_of_project"),
    ("team", "UPDATE", "WHEN (OLD.name <> NEW.name)", "tell_roster_of_project"),
    ("worker_code", ANY_CHANGE, "", "tell_roster_of_person"),
    ("worker_card", ANY_CHANGE, "", "tell_roster_of_person"),
    ("person", "UPDATE", "WHEN (OLD.name <> NEW.name)", "tell_roster_of_name"),
    (
        "device",
        "UPDATE",
        # Whatever else a device is given one day; being heard is no change, and often.
        "WHEN (to_jsonb(OLD) - '{last_seen_at,clock_offset_ms}'::text[]"
        " <> to_jsonb(NEW) - '{last_seen_at,clock_offset_ms}'::text[])",
        "tell_device",
    ),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.create_table(
        "used_step",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("project_worker_id", sa.Uuid(), nullable=False),
        sa.Column("code_step", sa.BigInteger(), nullable=False),
        sa.Column("check_in_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint(
            "project_id", "project_worker_id", "code_step", name="pk_used_step"
        ),
    )
    op.create_table(
        "fold_due",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("project_worker_id", sa.Uuid(), nullable=False),
        sa.Column("check_in_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint(
            "project_id", "project_worker_id", "check_in_id", name="pk_fold_due"
        ),
    )
    for name, body in FUNCTIONS.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
            f" AS $$ BEGIN {body} RETURN NULL; END $$"
        )
    for table, event, condition, function in TRIGGERS:
        op.execute(
            f"CREATE TRIGGER {table}_{function} AFTER {event} ON {table}"
            f" FOR EACH ROW {condition} EXECUTE FUNCTION {function}()"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    for table, _event, _condition, function in TRIGGERS:
        op.execute(f"DROP TRIGGER {table}_{function} ON {table}")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("fold_due")
    op.drop_table("used_step")

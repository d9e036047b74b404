"""What ZKTeco terminals are asked to do, how far they were read, and punches of wrong clocks."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

INSTANT = sa.DateTime(timezone=True)
REASONS = (
    "ok",
    "malformed_code",
    "unknown_worker",
    "bad_gate_tag",
    "bad_holder_tag",
    "expired_code",
    "future_code",
    "already_used",
    "not_on_project",
    "left_project",
    "no_contract",
    "revoked_card",
)
KINDS = ("update_person", "delete_person", "query_attlog")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _set_reasons((*REASONS, "wrong_clock"))
    _create_commands()
    op.create_table(
        "terminal_stamp",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("table_name", sa.String(32), nullable=False),
        sa.Column("stamp", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_terminal_stamp"),
        sa.UniqueConstraint(
            "device_id", "table_name", name="uq_terminal_stamp_device_id_table_name"
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name="fk_terminal_stamp_device_id_device"
        ),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.drop_table("terminal_stamp")
    op.drop_table("terminal_command")
    _set_reasons(REASONS)


def _set_reasons(reasons: tuple[str, ...]) -> None:
    for table in ("check_in", "gate_block"):
        name = op.f(f"ck_{table}_scan_reason")
        op.drop_constraint(name, table)
        op.create_check_constraint(name, table, _one_of("reason", reasons))


def _create_commands() -> None:
    op.create_table(
        "terminal_command",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("pin", sa.String(30)),
        sa.Column("content", sa.String(500), nullable=False),
        sa.Column("sent_at", INSTANT),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("answered_at", INSTANT),
        sa.Column("return_code", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_terminal_command"),
        sa.UniqueConstraint("device_id", "number", name="uq_terminal_command_device_id_number"),
        *(
            sa.ForeignKeyConstraint(
                [f"{owner}_id"], [f"{owner}.id"], name=f"fk_terminal_command_{owner}_id_{owner}"
            )
            for owner in ("project", "device")
        ),
        sa.CheckConstraint(
            _one_of("kind", KINDS), name=op.f("ck_terminal_command_terminal_command_kind")
        ),
    )
    op.create_index(
        "ix_terminal_command_device_id_pin_number",
        "terminal_command",
        ["device_id", "pin", "number"],
    )
    op.create_index(
        "ix_terminal_command_waiting",
        "terminal_command",
        ["device_id", "number"],
        postgresql_where=sa.text("answered_at IS NULL"),
    )


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"

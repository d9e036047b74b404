"""Printed cards, vendors' terminals, and what they sent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

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
)
DEVICE_COLUMNS = (
    "vendor",
    "direction",
    "path_secret_hash",
    "allowed_networks",
    "vendor_settings",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _set_reasons((*REASONS, "revoked_card"))
    _create_cards()
    _extend_devices()
    _create_messages()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.drop_table("device_message")
    for column in DEVICE_COLUMNS:
        op.drop_column("device", column)
    op.drop_table("worker_card")
    _set_reasons(REASONS)


def _set_reasons(reasons: tuple[str, ...]) -> None:
    for table in ("check_in", "gate_block"):
        name = f"ck_{table}_scan_reason"
        # The migration before named the one on gate_block twice over.
        for known in (name, f"ck_{table}_{name}"):
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {known}")
        op.create_check_constraint(op.f(name), table, _one_of("reason", reasons))


def _create_cards() -> None:
    op.create_table(
        "worker_card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("pin_hash", sa.String(128)),
        sa.Column("revoked_at", INSTANT),
        sa.Column("revoke_reason", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name="pk_worker_card"),
        sa.UniqueConstraint("digest", name="uq_worker_card_digest"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_worker_card_person_id_person"
        ),
    )
    op.create_index("ix_worker_card_person_id", "worker_card", ["person_id"])


def _extend_devices() -> None:
    vendors = (
        "anxinma",
        "zkteco_att",
        "zkteco_acc",
        "hikvision",
        "vguang",
        "uface",
        "facesluice",
    )
    for column, empty in (
        (sa.Column("vendor", sa.String(32), nullable=False), "anxinma"),
        (sa.Column("direction", sa.String(32)), None),
        (sa.Column("path_secret_hash", sa.LargeBinary(32)), None),
        (sa.Column("allowed_networks", JSONB(), nullable=False), "[]"),
        (sa.Column("vendor_settings", JSONB(), nullable=False), "{}"),
    ):
        column.server_default = sa.DefaultClause(empty) if empty else None
        op.add_column("device", column)
        if empty:
            op.alter_column("device", column.name, server_default=None)
    op.create_unique_constraint("uq_device_path_secret_hash", "device", ["path_secret_hash"])
    op.create_check_constraint(
        op.f("ck_device_device_vendor"), "device", _one_of("vendor", vendors)
    )
    op.create_check_constraint(
        op.f("ck_device_direction"), "device", _one_of("direction", ("in", "out"))
    )


def _create_messages() -> None:
    op.create_table(
        "device_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(200), nullable=False),
        sa.Column("content_type", sa.String(100), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("note", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name="pk_device_message"),
        *(
            sa.ForeignKeyConstraint(
                [f"{owner}_id"], [f"{owner}.id"], name=f"fk_device_message_{owner}_id_{owner}"
            )
            for owner in ("project", "device")
        ),
        sa.CheckConstraint(
            _one_of("state", ("taken", "unread")), name=op.f("ck_device_message_message_state")
        ),
    )
    op.create_index("ix_device_message_created_at", "device_message", ["created_at"])
    op.create_index("ix_device_message_project_id_state", "device_message", ["project_id", "state"])


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"

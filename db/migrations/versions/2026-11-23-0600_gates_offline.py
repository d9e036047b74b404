"""Keep what gates decided alone: annulments, unread uploads, block lists, the gate's own words."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"

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
HISTORY = ("check_in_annulment", "unread_scan")
INSTANT = sa.DateTime(timezone=True)
CONFLICTS = "ix_check_in_project_id_id"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.add_column("check_in", sa.Column("gate_report", JSONB()))
    op.create_index(
        CONFLICTS,
        "check_in",
        ["project_id", "id"],
        postgresql_where=sa.text("admitted AND reason <> 'ok'"),
    )
    _create_annulments()
    _create_unread_scans()
    _create_blocks()
    for table in HISTORY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    for table in (*HISTORY, "gate_block"):
        op.drop_table(table)
    op.drop_index(CONFLICTS, "check_in")
    op.drop_column("check_in", "gate_report")


def _create_annulments() -> None:
    op.create_table(
        "check_in_annulment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("check_in_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_check_in_annulment"),
        sa.UniqueConstraint(
            "project_id", "check_in_id", name="uq_check_in_annulment_project_id_check_in_id"
        ),
        *_owners("check_in_annulment"),
    )


def _create_unread_scans() -> None:
    op.create_table(
        "unread_scan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unread_scan"),
        sa.UniqueConstraint(
            "project_id", "device_id", "digest", name="uq_unread_scan_project_id_device_id_digest"
        ),
        *_owners("unread_scan"),
    )


def _create_blocks() -> None:
    listed = ", ".join(f"'{reason}'" for reason in REASONS)
    op.create_table(
        "gate_block",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("worker_ref", sa.LargeBinary(6), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_gate_block"),
        sa.UniqueConstraint("project_id", "worker_ref", name="uq_gate_block_project_id_worker_ref"),
        sa.UniqueConstraint("project_id", "revision", name="uq_gate_block_project_id_revision"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_gate_block_project_id_project"
        ),
        sa.CheckConstraint(f"reason IN ({listed})", name="ck_gate_block_scan_reason"),
    )


def _owners(table: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    return tuple(
        sa.ForeignKeyConstraint(
            [f"{owner}_id"], [f"{owner}.id"], name=f"fk_{table}_{owner}_id_{owner}"
        )
        for owner in ("project", "device")
    )

"""Keep who approved, sent back, locked and reopened each attendance sheet."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"

STEPS = ("team_leader", "subcontractor", "general_contractor")
ACTS = ("approved", "sent_back", "skipped", "locked", "reopened")
ROLES = ("worker", "labour_manager", "employer_admin", "inspector", "auditor", "admin")
TABLE = "attendance_sheet_act"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("role", sa.String(32)),
        sa.Column("reason", sa.String(500)),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("lines", JSONB()),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
        *_owners(),
        _closed("step", STEPS, "sheet_step"),
        _closed("act", ACTS, "sheet_act"),
        _closed("role", ROLES, "role"),
    )
    op.create_index(f"ix_{TABLE}_project_id_sheet_id", TABLE, ["project_id", "sheet_id"])
    op.execute(
        f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE}"
        " EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.drop_table(TABLE)


def _owners() -> tuple[sa.ForeignKeyConstraint, ...]:
    owners = {"project_id": "project", "sheet_id": "attendance_sheet", "actor_id": "person"}
    return tuple(
        sa.ForeignKeyConstraint([column], [f"{owner}.id"], name=f"fk_{TABLE}_{column}_{owner}")
        for column, owner in owners.items()
    )


def _closed(column: str, values: tuple[str, ...], name: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"ck_{TABLE}_{name}")

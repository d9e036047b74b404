"""Where sites are, what people agreed to, and phone punches that raise a question."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"

INSTANT = sa.DateTime(timezone=True)
KINDS = ("admitted_wrongly", "lost_device")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _create_fences()
    _create_consents()
    _allow_kinds(*KINDS, "phone_signal")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.execute("DELETE FROM gate_conflict WHERE kind = 'phone_signal'")
    _allow_kinds(*KINDS)
    op.drop_table("consent")
    op.drop_table("project_fence")


def _create_fences() -> None:
    op.create_table(
        "project_fence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("datum", sa.String(32), nullable=False),
        sa.Column("points", JSONB(), nullable=False),
        sa.Column("radius_m", sa.Float()),
        sa.PrimaryKeyConstraint("id", name="pk_project_fence"),
        sa.UniqueConstraint("project_id", name="uq_project_fence_project_id"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_project_fence_project_id_project"
        ),
        sa.CheckConstraint("datum IN ('wgs84', 'gcj02')", name=op.f("ck_project_fence_datum")),
    )


def _create_consents() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("notice", sa.String(32), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("agreed_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_consent_person_id_person"),
        sa.CheckConstraint("notice IN ('location')", name=op.f("ck_consent_notice")),
    )
    op.create_index(
        "ix_consent_standing",
        "consent",
        ["person_id", "notice"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.execute(
        "CREATE TRIGGER consent_frozen BEFORE UPDATE ON consent"
        " FOR EACH ROW EXECUTE FUNCTION refuse_rewriting('withdrawn_at')"
    )
    op.execute(
        "CREATE TRIGGER consent_stays BEFORE DELETE ON consent"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _allow_kinds(*kinds: str) -> None:
    name = op.f("ck_gate_conflict_conflict_kind")
    op.drop_constraint(name, "gate_conflict")
    allowed = ", ".join(repr(kind) for kind in kinds)
    op.create_check_constraint(name, "gate_conflict", f"kind IN ({allowed})")

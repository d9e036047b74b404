"""Printed cards: one good card a person, PIN tries, looks at faces, cards at gates, kiosks."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.add_column("worker_card", sa.Column("pin_chosen_at", INSTANT))
    op.add_column(
        "worker_card", sa.Column("pin_failures", sa.Integer(), nullable=False, server_default="0")
    )
    op.alter_column("worker_card", "pin_failures", server_default=None)
    op.create_index(
        "ix_worker_card_one_good",
        "worker_card",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.add_column("sign_in", sa.Column("kiosk_id", sa.Uuid()))
    op.create_foreign_key("fk_sign_in_kiosk_id_device", "sign_in", "device", ["kiosk_id"], ["id"])
    _create_looks()
    _create_gate_cards()


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.drop_table("gate_card")
    op.drop_table("check_in_look")
    op.drop_column("sign_in", "kiosk_id")
    op.drop_index("ix_worker_card_one_good", "worker_card")
    op.drop_column("worker_card", "pin_failures")
    op.drop_column("worker_card", "pin_chosen_at")


def _create_looks() -> None:
    op.create_table(
        "check_in_look",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("check_in_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_check_in_look"),
        sa.UniqueConstraint(
            "project_id", "check_in_id", name="uq_check_in_look_project_id_check_in_id"
        ),
        *(
            sa.ForeignKeyConstraint(
                [f"{owner}_id"], [f"{owner}.id"], name=f"fk_check_in_look_{owner}_id_{owner}"
            )
            for owner in ("project", "device")
        ),
    )
    op.execute(
        "CREATE TRIGGER check_in_look_append_only BEFORE UPDATE OR DELETE ON check_in_look"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER check_in_look_no_truncate BEFORE TRUNCATE ON check_in_look"
        " EXECUTE FUNCTION refuse_change()"
    )


def _create_gate_cards() -> None:
    op.create_table(
        "gate_card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("worker_ref", sa.LargeBinary(6)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_gate_card"),
        sa.UniqueConstraint("project_id", "digest", name="uq_gate_card_project_id_digest"),
        sa.UniqueConstraint("project_id", "revision", name="uq_gate_card_project_id_revision"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name="fk_gate_card_project_id_project"
        ),
    )

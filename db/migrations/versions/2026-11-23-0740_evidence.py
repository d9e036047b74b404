"""The evidence log: entries, the nodes of their Merkle tree, daily seals."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

INSTANT = sa.DateTime(timezone=True)
KINDS = ("payslip", "payslip_answer", "payslip_received", "pay_batch_row")
TABLES = ("evidence_entry", "evidence_node", "evidence_seal")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _create_entries()
    _create_nodes()
    _create_seals()
    op.execute(
        "CREATE FUNCTION refuse_evidence_change() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN"
        "  IF TG_OP = 'UPDATE' AND OLD.position IS NULL AND NEW.position IS NOT NULL"
        "   AND to_jsonb(OLD) - 'position' = to_jsonb(NEW) - 'position' THEN RETURN NEW; END IF;"
        "  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME"
        "   USING ERRCODE = 'restrict_violation';"
        " END $$"
    )
    for table, function in zip(
        TABLES, ("refuse_evidence_change", "refuse_change", "refuse_change"), strict=True
    ):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_evidence_change()")


def _create_entries() -> None:
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    op.create_table(
        "evidence_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("position", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_evidence_entry"),
        sa.UniqueConstraint("leaf_hash", name="uq_evidence_entry_leaf_hash"),
        sa.UniqueConstraint("position", name="uq_evidence_entry_position"),
        sa.CheckConstraint(f"kind IN ({kinds})", name=op.f("ck_evidence_entry_evidence_kind")),
    )
    op.create_index("ix_evidence_entry_kind_subject_id", "evidence_entry", ["kind", "subject_id"])
    op.create_index(
        "ix_evidence_entry_unsealed",
        "evidence_entry",
        ["created_at", "id"],
        postgresql_where=sa.text("position IS NULL"),
    )


def _create_nodes() -> None:
    op.create_table(
        "evidence_node",
        sa.Column("level", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("index", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name="pk_evidence_node"),
    )


def _create_seals() -> None:
    op.create_table(
        "evidence_seal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sealed_date", sa.Date(), nullable=False),
        sa.Column("tree_size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(32), nullable=False),
        sa.Column("previous_id", sa.Uuid()),
        sa.Column("statement", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evidence_seal"),
        sa.UniqueConstraint("sealed_date", name="uq_evidence_seal_sealed_date"),
        sa.UniqueConstraint("previous_id", name="uq_evidence_seal_previous_id"),
        sa.ForeignKeyConstraint(
            ["previous_id"],
            ["evidence_seal.id"],
            name="fk_evidence_seal_previous_id_evidence_seal",
        ),
    )

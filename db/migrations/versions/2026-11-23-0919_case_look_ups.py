"""Look cases up in the same time at any number of them; local promises; signed agreements.

Cases filed before get the words of project and employer to be found by; the bureau of a period
that began before is taken to be the one that has the case now.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0024"
down_revision = "0023"

RUNS = "stopped_at IS NULL AND NOT is_paused"
WORDS = """
UPDATE "case" SET search_words = found.words
FROM (
    SELECT one.id, array_agg(DISTINCT substr(lower(text), start, length)) AS words
    FROM "case" AS one
    JOIN complaint ON complaint.id = one.complaint_id
    LEFT JOIN project ON project.id = complaint.project_id
    CROSS JOIN LATERAL unnest(ARRAY[project.name, complaint.employer_name]) AS text
    CROSS JOIN LATERAL generate_series(1, length(text)) AS start
    CROSS JOIN LATERAL generate_series(1, 2) AS length
    GROUP BY one.id
) AS found
WHERE found.id = "case".id
"""


KINDS = ("payslip", "payslip_answer", "payslip_received", "pay_batch_row")
CLOCKS = (
    "acceptance",
    "designation",
    "investigation",
    "payment",
    "police_decision",
    "police_handover",
    "police_reply",
    "police_review",
    "evidence_handover",
    "follow_up",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _index_look_ups()
    _create_promises()
    _create_signatures()
    _allow_entries(*KINDS, "agreement_signature")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _allow_entries(*KINDS)
    op.drop_table("agreement_signature")
    op.drop_table("local_promise")
    op.drop_column("case_clock", "promise_source")
    op.drop_column("case_clock", "promised_days")
    op.drop_index("ix_case_handler_person_id_case_id", "case_handler")
    op.create_index("ix_case_handler_person_id", "case_handler", ["person_id"])
    op.drop_index("ix_case_event_created_at", "case_event")
    op.drop_column("case_clock", "county_code")
    op.drop_index("ix_case_clock_due_date_case_id", "case_clock")
    op.create_index(
        "ix_case_clock_due_date",
        "case_clock",
        ["due_date"],
        postgresql_where=sa.text("stopped_at IS NULL"),
    )
    op.drop_column("case", "search_words")


def _allow_entries(*kinds: str) -> None:
    """Say anew what the evidence log speaks of."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint("ck_evidence_entry_evidence_kind", "evidence_entry")
    op.create_check_constraint(
        op.f("ck_evidence_entry_evidence_kind"), "evidence_entry", f"kind IN ({listed})"
    )


def _create_promises() -> None:
    op.add_column("case_clock", sa.Column("promised_days", sa.Integer()))
    op.add_column("case_clock", sa.Column("promise_source", sa.String(200)))
    listed = ", ".join(f"'{kind}'" for kind in CLOCKS)
    op.create_table(
        "local_promise",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("division_code", sa.String(6), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("until_date", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_local_promise"),
        sa.CheckConstraint(f"kind IN ({listed})", name="ck_local_promise_clock_kind"),
        sa.CheckConstraint("days >= 1", name="ck_local_promise_some_days"),
    )
    op.create_index("ix_local_promise_division_code", "local_promise", ["division_code"])


def _create_signatures() -> None:
    op.create_table(
        "agreement_signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(32), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("is_at_kiosk", sa.Boolean(), nullable=False),
        sa.Column("receipt", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agreement_signature"),
        sa.UniqueConstraint("event_id", "party", name="uq_agreement_signature_event_id_party"),
        sa.ForeignKeyConstraint(
            ["event_id"], ["case_event.id"], name="fk_agreement_signature_event_id_case_event"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_agreement_signature_person_id_person"
        ),
        sa.CheckConstraint(
            "party IN ('worker', 'employer')", name="ck_agreement_signature_agreement_party"
        ),
    )
    op.execute(
        "CREATE TRIGGER agreement_signature_append_only BEFORE UPDATE OR DELETE"
        " ON agreement_signature FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER agreement_signature_no_truncate BEFORE TRUNCATE"
        " ON agreement_signature EXECUTE FUNCTION refuse_change()"
    )


def _index_look_ups() -> None:
    op.add_column(
        "case", sa.Column("search_words", ARRAY(sa.Text()), nullable=False, server_default="{}")
    )
    op.alter_column("case", "search_words", server_default=None)
    op.execute(WORDS)
    op.create_index("ix_case_search_words", "case", ["search_words"], postgresql_using="gin")
    op.add_column("case_clock", sa.Column("county_code", sa.String(6)))
    op.execute(
        "UPDATE case_clock SET county_code = one.county_code"
        ' FROM "case" AS one WHERE one.id = case_clock.case_id'
    )
    op.alter_column("case_clock", "county_code", nullable=False)
    op.drop_index("ix_case_clock_due_date", "case_clock")
    op.create_index(
        "ix_case_clock_due_date_case_id",
        "case_clock",
        ["due_date", "case_id"],
        postgresql_where=sa.text(RUNS),
    )
    op.create_index(
        "ix_case_clock_county_code_due_date_case_id",
        "case_clock",
        ["county_code", "due_date", "case_id"],
        postgresql_where=sa.text(RUNS),
    )
    op.create_index(
        "ix_case_clock_county_code_stopped_at",
        "case_clock",
        ["county_code", "stopped_at"],
        postgresql_where=sa.text("stopped_at IS NOT NULL"),
    )
    op.create_index("ix_case_event_created_at", "case_event", ["created_at"])
    op.drop_index("ix_case_handler_person_id", "case_handler")
    op.create_index("ix_case_handler_person_id_case_id", "case_handler", ["person_id", "case_id"])

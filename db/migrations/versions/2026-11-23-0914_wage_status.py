"""Every worker's wage status beside its facts, and marks by which changed facts ask for it anew."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"

INSTANT = sa.DateTime(timezone=True)
OF_PLACE = "JOIN project_worker AS place ON place.id = changed.project_worker_id"
CHANGE_LEVELS = {
    "INSERT": "REFERENCING NEW TABLE AS after",
    "UPDATE": "REFERENCING OLD TABLE AS before NEW TABLE AS after",
    "DELETE": "REFERENCING OLD TABLE AS before",
}
# The month that is running asks for no payslip yet. A day of slack: whoever writes around
# midnight of the month's end may commit after it.
IS_OVER = (
    "changed.work_date < date_trunc("
    "'month', clock_timestamp() AT TIME ZONE 'Asia/Shanghai' + interval '1 day')"
)
# Table: events, what of a row counts, and whom a changed row is about.
FACTS = {
    "pay_sheet": (
        ("UPDATE",),
        "id, state = 'draft' AS is_draft",
        "slip.person_id FROM {changed} JOIN payslip AS slip ON slip.pay_sheet_id = changed.id",
    ),
    "payslip": (
        ("INSERT", "UPDATE", "DELETE"),
        "id, pay_sheet_id, project_worker_id, person_id, is_current, month, due_date, net_fen,"
        " answer_state",
        "changed.person_id FROM {changed}"
        " JOIN pay_sheet AS sheet ON sheet.id = changed.pay_sheet_id AND sheet.state <> 'draft'",
    ),
    "pay_batch_row": (
        ("INSERT", "UPDATE"),
        "id, payslip_id, state, amount_fen",
        "slip.person_id FROM {changed} JOIN payslip AS slip ON slip.id = changed.payslip_id"
        " WHERE changed.state IN ('submitted', 'acknowledged', 'rejected')",
    ),
    "payslip_received": (
        ("INSERT",),
        "id, payslip_id",
        "slip.person_id FROM {changed} JOIN payslip AS slip ON slip.id = changed.payslip_id",
    ),
    "work_day": (
        ("INSERT", "UPDATE", "DELETE"),
        "id, project_worker_id, work_date, units > 0 OR state = 'needs_confirmation' AS is_work",
        f"place.person_id FROM {{changed}} {OF_PLACE} WHERE changed.is_work AND {IS_OVER}",
    ),
    "project_worker": (
        ("INSERT", "UPDATE", "DELETE"),
        "id, project_id, person_id, entered_date, left_date",
        "changed.person_id FROM {changed}",
    ),
    "contract": (
        ("INSERT", "UPDATE", "DELETE"),
        "id, project_worker_id, start_date, payday",
        f"place.person_id FROM {{changed}} {OF_PLACE}",
    ),
    "project": (
        ("UPDATE",),
        "id, arrears_after_days",
        "place.person_id FROM {changed} JOIN project_worker AS place"
        " ON place.project_id = changed.id",
    ),
    "case": (
        ("INSERT", "UPDATE"),
        "id, complaint_id, state",
        "filed.person_id FROM {changed} JOIN complaint AS filed ON filed.id = changed.complaint_id"
        " WHERE filed.person_id IS NOT NULL",
    ),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.create_table(
        "wage_status",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("severity", sa.SmallInteger()),
        sa.Column("reasons", JSONB(), nullable=False),
        sa.Column("computed_at", INSTANT, nullable=False),
        sa.Column("valid_until", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_wage_status_person_id_person"
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_wage_status"),
    )
    op.create_index("ix_wage_status_severity", "wage_status", ["severity"])
    op.create_index("ix_wage_status_valid_until", "wage_status", ["valid_until"])
    op.create_table(
        "wage_status_mark",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "id", name="pk_wage_status_mark"),
    )
    for table, (events, columns, person) in FACTS.items():
        _create_function(table, columns, person)
        for event in events:
            op.execute(
                f"CREATE TRIGGER {table}_{event.lower()}_mark_wage_status AFTER {event}"
                f' ON "{table}" {CHANGE_LEVELS[event]}'
                f" FOR EACH STATEMENT EXECUTE FUNCTION mark_wage_status_of_{table}()"
            )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    for table, (events, _, _) in FACTS.items():
        for event in events:
            op.execute(f'DROP TRIGGER {table}_{event.lower()}_mark_wage_status ON "{table}"')
        op.execute(f"DROP FUNCTION mark_wage_status_of_{table}()")
    op.drop_table("wage_status_mark")
    op.drop_table("wage_status")


def _create_function(table: str, columns: str, person: str) -> None:
    """Mark everybody whose facts a statement changed; an update that changed none marks nobody."""
    new, old = (f"SELECT {columns} FROM {rows}" for rows in ("after", "before"))  # noqa: S608
    changes = {
        "INSERT": new,
        "UPDATE": f"({new} EXCEPT {old}) UNION ALL ({old} EXCEPT {new})",
        "DELETE": old,
    }
    branches = " ELSIF ".join(
        f"TG_OP = '{event}' THEN INSERT INTO wage_status_mark (person_id)"
        f" SELECT DISTINCT {person.format(changed=f'({rows}) AS changed')};"
        for event, rows in changes.items()
    )
    op.execute(
        f"CREATE FUNCTION mark_wage_status_of_{table}() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN IF {branches} END IF; RETURN NULL; END $$"
    )

"""Refuse confirmations nobody gave and files nobody released; mark what the product recorded.

What was recorded before has no tag: let the night's sealing run before upgrading, or `make audit`
names the entries of that day, which nothing vouches for.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

KINDS = (
    "payslip",
    "payslip_answer",
    "payslip_received",
    "pay_batch_row",
    "agreement_signature",
)
# A temporary table of the same name would otherwise be read first.
HEAD = "RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS"
FUNCTIONS = {
    "require_own_answer": """
 IF EXISTS (
  SELECT FROM payslip AS shown
  WHERE shown.id = NEW.id AND shown.answer_state = 'confirmed' AND NOT EXISTS (
   SELECT FROM payslip_answer AS said
   WHERE said.payslip_id = shown.id AND said.person_id = shown.person_id
    AND said.state = 'confirmed' AND said.content_hash = shown.content_hash
    AND said.receipt IS NOT NULL
    AND (said.kiosk_id IS NULL OR said.statement_id IS NOT NULL)
    AND NOT EXISTS (
     SELECT FROM payslip_answer AS later
     WHERE later.payslip_id = said.payslip_id AND later.id > said.id)
    AND NOT EXISTS (
     SELECT FROM call_back
     WHERE call_back.project_id = said.project_id AND call_back.answer_id = said.id
      AND call_back.outcome = 'denied'))
 ) THEN
  RAISE EXCEPTION 'payslip % was not confirmed by its worker', NEW.id
   USING ERRCODE = 'restrict_violation';
 END IF;
 RETURN NULL;""",
    "require_two_people": """
 IF EXISTS (
  SELECT FROM pay_batch AS batch
  WHERE batch.id = NEW.id AND batch.state = 'released' AND NOT (
   batch.decided_at IS NOT NULL AND batch.decided_by IS NOT NULL
   AND batch.decided_by <> batch.created_by
   AND EXISTS (
    SELECT FROM audit_entry AS act
    WHERE act.subject_kind = 'pay_batch' AND act.subject_id = batch.id
     AND act.action = 'payroll.pay-batch-created' AND act.actor_id = batch.created_by)
   AND EXISTS (
    SELECT FROM audit_entry AS act
    WHERE act.subject_kind = 'pay_batch' AND act.subject_id = batch.id
     AND act.action = 'payroll.pay-batch-released' AND act.actor_id = batch.decided_by
     AND act.detail ->> 'file_hash' = batch.file_hash
     AND act.detail ->> 'row_count' = batch.row_count::text
     AND act.detail ->> 'total_fen' = batch.total_fen::text)
   AND EXISTS (
    SELECT FROM pay_batch_row AS line
    WHERE line.project_id = batch.project_id AND line.batch_id = batch.id
    HAVING count(*) = batch.row_count AND sum(line.amount_fen) = batch.total_fen))
 ) THEN
  RAISE EXCEPTION 'pay_batch % was not released by a second person', NEW.id
   USING ERRCODE = 'restrict_violation';
 END IF;
 RETURN NULL;""",
}
CHECKED_AT_COMMIT = {
    "payslip_confirmed_by_worker": (
        "payslip",
        "INSERT OR UPDATE OF answer_state, content_hash, person_id",
        "NEW.answer_state = 'confirmed'",
        "require_own_answer",
    ),
    "pay_batch_released_by_two": (
        "pay_batch",
        "INSERT OR UPDATE OF state, decided_at, decided_by",
        "NEW.state = 'released'",
        "require_two_people",
    ),
}
SAID_ONCE = {
    "payslip_stays_replaced": ("payslip", "NEW.is_current AND NOT OLD.is_current"),
    "call_back_said_once": ("call_back", "OLD.outcome IS NOT NULL"),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.add_column("evidence_entry", sa.Column("tag", sa.LargeBinary(32)))
    _allow_kinds(*KINDS, "pay_batch")
    for name, body in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {name}() {HEAD} $$ BEGIN {body} END $$")
    for name, (table, event, condition, function) in CHECKED_AT_COMMIT.items():
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {name} AFTER {event} ON {table}"
            f" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({condition})"
            f" EXECUTE FUNCTION {function}()"
        )
    for name, (table, condition) in SAID_ONCE.items():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table}"
            f" FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION refuse_change()"
        )
    op.execute("ALTER FUNCTION refuse_deleting_published() SET search_path = public, pg_temp")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.execute("ALTER FUNCTION refuse_deleting_published() RESET search_path")
    for name, (table, *_) in (SAID_ONCE | CHECKED_AT_COMMIT).items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
    for name in FUNCTIONS:
        op.execute(f"DROP FUNCTION {name}()")
    # Its constraint forbids the kind again; the log of such an installation no longer holds.
    op.execute("ALTER TABLE evidence_entry DISABLE TRIGGER evidence_entry_append_only")
    op.execute("DELETE FROM evidence_entry WHERE kind = 'pay_batch'")
    op.execute("ALTER TABLE evidence_entry ENABLE TRIGGER evidence_entry_append_only")
    _allow_kinds(*KINDS)
    op.drop_column("evidence_entry", "tag")


def _allow_kinds(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    name = op.f("ck_evidence_entry_evidence_kind")
    op.drop_constraint(name, "evidence_entry")
    op.create_check_constraint(name, "evidence_entry", f"kind IN ({listed})")

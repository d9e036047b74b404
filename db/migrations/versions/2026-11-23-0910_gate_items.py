"""Give late denials of gates an owner; tell the hot lane of cards only what it knows of them."""

from alembic import op

revision = "0015"
down_revision = "0014"

KINDS = ("admitted_wrongly", "lost_device", "phone_signal")
CARD_TRIGGER = "worker_card_tell_roster_of_person"
CHANGE_TRIGGER = "worker_card_tell_roster_of_change"
KNOWN_OF_CARD = ("person_id", "digest", "revoked_at")
"""What a gate's roster holds; tries of a PIN, e.g., are no news for it."""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _allow_kinds(*KINDS, "denied_later")
    op.execute(f"DROP TRIGGER {CARD_TRIGGER} ON worker_card")
    _tell_roster(CARD_TRIGGER, "INSERT OR DELETE")
    is_changed = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in KNOWN_OF_CARD)
    _tell_roster(CHANGE_TRIGGER, "UPDATE", f"WHEN ({is_changed})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    for trigger in (CARD_TRIGGER, CHANGE_TRIGGER):
        op.execute(f"DROP TRIGGER {trigger} ON worker_card")
    _tell_roster(CARD_TRIGGER, "INSERT OR UPDATE OR DELETE")
    op.execute("DELETE FROM gate_conflict WHERE kind = 'denied_later'")
    _allow_kinds(*KINDS)


def _tell_roster(trigger: str, event: str, condition: str = "") -> None:
    op.execute(
        f"CREATE TRIGGER {trigger} AFTER {event} ON worker_card"
        f" FOR EACH ROW {condition} EXECUTE FUNCTION tell_roster_of_person()"
    )


def _allow_kinds(*kinds: str) -> None:
    name = op.f("ck_gate_conflict_conflict_kind")
    op.drop_constraint(name, "gate_conflict")
    allowed = ", ".join(repr(kind) for kind in kinds)
    op.create_check_constraint(name, "gate_conflict", f"kind IN ({allowed})")

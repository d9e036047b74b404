"""Give crossings an owner of which a guard says that it was not the card's holder."""

from alembic import op

revision = "0025"
down_revision = "0024"

KINDS = ("admitted_wrongly", "lost_device", "phone_signal", "denied_later")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    _allow_kinds(*KINDS, "not_the_holder")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '30s'")
    op.execute("DELETE FROM gate_conflict WHERE kind = 'not_the_holder'")
    _allow_kinds(*KINDS)


def _allow_kinds(*kinds: str) -> None:
    name = op.f("ck_gate_conflict_conflict_kind")
    op.drop_constraint(name, "gate_conflict")
    allowed = ", ".join(repr(kind) for kind in kinds)
    op.create_check_constraint(name, "gate_conflict", f"kind IN ({allowed})")

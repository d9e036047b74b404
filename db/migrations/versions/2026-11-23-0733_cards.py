"""Printed cards."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Filled in by its owner."""


def downgrade() -> None:
    """Filled in by its owner."""

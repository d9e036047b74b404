"""ZKTeco terminals."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Filled in by its owner."""


def downgrade() -> None:
    """Filled in by its owner."""

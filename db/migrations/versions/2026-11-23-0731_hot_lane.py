"""What waits to be folded."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Filled in by its owner."""


def downgrade() -> None:
    """Filled in by its owner."""

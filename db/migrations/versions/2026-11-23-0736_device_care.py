"""Lost devices, key roll, conflicts with an owner."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Filled in by its owner."""


def downgrade() -> None:
    """Filled in by its owner."""

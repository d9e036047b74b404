"""What becomes of a ZKTeco terminal's call: understood, stored, and only then acknowledged."""

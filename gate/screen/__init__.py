"""What people at the gate see: the last decision, and whether the gate is all right."""

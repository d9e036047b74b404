"""Check-ins, the work days folded from them, and the monthly sheets."""

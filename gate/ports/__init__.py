"""What hangs on the gate's own computer: readers and relays, each behind a small port."""

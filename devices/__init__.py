"""Gates and other devices: pairing them, knowing them again, reading what vendors' models write."""

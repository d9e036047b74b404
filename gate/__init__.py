"""The edge program at a turnstile: `python -m gate`; decides with or without a network."""

"""Proof for people: content hashes and signed receipts that anybody can verify."""

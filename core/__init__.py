"""Vocabulary, arithmetic and settings that every package may use; no business I/O."""

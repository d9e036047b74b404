"""Persistence: engine, tables, outbox, migrations; knows no package above it."""

"""Runs migrations against `DATABASE_URL`, one transaction each, one runner at a time."""

import os
import re
from typing import Any

from alembic import context
from sqlalchemy import create_engine, text
from sqlmodel import SQLModel

import db.models  # noqa: F401  registers every table

RUNNER_LOCK = 0x61786D
"""Advisory lock: two deployments that migrate at once take turns."""
PARTITION = re.compile(r"^check_in_(default|\d{4}_\d{2})$")


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave partitions out of the comparison; `attendance` makes them as months come."""
    return not (kind == "table" and name is not None and PARTITION.match(name))


def run_migrations() -> None:
    """Apply what is missing."""
    url = context.config.get_main_option("sqlalchemy.url") or os.environ["DATABASE_URL"]  # noqa: TID251
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": RUNNER_LOCK})
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            include_name=include_name,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run_migrations()

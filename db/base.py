"""What every table shares: naming convention, keys, UTC instants, closed sets, sealed columns."""

from datetime import UTC, datetime
from enum import Enum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

from core.clock import now
from core.crypto import FieldKeys, SealError

UUID_RANDOM_BITS = 80
"""What follows the 48 bits of milliseconds in a UUIDv7 (RFC 9562 §5.7)."""

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> UUID:
    """Return a fresh UUIDv7 (RFC 9562): unique, and ordered by creation time."""
    return uuid7()


def first_id_at(at: datetime) -> UUID:
    """Return a bound: what has a smaller id was made before the instant, to the millisecond."""
    return UUID(int=int(at.timestamp() * 1000) << UUID_RANDOM_BITS)


class UtcDateTime(sa.TypeDecorator[datetime]):
    """`timestamptz` that refuses naive values and always returns UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse an instant without a zone; PostgreSQL would guess one."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a naive datetime is not an instant")
        return value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Return the instant in UTC whatever the connection's zone is."""
        return None if value is None else value.astimezone(UTC)


class Sealed(sa.TypeDecorator[str]):
    """Text encrypted per value (`core.crypto.FieldKeys`); the column holds bytes.

    `context` names the column (``person.phone``) and is authenticated. The keys belong to the
    engine (`db.session.Database`), so a process without them cannot read or write the column.
    """

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        self.context = context
        super().__init__()

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> bytes | None:
        """Seal the text."""
        return None if value is None else field_keys(dialect).seal(self.context, value.encode())

    def process_result_value(self, value: bytes | None, dialect: sa.Dialect) -> str | None:
        """Open the bytes; `core.crypto.SealError` if they were altered or moved."""
        return None if value is None else field_keys(dialect).open(self.context, value).decode()


class Legible(Sealed):
    """`Sealed` for whoever looks for altered values: None where one cannot be opened."""

    cache_ok = True

    def process_result_value(self, value: bytes | None, dialect: sa.Dialect) -> str | None:
        """Open the bytes if they can be."""
        try:
            return super().process_result_value(value, dialect)
        except SealError:
            return None


def field_keys(dialect: sa.Dialect) -> FieldKeys:
    """Return the keys `db.session.Database` gave its engine."""
    keys = getattr(dialect, "field_keys", None)
    if not isinstance(keys, FieldKeys):
        raise TypeError("this engine was not opened by db.session.Database; it has no field keys")
    return keys


def enum_type(enum: type[Enum], *, column: str | None = None) -> sa.Enum:
    """Return VARCHAR(32) + CHECK holding the enum's *values* (SQLModel would store names).

    The CHECK is named after the enum, or after `column` where a table has two of a kind.
    """
    return sa.Enum(
        enum,
        native_enum=False,
        length=32,
        create_constraint=True,
        name=column or _snake(enum.__name__),
        values_callable=lambda members: [member.value for member in members],
    )


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


class Record(SQLModel):
    """A table row with a UUIDv7 key and the instant it was written."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)

"""Rows in one statement, whatever their number: inserted, put, changed, or asked about."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from psycopg import adapters
from psycopg.types.array import ListBinaryDumper
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert
from sqlalchemy.orm import Mapped, QueryableAttribute
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, SQLModel

from db.base import Sealed


class _Values(list[Any]):
    """The values of one column; psycopg writes them in binary form, ten times cheaper than text."""


adapters.register_dumper(_Values, ListBinaryDumper)


class _Column(sa.TypeDecorator[Sequence[Any]]):
    """An array of one value for each row."""

    impl = ARRAY
    cache_ok = True

    def __init__(self, item_type: TypeEngine[Any]) -> None:
        self.item_type = item_type
        super().__init__(item_type)

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[Any], _Values]:
        """Return what makes each value ready for its column."""
        process = self.item_type.dialect_impl(dialect).bind_processor(dialect)
        if process is None:
            return _Values
        return lambda values: _Values(map(process, values))


def insert_rows(
    session: Session,
    table: type[SQLModel],
    rows: Sequence[Mapping[str, Any]],
    *,
    once_per: str | None = None,
) -> set[UUID]:
    """Insert rows that all give the same columns; what they leave out is NULL or has its default.

    `once_per` names a unique column: a row whose value is taken is left out, and the ids of the
    others come back. One array for each column travels to PostgreSQL instead of one parameter for
    each value, which is several times faster from some hundred rows on; what all rows have in
    common travels once.
    """
    if not rows:
        return set()
    if len(rows) == 1:
        statement = _build_single_insert(table, once_per)
        inserted = session.execute(statement, rows[0])
    else:
        columns = _in_columns(rows)
        given = tuple((name, _is_common(table, name, columns[_of(name)])) for name in rows[0])
        for name, is_common in given:
            if is_common:
                columns[_of(name)] = rows[0][name]
        inserted = session.execute(_build_insert(table, given, once_per), columns)
    return set(inserted.scalars()) if once_per else set()


def put_rows(
    session: Session,
    table: type[SQLModel],
    rows: Sequence[Mapping[str, Any]],
    *,
    key: tuple[str, ...],
    replaced: tuple[str, ...],
) -> None:
    """Insert rows that all give the same columns; where the unique `key` is taken, replace columns.

    A row that would stay as it is stays untouched. No two rows have the same key. Objects of the
    table that the session holds are not told.
    """
    if rows:
        session.execute(_build_put(table, tuple(rows[0]), key, replaced), _in_columns(rows))


def update_rows(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the columns that the rows give, each over the row of its `id`.

    Objects of the table that the session holds are not told.
    """
    if rows:
        session.execute(_build_update(table, tuple(rows[0])), _in_columns(rows))


def is_any(column: Mapped[Any], name: str) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of the values given as the parameter `name`."""
    assert isinstance(column, QueryableAttribute)  # what every attribute of a table class is
    return column == sa.any_(sa.bindparam(name, type_=_Column(column.expression.type)))


def each_of(column: Mapped[Any], name: str) -> sa.TableValuedAlias:
    """Return a table of one column, `value`, of what is given as the parameter `name`.

    For a LATERAL subquery, of values of the column's type. Ordered as the index that is meant to
    answer, such a subquery takes no other where the server may neither sort nor collect rows first,
    even if the table was empty when it planned and all of its indexes looked the same.
    """
    assert isinstance(column, QueryableAttribute)  # what every attribute of a table class is
    values = sa.bindparam(name, type_=_Column(column.expression.type))
    return sa.func.unnest(values).table_valued("value").render_derived(name=name)


# A statement put together anew each time costs more than PostgreSQL takes for a row.
@cache
def _build_single_insert(table: type[SQLModel], once_per: str | None) -> sa.Executable:
    return _unless_taken(insert(_stored(table)), once_per)


@cache
def _build_insert(
    table: type[SQLModel], given: tuple[tuple[str, bool], ...], once_per: str | None
) -> sa.Executable:
    """Return the INSERT of columns that are each named with whether all rows have it in common."""
    written = _stored(table)
    arrays = _unnest(written, [name for name, is_common in given if not is_common])
    chosen = [_one(written.c[name]) if is_common else arrays.c[name] for name, is_common in given]
    names = [name for name, _ in given]
    statement = insert(written).from_select(names, sa.select(*chosen), include_defaults=False)
    return _unless_taken(statement, once_per)


def _unless_taken(statement: Insert, once_per: str | None) -> sa.Executable:
    if once_per is None:
        return statement
    written = statement.table.c
    return statement.on_conflict_do_nothing(index_elements=[once_per]).returning(written.id)


def _is_common(table: type[SQLModel], name: str, values: Sequence[Any]) -> bool:
    """Tell whether one value may be sent for all; what is sealed is sealed for each row."""
    if name == "id" or isinstance(_stored(table).c[name].type, Sealed):
        return False
    return all(value is values[0] for value in values)


@cache
def _build_put(
    table: type[SQLModel], names: tuple[str, ...], key: tuple[str, ...], replaced: tuple[str, ...]
) -> sa.Executable:
    written = _stored(table)
    given = _unnest(written, names)
    chosen = sa.select(*(given.c[name] for name in names))
    statement = insert(written).from_select(names, chosen, include_defaults=False)
    known = sa.tuple_(*(written.c[name] for name in replaced))
    new = sa.tuple_(*(statement.excluded[name] for name in replaced))
    return statement.on_conflict_do_update(
        index_elements=key,
        set_={name: statement.excluded[name] for name in replaced},
        where=known.is_distinct_from(new),
    )


@cache
def _build_update(table: type[SQLModel], names: tuple[str, ...]) -> sa.Executable:
    written = _stored(table)
    given = _unnest(written, names)
    changes = {name: given.c[name] for name in names if name != "id"}
    return sa.update(written).where(written.c.id == given.c.id).values(changes)


def _stored(table: type[SQLModel]) -> sa.Table:
    stored: sa.Table = sa.inspect(table).local_table
    return stored


def _unnest(written: sa.Table, names: Sequence[str]) -> sa.TableValuedAlias:
    arrays = [sa.bindparam(_of(name), type_=_Column(written.c[name].type)) for name in names]
    return sa.func.unnest(*arrays).table_valued(*names, name="given").render_derived()


def _one(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(sa.bindparam(_of(column.name), type_=column.type), column.type)


def _in_columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {_of(name): [row[name] for row in rows] for name in rows[0]}


def _of(name: str) -> str:
    return f"all_{name}"

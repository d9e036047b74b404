"""Storing many check-ins at once, each report only the first time."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import cast, column, func, inspect, literal, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import Session, col

from db.models import CheckIn
from db.models.attendance import REPORT_KEY

CHUNK_ROWS = 5_000
Row = dict[str, Any]
"""Columns of one check-in."""


def store_check_ins(
    session: Session, rows: Sequence[Row], common: Mapping[str, object]
) -> set[UUID]:
    """Store the rows that are new, each with what they have in common, and return their ids.

    A chunk travels as one JSON parameter: a hundred thousand bound values would cost more than
    the insert itself.
    """
    new_ids: set[UUID] = set()
    for start in range(0, len(rows), CHUNK_ROWS):
        chunk = json.dumps(rows[start : start + CHUNK_ROWS], default=str)
        new_ids.update(session.scalars(_insert(chunk, list(rows[0]), common)))
    return new_ids


def _insert(
    chunk: str, varying: Sequence[str], common: Mapping[str, object]
) -> ReturningInsert[UUID]:
    table = inspect(CheckIn).columns
    lines = (
        func.jsonb_to_recordset(cast(literal(chunk), JSONB))
        .table_valued(*(column(name, table[name].type) for name in varying))
        .render_derived(with_types=True)
    )
    values = [literal(value).label(name) for name, value in common.items()]
    return (
        insert(CheckIn)
        .from_select([*varying, *common], select(*lines.c, *values))
        .on_conflict_do_nothing(index_elements=REPORT_KEY)
        .returning(col(CheckIn.id))
    )

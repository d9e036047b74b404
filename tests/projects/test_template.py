"""The template managers download."""

from io import BytesIO

import openpyxl
import pytest
from sqlmodel import Session

from projects import lines
from projects.errors import SheetEmptyError
from projects.template import GUIDE_SHEET, make_roster_template
from projects.workbook import open_workbook
from tests.factories.projects import make_project, make_team


def make_template(session: Session) -> bytes:
    team = make_team(session, make_project(session), name="木工二班")
    return make_roster_template(session, project_id=team.project_id)


def test_the_template_has_every_column_and_no_rows(session: Session) -> None:
    template = open_workbook(make_template(session), sheets=[lines.SHEET])

    with pytest.raises(SheetEmptyError):
        template.read_sheet(lines.SHEET, lines.COLUMNS)


def test_every_column_is_text_also_where_nothing_is_written(session: Session) -> None:
    book = openpyxl.load_workbook(BytesIO(make_template(session)))
    columns = book[lines.SHEET].column_dimensions

    formats = {column.number_format for column in columns.values()}
    widest = max(column.max or 0 for column in columns.values())
    assert (formats, widest) == ({"@"}, len(lines.COLUMNS))


def test_the_guide_explains_each_column_and_names_the_teams(session: Session) -> None:
    book = openpyxl.load_workbook(BytesIO(make_template(session)))

    rows = list(book[GUIDE_SHEET].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == [column.header for column in lines.COLUMNS]
    assert any("木工二班" in str(row[2]) for row in rows)

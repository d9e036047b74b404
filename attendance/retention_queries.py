"""Whether a month of check-ins is still needed by any of its projects."""

from datetime import date

from sqlalchemy import text
from sqlmodel import Session

NEEDED = """
SELECT EXISTS (
  SELECT FROM (SELECT DISTINCT project_id FROM {table}) AS present
  JOIN project ON project.id = present.project_id
  WHERE project.complete_date IS NULL OR project.complete_date > :before
    OR EXISTS (
      SELECT FROM pay_sheet WHERE project_id = project.id AND state <> 'settled'
    ) OR EXISTS (
      SELECT FROM pay_batch_row WHERE project_id = project.id AND settled_date > :before
    ) OR EXISTS (
      SELECT FROM work_day WHERE project_id = project.id AND NOT EXISTS (
        SELECT FROM pay_sheet AS sheet
        WHERE sheet.project_id = project.id AND sheet.month = to_char(work_date, 'YYYY-MM')
      )
    )
)
"""


def is_needed(session: Session, table: str, *, before: date) -> bool:
    """Tell whether a project with check-ins in this partition was not over by then (条例 §28).

    Over: completed, each month with work on a pay sheet, each of these settled by the bank.
    """
    statement = text(NEEDED.format(table=table))
    return bool(session.execute(statement, {"before": before}).scalar_one())

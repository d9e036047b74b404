"""The employer's wage ledger: ``/v1/projects/{project_id}/ledger``."""

from urllib.parse import quote
from uuid import UUID

from fastapi import Response

from api.deps import ProjectManagerDep, SessionDep
from api.problems import problems
from api.schemas.ledger import LedgerIn
from api.strict_json import StrictRouter
from core.clock import now
from identity.errors import NotSignedInError, ReasonTooShortError, RoleRequiredError
from payroll import ledger
from payroll.errors import LedgerPeriodError
from projects.errors import ProjectNotFoundError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

router = StrictRouter(prefix="/projects/{project_id}", tags=["payroll"])


@router.post(
    "/ledger",
    response_class=Response,
    responses={
        200: {"content": {XLSX: {}}, "description": "工资支付台账."},
        **problems(
            NotSignedInError,
            RoleRequiredError,
            ProjectNotFoundError,
            LedgerPeriodError,
            ReasonTooShortError,
        ),
    },
)
def export_ledger(
    session: SessionDep, manager: ProjectManagerDep, project_id: UUID, body: LedgerIn
) -> Response:
    """Export the wage ledger (条例 §15).

    For the project's labour manager: settled and open wages of up to twelve months. Numbers are
    masked; whole ones need a reason, and every worker finds the look among their accesses.
    """
    content = ledger.export_ledger(
        session, principal=manager, project_id=project_id, **body.model_dump(), at=now()
    )
    return send_ledger(content)


def send_ledger(content: bytes) -> Response:
    """Return the workbook as a download that nothing on the way keeps."""
    disposition = f"attachment; filename*=UTF-8''{quote('工资支付台账')}.xlsx"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, media_type=XLSX, headers=headers)

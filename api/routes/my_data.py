"""Everything on record about the signed-in worker: ``/v1/me/export``."""

from urllib.parse import quote

from fastapi import Response

from api.deps import PhoneOwnerDep, SessionDep, ValkeyDep
from api.problems import problems
from api.strict_json import StrictRouter
from core.clock import now
from identity.errors import NotSignedInError, OwnPhoneRequiredError, RoleRequiredError
from payroll import export
from payroll.errors import ExportThrottledError

ZIP = "application/zip"

router = StrictRouter(prefix="/me", tags=["me"])


@router.post(
    "/export",
    response_class=Response,
    responses={
        200: {"content": {ZIP: {}}, "description": "`我的数据.json` and `我的数据.html`."},
        **problems(
            NotSignedInError, RoleRequiredError, OwnPhoneRequiredError, ExportThrottledError
        ),
    },
)
def export_my_data(session: SessionDep, valkey: ValkeyDep, worker: PhoneOwnerDep) -> Response:
    """Export your data.

    Everything on record about you, with whole numbers, as JSON and as a page to read. On your own
    phone only, five times a day; the export is recorded.
    """
    content = export.export_my_data(session, valkey, principal=worker, at=now())
    return serve_export(content)


def serve_export(content: bytes) -> Response:
    """Return an export as a download."""
    disposition = f"attachment; filename*=UTF-8''{quote('我的数据')}.zip"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, media_type=ZIP, headers=headers)

"""The labour manager's payslips that wait: disputes to reply to, silent workers to go and see."""

from uuid import UUID

from api.deps import ProjectManagerDep, SessionDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.follow_up import OpenDisputeOut, ReplyIn, ReplyOut, VisitOut, VisitReportIn
from api.strict_json import StrictRouter
from core.clock import now
from identity.errors import NotSignedInError, RoleRequiredError
from payroll import disputes, reminders
from payroll import follow_up_queries as queries
from payroll.errors import (
    DisputeRepliedError,
    NotDisputedError,
    PayslipNotFoundError,
    VisitNotFoundError,
)
from projects.errors import ProjectNotFoundError

router = StrictRouter(prefix="/projects/{project_id}", tags=["payroll"])
NOT_YOURS = (NotSignedInError, RoleRequiredError, ProjectNotFoundError)


@router.get("/disputes", responses=problems(*NOT_YOURS))
def list_disputes(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, page: PageDep
) -> Page[OpenDisputeOut]:
    """List the payslips that workers say are wrong.

    For the project's labour manager, newest first, with the last day for a reply. Reply with a
    reason, or adjust the payslip; only the worker ends a dispute.
    """
    listed = queries.list_disputes(
        session, project_id=project_id, before=page.before, limit=page.limit + 1
    )
    return make_page(listed, limit=page.limit, to_item=OpenDisputeOut.of)


@router.post(
    "/payslips/{payslip_id}/reply",
    status_code=201,
    responses=problems(*NOT_YOURS, PayslipNotFoundError, NotDisputedError, DisputeRepliedError),
)
def reply_to_dispute(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    payslip_id: UUID,
    body: ReplyIn,
) -> ReplyOut:
    """Keep to a disputed payslip and say why.

    For the project's labour manager, once. The worker is told, and confirms after all or
    complains; the line goes on waiting until then.
    """
    reply = disputes.reply_to_dispute(
        session,
        principal=manager,
        project_id=project_id,
        payslip_id=payslip_id,
        reason=body.reason,
        at=now(),
    )
    return ReplyOut(reason=reply.reason, replied_at=reply.created_at)


@router.get("/visits", responses=problems(*NOT_YOURS))
def list_visits(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, page: PageDep
) -> Page[VisitOut]:
    """List the workers to go and see.

    For the project's labour manager: whoever answered none of three reminders of a payslip.
    """
    listed = queries.list_open_visits(
        session, project_id=project_id, before=page.before, limit=page.limit + 1
    )
    return make_page(listed, limit=page.limit, to_item=VisitOut.of)


@router.post("/visits/{visit_id}", responses=problems(*NOT_YOURS, VisitNotFoundError))
def report_visit(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    visit_id: UUID,
    body: VisitReportIn,
) -> VisitOut:
    """Say what came of a visit.

    For the project's labour manager. Whatever it is, only the worker confirms the payslip.
    """
    visit = reminders.report_visit(
        session,
        principal=manager,
        project_id=project_id,
        visit_id=visit_id,
        outcome=body.outcome,
        note=body.note,
        at=now(),
    )
    return VisitOut.of(visit)

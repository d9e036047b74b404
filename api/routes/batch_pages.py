"""The desk's pages of a bank file: draw it up, the second person's release, the bank's answer."""

from collections import Counter
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from api.deps import SessionDep, ValkeyDep
from api.pages.desk import HOME, DeskManagerDep, DeskReleaserDep, DeskRoute, render_desk
from api.routes.pay_batches import ReferencePath, serve_bank_file
from api.schemas.pay_batches import ReasonIn, ReleaseIn
from core.clock import now
from core.enums import PayBatchState, Role
from identity.errors import StepUpCodeWrongError
from identity.principal import Principal
from payroll import bank, bank_results, release
from payroll.bank_profiles import ProfileName

router = APIRouter(
    prefix=f"{HOME}/projects/{{project_id}}/pay-sheets/{{sheet_id}}/batches",
    route_class=DeskRoute,
    include_in_schema=False,
)
BATCH = "/{reference}"


@router.post("")
def create_pay_batch(
    request: Request,
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    sheet_id: UUID,
) -> HTMLResponse:
    """Draw the file up and show it, with whom it could not take along."""
    created = bank.create_pay_batch(
        session, principal=manager, project_id=project_id, sheet_id=sheet_id, at=now()
    )
    session.flush()
    told = _describe(session, manager, project_id, sheet_id, created.batch.reference)
    return render_desk(request, "desk_batch.html", manager, **told, created=created)


@router.get(BATCH)
def show_pay_batch(
    request: Request,
    *,
    session: SessionDep,
    releaser: DeskReleaserDep,
    project_id: UUID,
    sheet_id: UUID,
    reference: ReferencePath,
) -> HTMLResponse:
    """Show the file's lines, what the bank said of them, and the next step."""
    told = _describe(session, releaser, project_id, sheet_id, reference)
    return render_desk(request, "desk_batch.html", releaser, **told)


@router.post(f"{BATCH}/release-code")
def request_release_code(
    request: Request,
    *,
    session: SessionDep,
    valkey: ValkeyDep,
    releaser: DeskReleaserDep,
    project_id: UUID,
    sheet_id: UUID,
    reference: ReferencePath,
) -> HTMLResponse:
    """Text the second person a code and ask for it."""
    release.request_release_code(
        session,
        valkey,
        principal=releaser,
        project_id=project_id,
        sheet_id=sheet_id,
        reference=reference,
    )
    told = _describe(session, releaser, project_id, sheet_id, reference)
    return render_desk(request, "desk_batch.html", releaser, **told, is_code_sent=True)


@router.post(f"{BATCH}/release")
def release_pay_batch(
    request: Request,
    *,
    session: SessionDep,
    valkey: ValkeyDep,
    releaser: DeskReleaserDep,
    project_id: UUID,
    sheet_id: UUID,
    reference: ReferencePath,
    form: Annotated[ReleaseIn, Form()],
) -> Response:
    """Let the file go, or ask for the code again."""
    try:
        release.release_pay_batch(
            session,
            valkey,
            principal=releaser,
            project_id=project_id,
            sheet_id=sheet_id,
            reference=reference,
            code=form.code,
            at=now(),
        )
    except StepUpCodeWrongError as problem:
        told = _describe(session, releaser, project_id, sheet_id, reference)
        told |= {"is_code_sent": True, "problem": problem}
        return render_desk(request, "desk_batch.html", releaser, status=422, **told)
    return RedirectResponse(_address_of(project_id, sheet_id, reference), 303)


@router.post(f"{BATCH}/refuse")
def refuse_pay_batch(
    *,
    session: SessionDep,
    releaser: DeskReleaserDep,
    project_id: UUID,
    sheet_id: UUID,
    reference: ReferencePath,
    form: Annotated[ReasonIn, Form()],
) -> Response:
    """Refuse the release, with a reason."""
    release.refuse_pay_batch(
        session,
        principal=releaser,
        project_id=project_id,
        sheet_id=sheet_id,
        reference=reference,
        reason=form.reason,
        at=now(),
    )
    return RedirectResponse(_address_of(project_id, sheet_id, reference), 303)


@router.post(f"{BATCH}/withdraw")
def withdraw_pay_batch(
    *,
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    sheet_id: UUID,
    reference: ReferencePath,
    form: Annotated[ReasonIn, Form()],
) -> Response:
    """Take the file back, with a reason."""
    release.withdraw_pay_batch(
        session,
        principal=manager,
        project_id=project_id,
        sheet_id=sheet_id,
        reference=reference,
        reason=form.reason,
        at=now(),
    )
    return RedirectResponse(_address_of(project_id, sheet_id, reference), 303)


@router.get(f"{BATCH}/file")
def read_bank_file(
    *,
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    sheet_id: UUID,
    reference: ReferencePath,
    profile: ProfileName = ProfileName.GENERIC,
) -> Response:
    """Save the released file in a bank's format; the reading is recorded."""
    content = bank.read_bank_file(
        session,
        principal=manager,
        project_id=project_id,
        sheet_id=sheet_id,
        reference=reference,
        profile=profile,
    )
    return serve_bank_file(content, reference, profile)


@router.post(f"{BATCH}/result")
def import_bank_result(
    *,
    session: SessionDep,
    releaser: DeskReleaserDep,
    project_id: UUID,
    sheet_id: UUID,
    reference: ReferencePath,
    file: UploadFile,
) -> Response:
    """Take over the bank's answer."""
    bank_results.import_bank_result(
        session,
        principal=releaser,
        project_id=project_id,
        sheet_id=sheet_id,
        reference=reference,
        content=file.file.read(),
        at=now(),
    )
    return RedirectResponse(_address_of(project_id, sheet_id, reference), 303)


def _describe(
    session: Session, staff: Principal, project_id: UUID, sheet_id: UUID, reference: str
) -> dict[str, Any]:
    """Return what the page of a file shows."""
    batch, rows = release.get_pay_batch(
        session, project_id=project_id, sheet_id=sheet_id, reference=reference
    )
    is_drafted = batch.state is PayBatchState.DRAFTED
    return {
        "batch": batch,
        "rows": rows,
        "counts": Counter(row.state for row, _ in rows),
        "address": _address_of(project_id, sheet_id, reference),
        "is_manager": staff.role is Role.LABOUR_MANAGER,
        "is_unproved": release.is_release_unproved(session, batch),
        "is_forged": release.is_release_forged(session, batch),
        "is_second": is_drafted and staff.person_id != batch.created_by,
    }


def _address_of(project_id: UUID, sheet_id: UUID, reference: str) -> str:
    return f"{HOME}/projects/{project_id}/pay-sheets/{sheet_id}/batches/{reference}"

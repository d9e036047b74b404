"""The wage status as an ORM tutorial would read it: object by object, anew each time."""

import os
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI
from sqlmodel import Session, col, select

from core.clock import local_date
from core.enums import PayRowState, PaySheetState
from core.keyring import load_keyring
from db.models import (
    Case,
    Complaint,
    PayBatchRow,
    PaySheet,
    Payslip,
    PayslipReceived,
    Project,
    ProjectWorker,
    WorkDay,
)
from db.session import Database
from payroll.severity import DueWage, Place, judge_wage_status

keys = load_keyring(Path(os.environ["KEYS_FILE"])).fields
database = Database(os.environ["BENCH_DATABASE_URL"], keys)
app = FastAPI()


def get_session() -> Generator[Session]:
    """Yield a session per request."""
    with Session(database.engine) as session:
        yield session


@app.get("/status/{person_id}")
def read_status(
    session: Annotated[Session, Depends(get_session)], person_id: UUID
) -> dict[str, Any]:
    """Return severity and reasons."""
    today = local_date(datetime.now(UTC))
    payslips = session.exec(select(Payslip).where(Payslip.person_id == person_id)).all()
    wages = [
        wage
        for payslip in payslips
        if payslip.is_current and (wage := _read_wage(session, payslip)) is not None
    ]
    places = session.exec(select(ProjectWorker).where(ProjectWorker.person_id == person_id)).all()
    for place in places:
        session.exec(
            select(WorkDay).where(
                WorkDay.project_worker_id == place.id, col(WorkDay.work_date) < today
            )
        ).all()
    cases = session.exec(select(Case).join(Complaint).where(Complaint.person_id == person_id)).all()
    status = judge_wage_status(
        wages,
        [case.state for case in cases],
        [Place(place.entered_date, place.left_date) for place in places],
        today=today,
    )
    reasons = [{"say": reason.say, "next": reason.next} for reason in status.reasons]
    return {"severity": status.severity, "label": status.label, "reasons": reasons}


def _read_wage(session: Session, payslip: Payslip) -> DueWage | None:
    sheet = session.get_one(PaySheet, payslip.pay_sheet_id)
    if sheet.state is PaySheetState.DRAFT:
        return None
    project = session.get_one(Project, payslip.project_id)
    sent = session.exec(select(PayBatchRow).where(PayBatchRow.payslip_id == payslip.id)).all()
    words = session.exec(
        select(PayslipReceived).where(PayslipReceived.payslip_id == payslip.id)
    ).all()
    paid = [row.amount_fen for row in sent if row.state is PayRowState.ACKNOWLEDGED]
    return DueWage(
        month=payslip.month,
        due_date=payslip.due_date,
        arrears_after=timedelta(days=project.arrears_after_days),
        amount_fen=payslip.net_fen,
        answer=payslip.answer_state,
        bank_state=sent[-1].state if sent else None,
        received=words[-1].received if words else None,
        paid_fen=sum(paid),
    )

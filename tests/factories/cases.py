"""Invented complaints, filed through the product's own use case."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from cases.service import FiledComplaint, file_complaint
from core.enums import ComplaintKind, Disclosure

FILED_AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
"""A Monday morning in Shanghai."""


def make_complaint(
    session: Session,
    *,
    person_id: UUID | None = None,
    phone: str | None = None,
    disclosure: Disclosure = Disclosure.NAMED,
    county_code: str | None = "330106",
    project_id: UUID | None = None,
    subject_id: UUID | None = None,
    facts: dict[str, Any] | None = None,
    at: datetime = FILED_AT,
) -> FiledComplaint:
    """File a complaint about unpaid wages of October."""
    return file_complaint(
        session,
        kind=ComplaintKind.COMPLAINT,
        disclosure=disclosure,
        person_id=person_id,
        phone=phone,
        project_id=project_id,
        county_code=county_code,
        subject_kind="payslip" if subject_id else None,
        subject_id=subject_id,
        statement="十月的工资到现在没发",
        amount_fen=528_000,
        facts=facts or {},
        at=at,
    )

"""What officials write down for others."""

import pytest
from sqlmodel import Session, select

from cases import intake
from cases.errors import MonthAheadError
from cases.filing import Filing
from core.case_enums import Channel, ComplaintKind, Disclosure
from db.models import Complaint
from identity.principal import Principal
from tests.factories.cases import FILED_AT

FILING = Filing(
    kind=ComplaintKind.COMPLAINT,
    disclosure=Disclosure.NAMED,
    statement="没发工资",
    county_code="330106",
    channel=Channel.PHONE,
)


def test_a_month_named_twice_is_one_month(session: Session, first: Principal) -> None:
    intake.file_assisted_complaint(
        session,
        principal=first,
        filing=FILING,
        name=None,
        months=["2026-10", "2026-09", "2026-10"],
        at=FILED_AT,
    )

    assert session.exec(select(Complaint)).one().facts == {"months": ["2026-09", "2026-10"]}


def test_a_month_to_come_is_refused(session: Session, first: Principal) -> None:
    with pytest.raises(MonthAheadError):
        intake.file_assisted_complaint(
            session,
            principal=first,
            filing=FILING,
            name=None,
            months=["2026-12"],
            at=FILED_AT,
        )

"""Bank files that only the table calls released: what becomes of them and their lines."""

import pytest
from sqlmodel import Session

from db.models import PayBatch
from payroll import release
from payroll.bank_errors import BatchDecidedError
from tests.factories.payroll import (
    AT,
    Site,
    draw_up_batch,
    release_batch,
)
from tests.payroll.test_guards import batch, forge_release, run

__all__ = ["batch"]


def withdraw(session: Session, site: Site, batch: PayBatch) -> None:
    release.withdraw_pay_batch(
        session,
        principal=site.manager,
        project_id=site.project.id,
        sheet_id=batch.pay_sheet_id,
        reference=batch.reference,
        reason="放行没有存证",
        at=AT,
    )


def test_lines_of_a_forged_release_go_into_another_file(
    session: Session, site: Site, batch: PayBatch
) -> None:
    forge_release(session, site)

    withdraw(session, site, batch)

    assert release.is_release_unproved(session, batch) is False
    assert draw_up_batch(session, site, batch.pay_sheet_id).batch.row_count == batch.row_count


def test_a_true_release_that_was_changed_afterwards_is_not_withdrawn(
    session: Session, site: Site, batch: PayBatch
) -> None:
    release_batch(session, site, batch.reference)
    session.flush()
    run(session, "UPDATE pay_batch SET decided_at = decided_at + interval '1 day'")
    session.expire_all()

    with pytest.raises(BatchDecidedError):
        withdraw(session, site, batch)

    assert release.is_release_unproved(session, batch)

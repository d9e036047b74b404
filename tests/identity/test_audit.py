import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from db.base import new_id
from db.models import AuditEntry
from identity import audit


def test_act_of_the_system_has_no_actor(session: Session) -> None:
    subject = new_id()

    audit.record(
        session,
        actor=None,
        action="test.looked",
        subject_kind="person",
        subject_id=subject,
        reason="例行核对",
    )

    entry = session.exec(select(AuditEntry)).one()
    assert (entry.actor_id, entry.actor_role, entry.subject_id) == (None, None, subject)


@pytest.mark.parametrize(
    "change", ["UPDATE audit_entry SET reason = ''", "DELETE FROM audit_entry"]
)
def test_audit_row_cannot_be_changed(session: Session, change: str) -> None:
    audit.record(
        session,
        actor=None,
        action="test.looked",
        subject_kind="person",
        subject_id=new_id(),
        reason="例行核对",
    )
    session.flush()

    with pytest.raises(DBAPIError):
        session.connection().exec_driver_sql(change)

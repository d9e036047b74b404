"""Cards that a roster leaves alone: only their workers change them."""

from sqlmodel import Session, select

from db.models import Project, ProjectWorker
from projects.findings import FindingCode
from projects.queries import list_shown_workers
from tests.factories.payroll import make_site, publish
from tests.factories.workbooks import make_card, make_row
from tests.projects.test_roster import AT, codes, project, upload

__all__ = ["project"]


def test_publishing_a_payslip_settles_whose_cards_are_kept(session: Session) -> None:
    site = make_site(session)
    before = list_shown_workers(session, site.project.id)

    publish(session, site)

    assert before == set()
    assert list_shown_workers(session, site.project.id) == {each.id for each in site.workers}


def test_card_the_worker_named_in_person_is_kept(session: Session, project: Project) -> None:
    upload(session, project, make_row(1))
    worker = session.exec(select(ProjectWorker)).one()
    worker.card_chosen_at = AT
    session.flush()

    report = upload(session, project, make_row(1, BANK_CARD=make_card(9), BANK_NAME="别的银行"))

    session.refresh(worker)
    assert (report.updated, codes(report)) == (1, [FindingCode.BANK_CARD_KEPT])
    assert (worker.bank_card, worker.bank_name) != (make_card(9), "别的银行")
    assert worker.bank_card == make_card(1)

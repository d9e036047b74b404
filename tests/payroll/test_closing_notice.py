"""The notice before a wage account closes: who may put it up, who hears of it, how long."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import Session

from identity.principal import Principal
from notifications.templates import Template
from payroll import accounts
from payroll.account_errors import (
    AccountNotClosableError,
    ClosingAnnouncedError,
    ClosingNotAnnouncedError,
)
from payroll.accounts import ClosingFacts, check_closable
from projects.notice_board import compose_closing
from tests.factories.payroll import AT, Site, publish
from tests.payroll.test_accounts import TODAY, told

DONE = ClosingFacts(date(2026, 10, 31), (), 0, 0)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(DONE, complete_date=None), "工程还没有完工"),
        (replace(DONE, complete_date=date(2026, 11, 4)), "工程还没有完工"),
        (replace(DONE, unpaid_months=["2026-10"]), "2026-10 的工资没有发完"),
        (replace(DONE, disputes=2), "2 张工资条有疑问"),
        (replace(DONE, drafts=1), "1 张工资表没有公布"),
    ],
)
def test_nobody_closes_an_account_that_is_still_needed(facts: ClosingFacts, reason: str) -> None:
    with pytest.raises(AccountNotClosableError) as refusal:
        check_closable(facts, today=TODAY)

    assert refusal.value.facts["reasons"] == reason


def announce(session: Session, site: Site, principal: Principal | None = None) -> date:
    return accounts.announce_closing(
        session,
        principal=principal or site.manager,
        project_id=site.project.id,
        at=AT,
    ).last_date


def test_the_notice_runs_thirty_days_and_is_told_to_everybody(session: Session, site: Site) -> None:
    site.project.complete_date = date(2026, 10, 31)

    last_date = announce(session, site)

    assert last_date == date(2026, 12, 3)
    workers = {str(worker.person_id) for worker in site.workers}
    assert workers <= told(session, Template.WAGE_ACCOUNT_CLOSING)
    with pytest.raises(ClosingAnnouncedError):
        announce(session, site)


def test_the_notice_stands_on_the_board_until_it_is_withdrawn(session: Session, site: Site) -> None:
    site.project.complete_date = date(2026, 10, 31)
    announce(session, site)
    account = accounts.get_wage_account(session, project_id=site.project.id, at=AT)
    [entry] = compose_closing(account.notice)

    withdraw(session, site)

    assert "2026年12月3日" in (entry.text or "")
    account = accounts.get_wage_account(session, project_id=site.project.id, at=AT)
    assert compose_closing(account.notice) == []
    with pytest.raises(ClosingNotAnnouncedError):
        withdraw(session, site)


def withdraw(session: Session, site: Site) -> None:
    accounts.withdraw_closing(
        session,
        principal=site.manager,
        project_id=site.project.id,
        reason="有人还没拿到工资",
        at=AT,
    )


def test_an_unpaid_worker_stops_the_notice(session: Session, site: Site) -> None:
    site.project.complete_date = date(2026, 10, 31)
    publish(session, site)

    with pytest.raises(AccountNotClosableError, match="2026-10"):
        announce(session, site)

"""The stored wage status against the one worked out from the facts."""

import logging
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Event
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from core.case_enums import CaseState
from core.clock import day_start
from core.enums import PayRowState, PayslipAnswerState, WorkDayState
from core.keyring import Keyring
from db.base import new_id
from db.models import (
    AuditEntry,
    Case,
    Contract,
    PayBatchRow,
    PaySheet,
    Payslip,
    PayslipAnswer,
    PayslipReceived,
    Project,
    ProjectWorker,
    StoredWageStatus,
    WageStatusMark,
    WorkDay,
)
from db.session import Database
from payroll import status_projection
from payroll.follow_up_queries import set_unanswered
from payroll.service import publish_pay_sheet
from payroll.status import get_wage_status
from payroll.status_facts import Standing, compute_standings
from payroll.status_projection import (
    DISAGREED,
    find_stored_status,
    recheck_chunk,
    refresh_marked_chunk,
    refresh_statuses,
)
from payroll.witnesses import record_answer
from tests.factories.cases import make_complaint
from tests.factories.payroll import (
    AT,
    Site,
    approve,
    confirm,
    draw_up,
    make_site,
    publish,
    send_to_bank,
)

PAYDAY = day_start(date(2026, 11, 13))


def first(site: Site) -> UUID:
    return site.workers[0].person_id


def marks_of(session: Session, person_id: UUID) -> int:
    session.flush()
    marked = select(WageStatusMark).where(WageStatusMark.person_id == person_id)
    return len(session.exec(marked).all())


def test_second_reading_is_one_statement(session: Session) -> None:
    site = make_site(session)
    publish(session, site)
    first_reading = get_wage_status(session, person_id=first(site), at=PAYDAY)
    seen: list[str] = []
    listen = (session.connection(), "before_cursor_execute", lambda *call: seen.append(call[2]))
    sa.event.listen(*listen)

    second_reading = get_wage_status(session, person_id=first(site), at=PAYDAY)

    sa.event.remove(*listen)
    assert second_reading == first_reading
    assert len(seen) == 1


def test_colleagues_facts_leave_no_mark(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslips = publish(session, site)
    get_wage_status(session, person_id=first(site), at=PAYDAY)

    confirm(session, keyring, payslips[1])

    assert (marks_of(session, first(site)), marks_of(session, payslips[1].person_id)) != (0, 0)
    assert marks_of(session, first(site)) == 0


def test_a_draft_leaves_no_mark(session: Session) -> None:
    site = make_site(session)
    get_wage_status(session, person_id=first(site), at=PAYDAY)

    draw_up(session, site)

    assert marks_of(session, first(site)) == 0


def test_time_alone_ends_a_stored_status(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    confirm(session, keyring, publish(session, site)[0])
    get_wage_status(session, person_id=first(site), at=PAYDAY)

    assert find_stored_status(session, first(site), at=PAYDAY + timedelta(hours=23))
    assert not find_stored_status(session, first(site), at=PAYDAY + timedelta(hours=24))


def test_job_of_the_minute_refreshes_whoever_is_marked(session: Session) -> None:
    site = make_site(session)
    publish(session, site)

    assert refresh_marked_chunk(session, at=PAYDAY)

    stored = find_stored_status(session, first(site), at=PAYDAY)
    assert stored == get_wage_status(session, person_id=first(site), at=PAYDAY)
    assert not refresh_marked_chunk(session, at=PAYDAY)


def test_agreeing_night_leaves_no_trace(session: Session) -> None:
    site = make_site(session)
    publish(session, site)
    get_wage_status(session, person_id=first(site), at=PAYDAY)

    run_night(session)

    assert disagreements(session) == []


def test_disagreement_is_recorded_alarmed_and_mended(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    site = make_site(session)
    publish(session, site)
    get_wage_status(session, person_id=first(site), at=PAYDAY)
    session.execute(
        sa.update(StoredWageStatus)
        .where(col(StoredWageStatus.person_id) == first(site))
        .values(severity=0, reasons=[])
    )

    with caplog.at_level(logging.ERROR):
        run_night(session)

    [entry] = disagreements(session)
    assert entry.subject_id == first(site)
    assert entry.detail == {"stored": "安", "found": "关注：2026-10payslip_unanswered"}
    assert "wage_status_disagreed" in caplog.text
    assert get_wage_status(session, person_id=first(site), at=PAYDAY).label == "关注"


def run_night(session: Session) -> None:
    after: UUID | None = None
    while True:
        after = recheck_chunk(session, after=after, at=PAYDAY)
        if after is None:
            return


def disagreements(session: Session) -> list[AuditEntry]:
    session.flush()
    return list(session.exec(select(AuditEntry).where(AuditEntry.action == DISAGREED)))


# A random history: every way in which a fact behind a status changes.


class History:
    """One site; every step writes something, whether or not it makes sense just then."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.site = make_site(session, worker_count=1)
        self.place = self.site.workers[0]
        self.payslip: Payslip | None = None
        self.days = iter(range(1, 31))

    def run(self, step: str) -> None:
        steps: dict[str, Callable[[], object]] = {
            "work": self.work,
            "unwork": lambda: self.session.execute(sa.delete(WorkDay)),
            "redo": lambda: self.session.execute(sa.update(WorkDay).values(units=0)),
            "publish": self.publish,
            "confirm": lambda: self.answer(PayslipAnswerState.CONFIRMED),
            "dispute": lambda: self.answer(PayslipAnswerState.DISPUTED),
            "silence": self.fall_silent,
            "new version": self.change,
            "send": self.send,
            "paid": lambda: self.settle(PayRowState.ACKNOWLEDGED),
            "bounced": lambda: self.settle(PayRowState.REJECTED),
            "not received": self.deny,
            "leave": self.leave,
            "shorter grace": self.shorten,
            "earlier payday": self.move_payday,
            "complain": lambda: make_complaint(self.session, person_id=self.place.person_id),
            "accept": self.accept,
        }
        steps[step]()
        self.session.flush()

    def work(self) -> None:
        self.session.add(
            WorkDay(
                project_id=self.place.project_id,
                project_worker_id=self.place.id,
                work_date=date(2026, 9, 1) + timedelta(days=next(self.days)),
                minutes=480,
                units=100,
                state=WorkDayState.COMPLETE,
                rule_version=1,
            )
        )

    def publish(self) -> None:
        if self.payslip is None:
            [self.payslip] = publish(self.session, self.site)

    def answer(self, state: PayslipAnswerState) -> None:
        if self.payslip is None:
            return
        answer = PayslipAnswer(
            project_id=self.payslip.project_id,
            payslip_id=self.payslip.id,
            person_id=self.payslip.person_id,
            sign_in_family_id=new_id(),
            state=state,
            content_hash=self.payslip.content_hash,
            receipt="e30.e30.e30",
        )
        self.session.add(answer)
        record_answer(self.session, answer, at=AT)
        self.session.execute(sa.update(Payslip).values(answer_state=state))

    def fall_silent(self) -> None:
        if self.payslip:
            set_unanswered(self.session, [self.payslip.id], PayslipAnswerState.NO_RESPONSE)

    def change(self) -> None:
        if self.payslip is None:
            return
        self.session.execute(sa.update(Payslip).values(is_current=False))
        fresh = Payslip(
            **self.payslip.model_dump(exclude={"id", "version", "is_current", "answer_state"}),
            id=new_id(),
            version=self.payslip.version + 1,
            answer_state=PayslipAnswerState.AWAITING,
        )
        self.session.add(fresh)
        self.payslip = fresh

    def send(self) -> None:
        if self.payslip and not self.session.exec(select(PayBatchRow)).all():
            sheet = self.session.get_one(PaySheet, self.payslip.pay_sheet_id)
            self.answer(PayslipAnswerState.CONFIRMED)
            if sheet.approved_at is None:
                approve(self.session, self.site, sheet.id)
            self.session.expire_all()
            send_to_bank(self.session, self.site, sheet.id)

    def settle(self, state: PayRowState) -> None:
        sent = col(PayBatchRow.state) == PayRowState.SUBMITTED
        self.session.execute(sa.update(PayBatchRow).where(sent).values(state=state))

    def deny(self) -> None:
        if self.payslip:
            said = PayslipReceived(
                project_id=self.place.project_id, payslip_id=self.payslip.id, received=False
            )
            self.session.add(said)

    def leave(self) -> None:
        self.session.execute(sa.update(ProjectWorker).values(left_date=date(2026, 11, 10)))

    def shorten(self) -> None:
        self.session.execute(sa.update(Project).values(arrears_after_days=2))

    def move_payday(self) -> None:
        self.session.execute(sa.update(Contract).values(payday=1))

    def accept(self) -> None:
        make_complaint(self.session, person_id=self.place.person_id)
        self.session.execute(sa.update(Case).values(state=CaseState.ACCEPTED))


STEPS = (
    "work",
    "unwork",
    "redo",
    "publish",
    "confirm",
    "dispute",
    "silence",
    "new version",
    "send",
    "paid",
    "bounced",
    "not received",
    "leave",
    "shorter grace",
    "earlier payday",
    "complain",
    "accept",
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 9)), min_size=3, max_size=9))
def test_events_and_a_recount_agree_after_any_history(
    session: Session, history: list[tuple[str, int]]
) -> None:
    with session.begin_nested() as undo:
        site = History(session)
        person_id, at = site.place.person_id, PAYDAY - timedelta(days=5)
        for step, days in history:
            site.run(step)
            at += timedelta(days=days)
            served = get_wage_status(session, person_id=person_id, at=at)
            recounted = compute_standings(session, [person_id], at=at)[person_id].status
            assert served == recounted, f"after {step}"
        undo.rollback()
    session.expunge_all()


@pytest.mark.parametrize("step", STEPS)
def test_every_step_alone_is_noticed(session: Session, step: str) -> None:
    """Stored before the step, so that only a mark can make the reader look again."""
    site = History(session)
    for earlier in ("work", "publish", "send") if step in {"paid", "bounced"} else ("work",):
        site.run(earlier)
    person_id = site.place.person_id
    get_wage_status(session, person_id=person_id, at=PAYDAY)

    site.run(step)

    recounted = compute_standings(session, [person_id], at=PAYDAY)[person_id].status
    assert get_wage_status(session, person_id=person_id, at=PAYDAY) == recounted


def test_fact_that_commits_during_a_recount_is_not_overwritten(
    live_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with live_database.transaction() as session:
        site = make_site(session)
        person_id = first(site)
        project_id = site.project.id
        sheet_id = draw_up(session, site).id
    has_read, may_store = Event(), Event()

    def compute_slowly(
        session: Session, person_ids: Collection[UUID], *, at: datetime
    ) -> dict[UUID, Standing]:
        standings = compute_standings(session, person_ids, at=at)
        has_read.set()
        may_store.wait(10)
        return standings

    monkeypatch.setattr(status_projection, "compute_standings", compute_slowly)
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(refresh, live_database, person_id)
        assert has_read.wait(10)
        with live_database.transaction() as session:
            publish_pay_sheet(session, project_id=project_id, sheet_id=sheet_id, at=AT)
        may_store.set()
        slow.result()

    with live_database.transaction() as session:
        assert get_wage_status(session, person_id=person_id, at=PAYDAY).label == "关注"


def refresh(database: Database, person_id: UUID) -> None:
    with database.transaction() as session:
        refresh_statuses(session, [person_id], at=PAYDAY)

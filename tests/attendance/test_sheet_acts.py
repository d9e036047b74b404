"""Looking a sheet over: read, approve, send back, reopen, and who is told."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from attendance import sheet_acts, sheets
from attendance.errors import SheetLockedError, SheetNotFoundError
from attendance.sheet_errors import (
    MonthNotOverError,
    SheetChangedError,
    SheetNotLockedError,
    SheetPaidError,
    SheetStaleError,
    SheetStepOutOfTurnError,
)
from attendance.sheets import LockExcuses
from attendance.work_days import fold_month
from core.clock import day_start, local_date, now
from core.enums import Direction, PaySheetState, Role, SheetState
from core.sheet_enums import SheetAct, SheetStep
from db.models import AttendanceSheet, AuditEntry, Notification, PaySheet
from identity.principal import Principal
from notifications.templates import Template
from tests.factories.attendance import (
    GateSite,
    long_ago,
    make_check_in,
    make_gate_site,
    make_objection,
)
from tests.factories.identity import make_grant, make_person, make_principal, make_worker_person
from tests.factories.projects import make_party, make_project_worker

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
MONTH = f"{DAY:%Y-%m}"
SIGNED = LockExcuses(unsettled_reason="已当面核对", skipped_reason="已在纸上签字")


@pytest.fixture
def site(session: Session) -> GateSite:
    site = make_gate_site(session)
    site.worker.is_team_leader = True
    return site


@pytest.fixture
def leader(site: GateSite) -> Principal:
    return make_principal(site.person_id)


@pytest.fixture
def manager(session: Session, site: GateSite) -> Principal:
    person = make_person(session, name="赵主管")
    make_grant(session, person, Role.LABOUR_MANAGER, project_id=site.project_id)
    return make_principal(person.id, Role.LABOUR_MANAGER, project_id=site.project_id)


@pytest.fixture
def contractor(session: Session, site: GateSite) -> Principal:
    party = make_party(session, site.project, party_type="009")
    person = make_person(session, name="钱经理")
    return make_principal(person.id, Role.EMPLOYER_ADMIN, employer_id=party.employer_id)


@pytest.fixture
def sheet(session: Session, site: GateSite) -> AttendanceSheet:
    return draw_up(session, site)


def work(session: Session, site: GateSite, *, day: int = 15) -> None:
    start = day_start(DAY.replace(day=day))
    make_check_in(session, site.worker, Direction.IN, start + timedelta(hours=7))
    make_check_in(session, site.worker, Direction.OUT, start + timedelta(hours=17))


def draw_up(session: Session, site: GateSite, *, month: str = MONTH) -> AttendanceSheet:
    return sheets.draw_up_sheet(
        session, project_id=site.project_id, team_id=site.team_id, month=month, at=now()
    )


def view(session: Session, sheet: AttendanceSheet, principal: Principal) -> sheet_acts.SheetView:
    return sheet_acts.view_sheet(
        session,
        principal=principal,
        project_id=sheet.project_id,
        sheet_id=sheet.id,
        at=now(),
    )


def approve(
    session: Session, sheet: AttendanceSheet, principal: Principal, *, content_hash: str = ""
) -> tuple[SheetStep, ...]:
    return sheet_acts.approve_sheet(
        session,
        principal=principal,
        project_id=sheet.project_id,
        sheet_id=sheet.id,
        content_hash=content_hash or view(session, sheet, principal).content_hash,
        at=now(),
    ).approved


def lock(session: Session, sheet: AttendanceSheet) -> None:
    sheets.lock_sheet(
        session, project_id=sheet.project_id, sheet_id=sheet.id, at=now(), excuses=SIGNED
    )


def reopen(session: Session, sheet: AttendanceSheet, manager: Principal) -> None:
    sheet_acts.reopen_sheet(
        session,
        principal=manager,
        project_id=sheet.project_id,
        sheet_id=sheet.id,
        reason="漏了一台闸机的记录",
    )


def told(session: Session, template: Template) -> list[UUID | None]:
    statement = select(col(Notification.person_id)).where(col(Notification.template) == template)
    return list(session.scalars(statement.order_by(col(Notification.id))))


def test_the_reader_finds_masked_names_and_objections(
    session: Session, site: GateSite, sheet: AttendanceSheet, manager: Principal
) -> None:
    make_objection(session, site.worker, DAY)

    shown = view(session, sheet, manager)

    (line,) = shown.lines
    assert line.masked_name == "王*明"
    assert [view.objection.note for view in line.objections] == ["这天我在"]
    assert shown.chain.missing == (SheetStep.TEAM_LEADER, SheetStep.SUBCONTRACTOR)


def test_for_whoever_has_no_step_the_sheet_does_not_exist(
    session: Session, site: GateSite, sheet: AttendanceSheet
) -> None:
    stranger = make_worker_person(session)
    make_project_worker(session, site.team, stranger, entered_date=long_ago())
    with pytest.raises(SheetNotFoundError):
        view(session, sheet, make_principal(stranger.id))


def test_approving_takes_the_steps_one_after_the_other(
    session: Session, sheet: AttendanceSheet, leader: Principal, contractor: Principal
) -> None:
    with pytest.raises(SheetStepOutOfTurnError):
        approve(session, sheet, contractor)
    assert approve(session, sheet, leader) == (SheetStep.TEAM_LEADER,)
    assert approve(session, sheet, contractor)[-1] is SheetStep.GENERAL_CONTRACTOR


def test_approving_twice_is_one_act(
    session: Session, sheet: AttendanceSheet, leader: Principal
) -> None:
    approve(session, sheet, leader)
    approve(session, sheet, leader)
    (shown,) = view(session, sheet, leader).acts
    assert (shown.act.act, shown.masked_name) == (SheetAct.APPROVED, "王*明")


def test_a_sheet_that_is_out_of_date_is_approved_only_when_drawn_again(
    session: Session,
    site: GateSite,
    sheet: AttendanceSheet,
    leader: Principal,
    contractor: Principal,
) -> None:
    approve(session, sheet, leader)
    work(session, site)
    fold_month(session, project_id=site.project_id, worker_ids=[site.worker_id], month=MONTH)
    assert view(session, sheet, contractor).is_stale

    with pytest.raises(SheetStaleError):
        approve(session, sheet, contractor)

    draw_up(session, site)
    assert approve(session, sheet, leader) == (SheetStep.TEAM_LEADER,)


def test_what_is_approved_is_what_was_read(
    session: Session, site: GateSite, sheet: AttendanceSheet, leader: Principal
) -> None:
    read = view(session, sheet, leader).content_hash
    work(session, site)
    draw_up(session, site)

    with pytest.raises(SheetChangedError):
        approve(session, sheet, leader, content_hash=read)


def test_a_new_drawing_of_other_sums_wants_a_new_approval(
    session: Session, site: GateSite, sheet: AttendanceSheet, leader: Principal
) -> None:
    approve(session, sheet, leader)
    work(session, site)
    draw_up(session, site)
    assert view(session, sheet, leader).chain.approved == ()


def test_the_running_month_is_not_approved(
    session: Session, site: GateSite, leader: Principal
) -> None:
    running = draw_up(session, site, month=f"{local_date(now()):%Y-%m}")
    with pytest.raises(MonthNotOverError):
        approve(session, running, leader)


def test_a_locked_sheet_is_not_approved(
    session: Session, sheet: AttendanceSheet, leader: Principal
) -> None:
    lock(session, sheet)
    with pytest.raises(SheetLockedError):
        approve(session, sheet, leader)


def test_sending_back_ends_approvals_and_tells_the_managers(
    session: Session, sheet: AttendanceSheet, leader: Principal, manager: Principal
) -> None:
    approve(session, sheet, leader)

    chain = sheet_acts.send_back_sheet(
        session,
        principal=leader,
        project_id=sheet.project_id,
        sheet_id=sheet.id,
        reason="少记了两天",
        at=now(),
    )

    assert chain.approved == ()
    assert view(session, sheet, leader).acts[-1].act.reason == "少记了两天"
    assert told(session, Template.SHEET_SENT_BACK) == [manager.person_id]


def test_a_reopened_sheet_keeps_what_it_said(
    session: Session, site: GateSite, sheet: AttendanceSheet, manager: Principal
) -> None:
    lock(session, sheet)
    frozen = list(sheet.lines)

    reopen(session, sheet, manager)

    act = view(session, sheet, manager).acts[-1].act
    assert (sheet.state, act.act, act.lines) == (SheetState.DRAFT, SheetAct.REOPENED, frozen)
    entry = session.scalars(
        select(AuditEntry).where(col(AuditEntry.action) == "attendance.reopen-sheet")
    ).one()
    assert (entry.actor_id, entry.reason) == (manager.person_id, "漏了一台闸机的记录")


def test_locking_again_tells_those_whose_days_changed_and_nobody_else(
    session: Session, site: GateSite, manager: Principal
) -> None:
    other = make_worker_person(session)
    make_project_worker(session, site.team, other, entered_date=long_ago())
    sheet = draw_up(session, site)
    lock(session, sheet)
    reopen(session, sheet, manager)
    work(session, site)

    lock(session, draw_up(session, site))

    assert told(session, Template.SHEET_CHANGED) == [site.person_id]


def test_moving_a_day_inside_the_same_sum_is_told_too(
    session: Session, site: GateSite, manager: Principal
) -> None:
    work(session, site)
    sheet = draw_up(session, site)
    lock(session, sheet)
    reopen(session, sheet, manager)
    session.flush()
    (act,) = [each for each in view(session, sheet, manager).acts if each.act.lines]
    lines = [{**line, "cells": [[14, 100, ""]]} for line in act.act.lines or []]
    assert sheets.list_changed(lines, act.act.lines or []) == [site.worker_id]


def test_a_draft_is_not_reopened(
    session: Session, sheet: AttendanceSheet, manager: Principal
) -> None:
    with pytest.raises(SheetNotLockedError):
        reopen(session, sheet, manager)


@pytest.mark.parametrize("state", [PaySheetState.INSTRUCTED, PaySheetState.SETTLED])
def test_what_the_bank_was_told_to_pay_is_not_reopened(
    session: Session, sheet: AttendanceSheet, manager: Principal, state: PaySheetState
) -> None:
    lock(session, sheet)
    session.add(
        PaySheet(
            project_id=sheet.project_id,
            team_id=sheet.team_id,
            attendance_sheet_id=sheet.id,
            month=MONTH,
            state=state,
        )
    )
    session.flush()
    with pytest.raises(SheetPaidError):
        reopen(session, sheet, manager)


def test_everybody_lists_what_waits_for_them(
    session: Session, site: GateSite, leader: Principal, manager: Principal, contractor: Principal
) -> None:
    draw_up(session, site, month=f"{local_date(now()):%Y-%m}")
    past = draw_up(session, site)
    nobody = make_principal(make_worker_person(session).id)

    listed = [
        sheet_acts.list_open_sheets(session, principal=each, before=None, limit=9, at=now())
        for each in (leader, manager, contractor, nobody)
    ]

    assert listed == [[past], [past], [past], []]

"""What came after a draft was drawn up keeps it from being shown to anybody."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlmodel import Session

from attendance import sheet_acts, sheets
from core.pay_enums import DeductionKind, PayEntryKind
from core.sheet_enums import SheetAct, SheetStep
from db.models import PaySheet
from payroll import entries, service
from payroll.newer import NAMES_SHOWN, Newer, NewerKind, describe_newer
from payroll.newer_queries import list_newer
from payroll.term_errors import PaySheetStaleError
from tests.factories.identity import make_worker_person
from tests.factories.pay_terms import make_advance, make_entry, make_terms
from tests.factories.payroll import AT, Site, draw_up, make_attendance_lines, make_site, publish
from tests.factories.projects import make_contract, make_project_worker


def make_deduction(session: Session, site: Site) -> None:
    make_entry(
        session,
        site.workers[0],
        deduction_kind=DeductionKind.COURT_ORDER,
        name="法院扣划",
        source="协助执行通知书 1 号",
    )


def reopen(session: Session, site: Site) -> None:
    sheet_acts.reopen_sheet(
        session,
        principal=site.manager,
        project_id=site.project.id,
        sheet_id=site.attendance.id,
        reason="漏记了一天",
    )


def lock_anew(session: Session, site: Site) -> None:
    site.attendance.lines = make_attendance_lines(site.workers, units=2300)
    step, act = SheetStep.GENERAL_CONTRACTOR, SheetAct.LOCKED
    sheets.record_act(session, site.attendance, step, act, actor=site.manager)


LATER: dict[NewerKind, Callable[[Session, Site], object]] = {
    NewerKind.ADVANCE: lambda session, site: make_advance(session, site.workers[0]),
    NewerKind.CONTRACT: lambda session, site: make_contract(
        session, site.workers[0], start_date=date(2026, 10, 16)
    ),
    NewerKind.DEDUCTION: make_deduction,
    NewerKind.PIECE: lambda session, site: make_entry(session, site.workers[0], PayEntryKind.PIECE),
    NewerKind.SUPPLEMENT: lambda session, site: make_entry(
        session, site.workers[0], PayEntryKind.SUPPLEMENT
    ),
    NewerKind.TERMS: lambda session, site: make_terms(
        session, site.workers[0], pays_overtime=False
    ),
}


def publish_as_it_is(session: Session, site: Site, sheet: PaySheet) -> None:
    service.publish_pay_sheet(session, project_id=site.project.id, sheet_id=sheet.id, at=AT)


@pytest.mark.parametrize("kind", LATER)
def test_draft_older_than_an_entry_is_not_published(session: Session, kind: NewerKind) -> None:
    site = make_site(session, worker_count=2)
    sheet = draw_up(session, site)
    LATER[kind](session, site)

    with pytest.raises(PaySheetStaleError) as refusal:
        publish_as_it_is(session, site, sheet)

    assert list_newer(session, sheet) == [Newer(kind, "王小明")]
    assert "王小明" in str(refusal.value.facts["newer"])
    assert "李强" not in refusal.value.advice.format_map(refusal.value.facts)


@pytest.mark.parametrize("kind", LATER)
def test_drawing_the_sheet_up_anew_lets_it_be_published(session: Session, kind: NewerKind) -> None:
    site = make_site(session, worker_count=1)
    draw_up(session, site)
    LATER[kind](session, site)

    [payslip] = publish(session, site)

    assert payslip.version == 1


@pytest.mark.parametrize("change", [reopen, lock_anew])
def test_draft_of_attendance_that_was_reopened_is_not_published(
    session: Session, change: Callable[[Session, Site], None]
) -> None:
    site = make_site(session, worker_count=1)
    sheet = draw_up(session, site)
    change(session, site)

    with pytest.raises(PaySheetStaleError) as refusal:
        publish_as_it_is(session, site, sheet)

    assert refusal.value.facts["newer"] == "考勤表重新打开过"


@pytest.mark.parametrize("field", ["bank_card", "bank_name"])
def test_card_of_before_is_not_shown_to_the_worker(session: Session, field: str) -> None:
    site = make_site(session, worker_count=2)
    sheet = draw_up(session, site)
    new = {"bank_card": "6217000000007777", "bank_name": "中国银行杭州支行"}[field]
    setattr(site.workers[0], field, new)
    session.flush()

    with pytest.raises(PaySheetStaleError) as refusal:
        publish_as_it_is(session, site, sheet)

    assert refusal.value.facts["newer"] == "换了工资卡（王小明）"


def test_deduction_counts_as_newer_once_the_worker_agrees(session: Session) -> None:
    site = make_site(session, worker_count=1)
    entry = make_entry(session, site.workers[0])
    sheet = draw_up(session, site)
    assert list_newer(session, sheet) == []

    entries.agree_to_deduction(session, principal=site.worker, entry_id=entry.id, at=AT)
    session.flush()

    assert [each.kind for each in list_newer(session, sheet)] == [NewerKind.DEDUCTION]


def test_supplement_of_a_member_without_a_line_is_missed(session: Session) -> None:
    site = make_site(session, worker_count=1)
    sheet = draw_up(session, site)
    absent = make_project_worker(session, site.team, make_worker_person(session))
    make_contract(session, absent)
    make_entry(session, absent, PayEntryKind.SUPPLEMENT)

    assert [each.kind for each in list_newer(session, sheet)] == [NewerKind.SUPPLEMENT]


def test_what_concerns_other_months_is_not_newer(session: Session) -> None:
    site = make_site(session, worker_count=1)
    worker = site.workers[0]
    sheet = draw_up(session, site)

    make_entry(session, worker, PayEntryKind.SUPPLEMENT, month="2026-11", for_month="2026-10")
    make_advance(session, worker, paid_date=date(2026, 11, 2))
    make_terms(session, worker, from_date=date(2026, 11, 1))
    make_contract(session, worker, start_date=date(2026, 11, 1))

    assert list_newer(session, sheet) == []


def test_many_names_are_counted() -> None:
    newer = [Newer(NewerKind.ADVANCE, f"工人{number}") for number in range(NAMES_SHOWN + 1)]

    [said] = describe_newer(newer)

    assert said.endswith(f"等 {NAMES_SHOWN + 1} 人）")

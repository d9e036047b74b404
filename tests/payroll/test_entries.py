"""What is entered about pay: terms, quantities, supplements, deductions, advances."""

from datetime import date

import pytest
from sqlmodel import Session, col, select

from core.enums import PayBasis, Role
from core.pay_enums import AllowancePer, DeductionKind, PayEntryKind
from db.models import AuditEntry, Notification, PayEntry
from identity.principal import Principal
from payroll import advances, entries, terms
from payroll.entries import ForWorker
from payroll.errors import AgreementNeedsPhoneError, AnswerNotYoursError, NoPayTermsError
from payroll.pay_rules import Allowance
from payroll.term_errors import (
    AdvanceInFutureError,
    AdvanceOutsideEngagementError,
    AmountTooSmallError,
    ConsentNotNeededError,
    DeductionNeedsSourceError,
    EntryMonthAheadError,
    EntryNotFoundError,
    EntryOutsideEngagementError,
    EntryWithdrawnError,
    MonthOrderError,
    MonthShownError,
    OvertimeNeedsTimeError,
    TermsExistError,
    TermsSettledError,
    WorkerNotFoundError,
)
from tests.factories.pay_terms import make_advance, make_entry
from tests.factories.payroll import AT, MONTH, Site, make_site, publish


def target(site: Site, month: str = MONTH) -> ForWorker:
    return ForWorker(site.manager, site.project.id, site.workers[0].id, month, AT)


def set_terms(
    session: Session, site: Site, from_date: date = date(2026, 10, 1), *, pays_overtime: bool = True
) -> None:
    terms.set_pay_terms(
        session,
        principal=site.manager,
        project_id=site.project.id,
        worker_id=site.workers[0].id,
        from_date=from_date,
        pays_overtime=pays_overtime,
        allowances=[Allowance("高温津贴", AllowancePer.DAY, 1_500)],
        note=None,
        at=AT,
    )


def propose(
    session: Session, site: Site, kind: DeductionKind, source: str | None = None
) -> PayEntry:
    return entries.enter_deduction(
        session,
        target(site),
        kind=kind,
        name="赔偿玻璃",
        amount_fen=5_000,
        note="三楼的玻璃",
        source=source,
    )


def withdraw(session: Session, site: Site, entry: PayEntry, reason: str) -> None:
    entries.withdraw_pay_entry(
        session,
        principal=site.manager,
        project_id=site.project.id,
        entry_id=entry.id,
        reason=reason,
        at=AT,
    )


def told(session: Session) -> list[str]:
    return list(session.exec(select(Notification.template).order_by(col(Notification.id))))


def test_terms_are_kept_with_contracts(session: Session) -> None:
    site = make_site(session, worker_count=1)
    set_terms(session, site)
    set_terms(session, site, date(2026, 11, 1), pays_overtime=False)

    found = terms.get_pay_terms(session, project_id=site.project.id, worker_id=site.workers[0].id)

    assert [each.pays_overtime for each in found.agreed] == [True, False]
    assert [contract.unit_price_fen for contract in found.contracts] == [35_000]
    assert found.agreed[0].allowances == [{"name": "高温津贴", "per": "day", "amount_fen": 1_500}]


def test_terms_are_never_overwritten(session: Session) -> None:
    site = make_site(session, worker_count=1)
    set_terms(session, site)

    with pytest.raises(TermsExistError):
        set_terms(session, site, pays_overtime=False)


def test_terms_do_not_reach_into_a_month_that_was_shown(session: Session) -> None:
    site = make_site(session, worker_count=1)
    publish(session, site)

    with pytest.raises(TermsSettledError) as refusal:
        set_terms(session, site, date(2026, 10, 31))
    assert refusal.value.facts["earliest"] == "2026-11-01"
    set_terms(session, site, date(2026, 11, 1))


def test_terms_need_a_contract_on_their_first_day(session: Session) -> None:
    site = make_site(session, worker_count=1, with_contracts=False)

    with pytest.raises(NoPayTermsError):
        set_terms(session, site)


def test_piece_work_gets_no_overtime_by_the_clock(session: Session) -> None:
    site = make_site(session, worker_count=1, pay_basis=PayBasis.PIECE)

    with pytest.raises(OvertimeNeedsTimeError):
        set_terms(session, site)
    set_terms(session, site, pays_overtime=False)


def test_worker_of_another_project_is_not_found(session: Session) -> None:
    site, other = make_site(session, worker_count=1), make_site(session, worker_count=1)
    elsewhere = ForWorker(site.manager, site.project.id, other.workers[0].id, MONTH, AT)

    with pytest.raises(WorkerNotFoundError):
        entries.enter_supplement(
            session, elsewhere, for_month="2026-09", amount_fen=100, note="漏记"
        )


def test_measured_work_is_priced_to_the_fen_and_recorded(session: Session) -> None:
    site = make_site(session, worker_count=1)

    entry = entries.enter_piece_work(
        session,
        target(site),
        name="砌筑",
        quantity=333,
        unit="立方米",
        unit_price_fen=15_001,
        note="二层东侧",
    )

    assert (entry.kind, entry.amount_fen) == (PayEntryKind.PIECE, 49_953)
    [audit] = session.exec(select(AuditEntry).where(AuditEntry.subject_id == entry.id))
    assert (audit.action, audit.actor_id) == (
        "payroll.piece-entered",
        site.manager.person_id,
    )


def test_measured_work_worth_nothing_is_refused(session: Session) -> None:
    site = make_site(session, worker_count=1)

    with pytest.raises(AmountTooSmallError):
        entries.enter_piece_work(
            session, target(site), name="砌筑", quantity=1, unit="米", unit_price_fen=1, note="零头"
        )


@pytest.mark.parametrize("for_month", [MONTH, "2026-11"])
def test_supplement_makes_good_an_earlier_month(session: Session, for_month: str) -> None:
    site = make_site(session, worker_count=1)

    with pytest.raises(MonthOrderError):
        entries.enter_supplement(
            session, target(site), for_month=for_month, amount_fen=100, note="漏记"
        )


def test_supplement_for_a_month_before_the_engagement_is_refused(session: Session) -> None:
    site = make_site(session, worker_count=1)

    with pytest.raises(EntryOutsideEngagementError):
        entries.enter_supplement(
            session, target(site), for_month="2020-01", amount_fen=100, note="漏记"
        )


def test_measured_work_of_a_month_after_leaving_is_refused(session: Session) -> None:
    site = make_site(session, worker_count=1)
    site.workers[0].left_date = date(2026, 9, 30)

    with pytest.raises(EntryOutsideEngagementError):
        entries.enter_piece_work(
            session,
            target(site),
            name="砌筑",
            quantity=100,
            unit="米",
            unit_price_fen=100,
            note="一段",
        )


def test_nothing_is_entered_for_a_month_years_ahead(session: Session) -> None:
    site = make_site(session, worker_count=1)

    with pytest.raises(EntryMonthAheadError):
        entries.enter_supplement(
            session, target(site, "2030-10"), for_month="2026-10", amount_fen=100, note="漏记"
        )


@pytest.mark.parametrize("has_line", [True, False])
def test_month_that_was_published_takes_no_entry_and_the_next_does(
    session: Session, *, has_line: bool
) -> None:
    site = make_site(session, worker_count=2)
    if not has_line:
        site.attendance.lines = site.attendance.lines[1:]
    publish(session, site)

    with pytest.raises(MonthShownError) as refusal:
        propose(session, site, DeductionKind.AGREED)

    assert refusal.value.facts["open_month"] == "2026-11"
    made = entries.enter_supplement(
        session, target(site, "2026-11"), for_month=MONTH, amount_fen=100, note="漏记"
    )
    assert made.for_month == MONTH


@pytest.mark.parametrize(
    "kind",
    [DeductionKind.INCOME_TAX, DeductionKind.SOCIAL_INSURANCE, DeductionKind.COURT_ORDER],
)
def test_lawful_deduction_names_its_source_and_asks_nobody(
    session: Session, kind: DeductionKind
) -> None:
    site = make_site(session, worker_count=1)
    with pytest.raises(DeductionNeedsSourceError):
        propose(session, site, kind)

    entry = propose(session, site, kind, source="税单 0001")

    assert told(session) == []
    with pytest.raises(ConsentNotNeededError):
        entries.agree_to_deduction(session, principal=site.worker, entry_id=entry.id, at=AT)


@pytest.mark.parametrize("kind", [DeductionKind.DAMAGE, DeductionKind.AGREED])
def test_worker_is_asked_for_any_other_and_agrees_in_person(
    session: Session, kind: DeductionKind
) -> None:
    site = make_site(session, worker_count=1)
    entry = propose(session, site, kind)
    assert (told(session), entry.agreed_at) == (["deduction_proposed"], None)

    for _ in range(2):
        entries.agree_to_deduction(session, principal=site.worker, entry_id=entry.id, at=AT)

    assert entry.agreed_at == AT


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.WORKER])
def test_nobody_agrees_for_the_worker(session: Session, role: Role) -> None:
    site = make_site(session, worker_count=1)
    entry = propose(session, site, DeductionKind.AGREED)
    other = Principal(site.worker.person_id, role, site.worker.sign_in_family_id, None, None, None)

    with pytest.raises(AnswerNotYoursError):
        entries.agree_to_deduction(session, principal=other, entry_id=entry.id, at=AT)


def test_deduction_is_not_agreed_to_at_a_kiosk(session: Session) -> None:
    site = make_site(session, worker_count=1)
    entry = propose(session, site, DeductionKind.AGREED)
    at_kiosk = Principal(
        site.worker.person_id,
        Role.WORKER,
        site.worker.sign_in_family_id,
        None,
        None,
        None,
        kiosk_id=site.project.id,
    )

    with pytest.raises(AgreementNeedsPhoneError):
        entries.agree_to_deduction(session, principal=at_kiosk, entry_id=entry.id, at=AT)


def test_another_workers_deduction_does_not_exist(session: Session) -> None:
    site = make_site(session, worker_count=2)
    entry = propose(session, site, DeductionKind.AGREED)

    with pytest.raises(EntryNotFoundError):
        entries.agree_to_deduction(session, principal=site.principal(1), entry_id=entry.id, at=AT)


def test_withdrawn_entry_stays_with_its_reason_and_is_agreed_to_no_more(session: Session) -> None:
    site = make_site(session, worker_count=1)
    entry = make_entry(session, site.workers[0])

    withdraw(session, site, entry, "登记错了人")

    assert (entry.withdrawn_at, entry.withdrawal) == (AT, "登记错了人")
    with pytest.raises(EntryWithdrawnError):
        withdraw(session, site, entry, "再来一次")
    with pytest.raises(EntryWithdrawnError):
        entries.agree_to_deduction(session, principal=site.worker, entry_id=entry.id, at=AT)


def test_advance_is_told_to_the_worker(session: Session) -> None:
    site = make_site(session, worker_count=1)

    view = advances.record_advance(
        session,
        principal=site.manager,
        project_id=site.project.id,
        worker_id=site.workers[0].id,
        paid_date=date(2026, 10, 20),
        amount_fen=50_000,
        note="现金",
        at=AT,
    )

    assert (view.remaining_fen, told(session)) == (50_000, ["advance_recorded"])


def test_advance_that_was_not_paid_yet_is_refused(session: Session) -> None:
    site = make_site(session, worker_count=1)

    with pytest.raises(AdvanceInFutureError):
        advances.record_advance(
            session,
            principal=site.manager,
            project_id=site.project.id,
            worker_id=site.workers[0].id,
            paid_date=date(2026, 11, 4),
            amount_fen=50_000,
            note="现金",
            at=AT,
        )


@pytest.mark.parametrize("paid_date", [date(2001, 1, 1), date(2026, 8, 31), date(2026, 10, 21)])
def test_advance_outside_the_time_on_the_project_is_refused(
    session: Session, paid_date: date
) -> None:
    site = make_site(session, worker_count=1)
    worker = site.workers[0]
    worker.entered_date, worker.left_date = date(2026, 9, 1), date(2026, 10, 20)

    with pytest.raises(AdvanceOutsideEngagementError) as refusal:
        advances.record_advance(
            session,
            principal=site.manager,
            project_id=site.project.id,
            worker_id=worker.id,
            paid_date=paid_date,
            amount_fen=50_000,
            note="现金",
            at=AT,
        )

    said = refusal.value.advice.format_map(refusal.value.facts)
    assert "2026-09-01 进场、2026-10-20 退场" in said


def test_withdrawn_advance_leaves_nothing_to_take_off(session: Session) -> None:
    site, other = make_site(session, worker_count=1), make_site(session, worker_count=1)
    advance = make_advance(session, site.workers[0])
    with pytest.raises(EntryNotFoundError):
        advances.withdraw_advance(
            session,
            principal=other.manager,
            project_id=other.project.id,
            advance_id=advance.id,
            reason="登记错了人",
            at=AT,
        )

    view = advances.withdraw_advance(
        session,
        principal=site.manager,
        project_id=site.project.id,
        advance_id=advance.id,
        reason="登记错了人",
        at=AT,
    )

    assert (view.remaining_fen, advance.withdrawal) == (0, "登记错了人")

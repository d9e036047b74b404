"""Drawing up, publishing, approving and adjusting pay sheets."""

import pytest
from sqlmodel import Session, col, select

from core.enums import PayBasis, PaySheetState, PayslipAnswerState, SheetState
from core.keyring import Keyring
from db.models import Notification, PaySheet
from evidence.canonical import content_hash
from payroll import rules, service
from payroll.errors import (
    AttendanceNotLockedError,
    NobodyWorkedError,
    NoPayTermsError,
    PaySheetNotFoundError,
    PayslipIncompleteError,
    PieceQuantitiesMissingError,
    SheetActionNotAllowedError,
)
from tests.factories.identity import make_person
from tests.factories.payroll import (
    AT,
    MONTH,
    approve,
    confirm,
    current_payslips,
    draw_up,
    make_attendance,
    make_site,
    publish,
)
from tests.factories.projects import make_contract, make_project_worker, make_team


def told(session: Session) -> list[str]:
    return list(session.exec(select(Notification.template).order_by(col(Notification.template))))


def test_everybody_who_worked_gets_a_line(session: Session) -> None:
    site = make_site(session)

    sheet = draw_up(session, site)

    payslips = current_payslips(session, sheet.id)
    assert sheet.state is PaySheetState.DRAFT
    assert [payslip.net_fen for payslip in payslips] == [787_500, 787_500]
    assert payslips[0].content["worker_name"] == "王小明"
    assert payslips[0].due_date.isoformat() == "2026-11-13"


def test_content_is_complete_masked_and_hashed(session: Session) -> None:
    payslip = publish(session, make_site(session))[0]

    assert rules.list_missing(payslip.content) == []
    assert payslip.content["payment_means"]["account"] == "**** **** **** 0000"
    assert payslip.content["id_number"].count("*") == 10
    assert payslip.content_hash == content_hash(payslip.content)


def test_whoever_did_not_work_has_no_line(session: Session) -> None:
    site = make_site(session)
    site.attendance.lines = [
        {**site.attendance.lines[0], "units": 0, "minutes": 0, "days": 0},
        site.attendance.lines[1],
    ]

    sheet = draw_up(session, site)

    assert [slip.content["worker_name"] for slip in current_payslips(session, sheet.id)] == ["李强"]


def test_month_without_any_work_is_refused(session: Session) -> None:
    site = make_site(session, units=0)

    with pytest.raises(NobodyWorkedError):
        draw_up(session, site)


@pytest.mark.parametrize("month", ["2026-09", MONTH])
def test_attendance_must_be_locked_first(session: Session, month: str) -> None:
    site = make_site(session)
    site.attendance.state = SheetState.DRAFT

    with pytest.raises(AttendanceNotLockedError):
        service.create_pay_sheet(
            session, project_id=site.project.id, team_id=site.team.id, month=month, at=AT
        )


def test_team_of_another_project_has_no_attendance_here(session: Session) -> None:
    site, other = make_site(session), make_site(session)

    with pytest.raises(AttendanceNotLockedError):
        service.create_pay_sheet(
            session, project_id=site.project.id, team_id=other.team.id, month=MONTH, at=AT
        )


def test_missing_contract_refuses_the_sheet_by_name(session: Session) -> None:
    site = make_site(session, with_contracts=False)
    make_contract(session, site.workers[0])

    with pytest.raises(NoPayTermsError) as refusal:
        draw_up(session, site)

    assert refusal.value.facts["names"] == "李强"


def test_contract_outside_the_month_does_not_count(session: Session) -> None:
    site = make_site(session, worker_count=1, with_contracts=False)
    contract = make_contract(session, site.workers[0])
    contract.end_date = contract.start_date

    with pytest.raises(NoPayTermsError):
        draw_up(session, site)


def test_of_two_contracts_the_one_that_began_last_pays(session: Session) -> None:
    site = make_site(session, worker_count=1)
    first_of_month = site.workers[0].entered_date.replace(month=10)
    make_contract(session, site.workers[0], unit_price_fen=40_000, start_date=first_of_month)

    sheet = draw_up(session, site)

    assert current_payslips(session, sheet.id)[0].net_fen == 900_000


def test_piece_work_is_refused_by_name(session: Session) -> None:
    site = make_site(session, pay_basis=PayBasis.PIECE)

    with pytest.raises(PieceQuantitiesMissingError) as refusal:
        draw_up(session, site)

    assert refusal.value.facts["names"] == "王小明、李强"


def test_draft_is_drawn_up_anew_with_what_was_corrected(session: Session) -> None:
    site = make_site(session, worker_count=1)
    first = draw_up(session, site)
    site.workers[0].bank_card = "6217000000009999"

    again = draw_up(session, site)

    assert again.id == first.id
    [payslip] = current_payslips(session, again.id)
    assert payslip.content["payment_means"]["account"] == "**** **** **** 9999"


def test_published_sheet_is_not_drawn_up_again(session: Session) -> None:
    site = make_site(session)
    publish(session, site)

    with pytest.raises(SheetActionNotAllowedError):
        draw_up(session, site)


def test_drafts_tell_nobody_and_publishing_tells_everybody_once(session: Session) -> None:
    site = make_site(session)
    sheet = draw_up(session, site)
    assert told(session) == []

    service.publish_pay_sheet(session, project_id=site.project.id, sheet_id=sheet.id, at=AT)

    assert told(session) == ["payslip_published", "payslip_published"]
    assert (sheet.state, sheet.published_at) == (PaySheetState.PUBLISHED, AT)


def test_worker_without_a_phone_is_listed(session: Session) -> None:
    site = make_site(session)
    person = make_person(session, name="周无机", id_number="330106196501010012")
    worker = make_project_worker(session, site.team, person, bank_card="6217000000001111")
    worker.bank_name = "中国农业银行"
    make_contract(session, worker)
    site.attendance.lines = [
        *site.attendance.lines,
        {**site.attendance.lines[0], "project_worker_id": str(worker.id)},
    ]
    sheet = draw_up(session, site)

    publication = service.publish_pay_sheet(
        session, project_id=site.project.id, sheet_id=sheet.id, at=AT
    )

    assert publication.without_phone == ("周无机",)
    assert publication.payslip_count == 3


def test_incomplete_payslip_refuses_publishing_and_names_worker_and_fields(
    session: Session,
) -> None:
    site = make_site(session)
    site.workers[1].bank_card = None
    sheet = draw_up(session, site)

    with pytest.raises(PayslipIncompleteError) as refusal:
        service.publish_pay_sheet(session, project_id=site.project.id, sheet_id=sheet.id, at=AT)

    assert refusal.value.facts["missing"] == [{"worker_name": "李强", "fields": ["银行卡"]}]
    assert "李强：银行卡" in str(refusal.value)


def test_sheet_of_another_project_does_not_exist(session: Session) -> None:
    site, other = make_site(session), make_site(session)
    sheet = draw_up(session, other)

    with pytest.raises(PaySheetNotFoundError):
        service.publish_pay_sheet(session, project_id=site.project.id, sheet_id=sheet.id, at=AT)
    with pytest.raises(PaySheetNotFoundError):
        service.get_pay_sheet(session, project_id=site.project.id, sheet_id=sheet.id)


def test_draft_cannot_be_approved(session: Session) -> None:
    site = make_site(session)

    with pytest.raises(SheetActionNotAllowedError):
        approve(session, site, draw_up(session, site).id)


def test_approval_records_who_and_confirms_nothing(session: Session) -> None:
    site = make_site(session)
    payslips = publish(session, site)

    approve(session, site, payslips[0].pay_sheet_id)

    sheet = session.get_one(PaySheet, payslips[0].pay_sheet_id)
    assert (sheet.state, sheet.approved_by) == (PaySheetState.APPROVED, site.manager.person_id)
    assert {payslip.answer_state for payslip in payslips} == {PayslipAnswerState.AWAITING}


def test_overview_shows_answers_missing_fields_and_total(
    session: Session, keyring: Keyring
) -> None:
    site = make_site(session)
    payslips = publish(session, site)
    confirm(session, keyring, payslips[0])

    overview = service.get_pay_sheet(
        session, project_id=site.project.id, sheet_id=payslips[0].pay_sheet_id
    )

    assert overview.net_fen == 1_575_000
    assert [line.answer is None for line in overview.lines] == [False, True]
    assert [line.missing for line in overview.lines] == [[], []]


def test_second_team_has_a_sheet_of_its_own(session: Session) -> None:
    site = make_site(session)
    draw_up(session, site)
    team = make_team(session, site.project, name="木工二班")
    make_attendance(session, team, site.workers[:1])

    sheet = service.create_pay_sheet(
        session, project_id=site.project.id, team_id=team.id, month=MONTH, at=AT
    )

    assert [slip.content["team_name"] for slip in current_payslips(session, sheet.id)] == [
        "木工二班"
    ]

"""The desk's page of one payslip: a dispute answered, a corrected version, a visit reported."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from core.enums import PayBasis, PayslipAnswerState, VisitOutcome
from core.keyring import Keyring
from core.pay_enums import PayEntryKind
from db.models import AttendanceSheet, Contract, DisputeFile, DisputeReply, Payslip, PayslipVisit
from payroll import answers
from payroll.errors import DisputeRepliedError, PayslipNotFoundError, PayslipUnchangedError
from tests.browser import Page, post
from tests.factories.pay_terms import make_entry
from tests.factories.payroll import (
    AT,
    Site,
    confirm_all,
    make_attendance_lines,
    make_site,
    make_visit,
    publish,
    send_to_bank,
)


@pytest.fixture
def payslip(session: Session, site: Site) -> Payslip:
    """Disputed by the first worker."""
    payslip = publish(session, site)[0]
    answer = answers.dispute_payslip(
        session,
        principal=site.worker,
        payslip_id=payslip.id,
        reason="少算两天",
        fields=["work_time"],
        expected={"work_time": "24 天"},
        at=AT,
    )
    session.add(
        DisputeFile(
            project_id=payslip.project_id,
            payslip_id=payslip.id,
            answer_id=answer.id,
            media_type="audio/amr",
            digest="0" * 64,
        )
    )
    visited = session.exec(select(Payslip).where(Payslip.id != payslip.id)).one()
    visited.answer_state = PayslipAnswerState.NO_RESPONSE
    make_visit(session, visited)
    session.flush()
    return payslip


def current(session: Session, payslip: Payslip) -> Payslip:
    query = select(Payslip).where(
        Payslip.project_worker_id == payslip.project_worker_id, col(Payslip.is_current)
    )
    return session.exec(query.execution_options(populate_existing=True)).one()


def test_to_do_names_dispute_deadline_and_whom_to_see(
    desk: TestClient, base: str, payslip: Payslip
) -> None:
    page = Page(desk.get(f"{base}/to-do"))

    assert "少算两天" in page.text
    assert "2026年11月6日" in page.text
    assert f"{base}/payslips/{payslip.id}" in page.links
    assert "李强 ，2026年10月" in page.text


def test_dispute_is_shown_with_what_was_handed_in(
    desk: TestClient, base: str, payslip: Payslip
) -> None:
    page = Page(desk.get(f"{base}/payslips/{payslip.id}"))

    assert "本人说应该是：24 天" in page.text
    assert "录音或文件 1" in page.text
    assert any(f"{payslip.id}/files/" in link for link in page.links)


def test_reply_is_kept_once_and_confirms_nothing(
    desk: TestClient, session: Session, base: str, payslip: Payslip
) -> None:
    address = f"{base}/payslips/{payslip.id}"

    first = post(desk, f"{address}/reply", reason="20 日没有打卡")
    second = post(desk, f"{address}/reply", reason="再说一遍")

    assert first.headers["location"] == address
    assert "已答复不改" in Page(desk.get(address)).text
    assert DisputeRepliedError.title in Page(second).text
    assert session.exec(select(DisputeReply.reason)).one() == "20 日没有打卡"
    assert current(session, payslip).answer_state is PayslipAnswerState.DISPUTED


def test_lines_are_corrected_and_the_worker_is_asked_anew(
    desk: TestClient, session: Session, base: str, payslip: Payslip
) -> None:
    answer = desk.post(
        f"{base}/payslips/{payslip.id}/adjust",
        data={
            "note": "补上两天",
            "is_recomputed": "false",
            "name": ["计时工资", "", ""],
            "quantity": ["24.5", "", ""],
            "unit": ["工日", "", ""],
            "unit_price": ["350", "", ""],
            "line": ["", "", ""],
        },
        headers={"Origin": "http://testserver"},
        follow_redirects=False,
    )

    newer = current(session, payslip)
    page = Page(desk.get(answer.headers["location"])).text
    assert (newer.version, newer.net_fen) == (2, 857_500)
    assert newer.answer_state is PayslipAnswerState.AWAITING
    assert "第 2 版" in page
    assert "补上两天" in page


def test_form_sent_back_with_one_line_more_pays_just_that_more(
    desk: TestClient, session: Session, site: Site, base: str
) -> None:
    for contract in session.exec(select(Contract)):
        contract.pay_basis = PayBasis.HOUR
    make_entry(session, site.workers[0], PayEntryKind.PIECE)
    payslip = publish(session, site)[0]
    address = f"{base}/payslips/{payslip.id}"
    page = Page(desk.get(address))
    fields = ("name", "quantity", "unit", "unit_price", "line")
    columns = {name: page.typed[name] for name in fields}
    more = {"name": "点工", "quantity": "1", "unit": "天", "unit_price": "300", "line": ""}
    for name, cell in more.items():
        columns[name][-1] = cell

    answer = desk.post(
        f"{address}/adjust",
        data={"note": "补一个点工", "is_recomputed": "false", **columns},
        headers={"Origin": "http://testserver"},
        follow_redirects=False,
    )

    newer = current(session, payslip)
    shown = Page(desk.get(answer.headers["location"])).text
    assert newer.content["items"][0] == payslip.content["items"][0]
    assert newer.gross_fen == payslip.gross_fen + 30_000
    assert "180 小时 × 350.00 元/小时" in shown


def test_payslip_is_worked_out_anew(
    desk: TestClient, session: Session, site: Site, base: str, payslip: Payslip
) -> None:
    attendance = session.get_one(AttendanceSheet, site.attendance.id)
    attendance.lines = make_attendance_lines(site.workers, units=2300)
    session.flush()

    post(
        desk,
        f"{base}/payslips/{payslip.id}/adjust",
        note="核对过考勤",
        is_recomputed="true",
    )

    newer = current(session, payslip)
    assert (newer.version, newer.net_fen - payslip.net_fen) == (2, 17_500)


def test_refused_correction_stays_as_it_was_typed(
    desk: TestClient, base: str, payslip: Payslip
) -> None:
    address = f"{base}/payslips/{payslip.id}"
    shown = Page(desk.get(address)).typed
    columns = {name: shown[name] for name in ("name", "quantity", "unit", "unit_price", "line")}
    columns["unit_price"][0] = "三百"
    columns["name"][-1] = "点工"

    answer = desk.post(
        f"{address}/adjust",
        data={"note": "单价写错了", "is_recomputed": "false", **columns},
        headers={"Origin": "http://testserver"},
    )

    again = Page(answer)
    assert answer.status_code == 422
    assert columns.items() <= again.typed.items()
    assert "请检查：每一行的数量、单位和单价" in again.text
    assert "单价写错了" in again.text
    assert "= 7875.00 元" in again.text
    assert 'value="false" checked' in answer.text


def test_a_correction_that_changes_nothing_is_refused_beside_its_words(
    desk: TestClient, base: str, payslip: Payslip
) -> None:
    fields = {"note": "核对过考勤", "is_recomputed": "true"}

    answer = post(desk, f"{base}/payslips/{payslip.id}/adjust", **fields)

    assert answer.status_code == 409
    assert PayslipUnchangedError.title in Page(answer).text
    assert "核对过考勤" in Page(answer).text


@pytest.mark.parametrize("price", ["a", "-1", "1.234", ""])
def test_line_that_is_no_pay_is_refused(
    desk: TestClient, session: Session, base: str, payslip: Payslip, price: str
) -> None:
    line = {"name": "计时工资", "quantity": "1", "unit": "工日", "unit_price": price, "line": ""}
    fields = {"note": "改价", "is_recomputed": "false", **line}

    answer = post(desk, f"{base}/payslips/{payslip.id}/adjust", **fields)

    assert answer.status_code == 422
    assert current(session, payslip).version == 1


def test_payslip_at_the_bank_is_not_offered_for_change(
    desk: TestClient, session: Session, keyring: Keyring, site: Site, base: str
) -> None:
    payslip = confirm_all(session, keyring, site)[0]
    send_to_bank(session, site, payslip.pay_sheet_id)

    page = Page(desk.get(f"{base}/payslips/{payslip.id}")).text

    assert "等银行结果出来以后才能改" in page
    assert "发新的一版给本人" not in page


def test_visit_is_reported_and_answers_nothing(
    desk: TestClient, session: Session, base: str, payslip: Payslip
) -> None:
    visit_id = session.exec(select(PayslipVisit.id)).one()

    post(desk, f"{base}/visits/{visit_id}", outcome="told", note="在宿舍见到本人")

    visit = session.exec(select(PayslipVisit)).one()
    silent = session.get_one(Payslip, visit.payslip_id)
    assert visit.outcome is VisitOutcome.TOLD
    assert silent.answer_state is PayslipAnswerState.NO_RESPONSE
    assert "没有要去见的人" in Page(desk.get(f"{base}/to-do")).text


def test_payslip_of_another_project_does_not_exist(
    desk: TestClient, session: Session, base: str
) -> None:
    foreign = publish(session, make_site(session))[0]

    answer = desk.get(f"{base}/payslips/{foreign.id}")

    assert answer.status_code == 404
    assert PayslipNotFoundError.title in Page(answer).text

"""The desk's bank file: drawn up, released by somebody else, answered by the bank."""

import pytest
from fastapi.testclient import TestClient
from redis import Redis
from sqlmodel import Session, select

from core.enums import PayBatchState
from core.keyring import Keyring
from db.models import PayBatch, Payslip, ProjectWorker
from payroll.bank_errors import BatchNotReleasedError
from tests.browser import OWN, Page, post
from tests.factories.desk import make_builder, sign_in_at_desk
from tests.factories.identity import make_principal
from tests.factories.payroll import (
    Site,
    card_of,
    confirm_all,
    draw_up_batch,
    make_result,
    release_batch,
)
from tests.payroll.test_guards import forge_release
from tests.payroll.test_own_card import make_card_number
from tests.payroll.test_release import texted


@pytest.fixture
def payslips(session: Session, keyring: Keyring, site: Site) -> list[Payslip]:
    return confirm_all(session, keyring, site)


@pytest.fixture
def sheet(base: str, payslips: list[Payslip]) -> str:
    """Where the page of the sheet is; everybody confirmed, and it is approved."""
    return f"{base}/pay-sheets/{payslips[0].pay_sheet_id}"


@pytest.fixture
def drafted(session: Session, site: Site, payslips: list[Payslip]) -> str:
    reference = draw_up_batch(session, site, payslips[0].pay_sheet_id).batch.reference
    session.flush()
    return reference


def state_of(session: Session) -> PayBatch:
    return session.exec(select(PayBatch).execution_options(populate_existing=True)).one()


def test_file_is_drawn_up_and_says_whom_it_could_not_take(
    desk: TestClient, session: Session, site: Site, sheet: str
) -> None:
    worker = session.get_one(ProjectWorker, site.workers[1].id)
    worker.bank_card = make_card_number(9)
    session.flush()

    page = Page(post(desk, f"{sheet}/batches")).text

    assert "1 笔，共 7875.00 元" in page
    assert "没放进去： 李强。银行卡和本人确认时的不一样" in page
    assert "等第二个人放行" in page


def test_author_withdraws_but_does_not_release(
    desk: TestClient, session: Session, sheet: str, drafted: str
) -> None:
    address = f"{sheet}/batches/{drafted}"

    page = Page(desk.get(address)).text
    refused = post(desk, f"{address}/release-code")
    early = desk.get(f"{address}/file")
    post(desk, f"{address}/withdraw", reason="金额要再核对")

    assert "获取放行验证码" not in page
    assert refused.status_code == 403
    assert BatchNotReleasedError.title in Page(early).text
    assert state_of(session).state is PayBatchState.WITHDRAWN
    assert "原因：金额要再核对" in Page(desk.get(address)).text


def test_general_contractor_releases_with_a_texted_code(
    client: TestClient, session: Session, *, redis: Redis, site: Site, sheet: str, drafted: str
) -> None:
    builder = make_builder(session, site)
    sign_in_at_desk(client, session, builder)
    address = f"{sheet}/batches/{drafted}"

    asked = Page(post(client, f"{address}/release-code")).text
    code = texted(session, make_principal(builder.id))
    wrong = post(client, f"{address}/release", code="1" * 6 if code != "1" * 6 else "2" * 6)
    released = post(client, f"{address}/release", code=code)

    assert "短信里写着笔数和总额" in asked
    assert wrong.status_code == 422
    assert "放行验证码" in Page(wrong).text
    assert released.headers["location"] == address
    assert state_of(session).state is PayBatchState.RELEASED
    assert "下载银行文件" not in Page(client.get(address)).text


def test_second_person_refuses_with_a_reason(
    client: TestClient, session: Session, site: Site, sheet: str, drafted: str
) -> None:
    sign_in_at_desk(client, session, make_builder(session, site))

    post(client, f"{sheet}/batches/{drafted}/refuse", reason="李强那笔不对")

    assert state_of(session).state is PayBatchState.REFUSED


def test_released_file_is_downloaded_in_the_banks_format(
    desk: TestClient, session: Session, site: Site, sheet: str, drafted: str
) -> None:
    release_batch(session, site, drafted)

    saved = desk.get(f"{sheet}/batches/{drafted}/file?profile=generic-gb18030")

    assert card_of(0) in saved.content.decode("gb18030")
    assert f'filename="{drafted}.' in saved.headers["content-disposition"]


def test_banks_result_names_reason_owner_and_deadline(
    desk: TestClient, session: Session, site: Site, sheet: str, drafted: str
) -> None:
    release_batch(session, site, drafted)
    rows = [
        (1, card_of(0), "7875.00", "成功", ""),
        (2, card_of(1), "7875.00", "失败", "账户已销户"),
    ]
    result = make_result(drafted, rows)

    answer = desk.post(
        f"{sheet}/batches/{drafted}/result",
        files={"file": ("result.csv", result)},
        headers=OWN,
        follow_redirects=False,
    )

    page = Page(desk.get(answer.headers["location"])).text
    assert "已到账 1 笔，退回 1 笔" in page
    assert "银行说：账户已销户" in page
    assert "谁去办：工人本人" in page
    assert "最晚： 2026年11月" in page
    assert "有 1 笔被银行退回" in Page(desk.get(sheet)).text


def test_forged_release_is_not_offered_to_the_bank_and_can_be_withdrawn(
    desk: TestClient, session: Session, site: Site, sheet: str, drafted: str
) -> None:
    forge_release(session, site)
    address = f"{sheet}/batches/{drafted}"

    page = Page(desk.get(address)).text
    post(desk, f"{address}/withdraw", reason="放行没有存证")

    assert "这个批次的放行没有存证" in page
    assert "下载银行文件" not in page
    assert state_of(session).state is PayBatchState.WITHDRAWN


def test_rejection_without_a_reason_keeps_owner_and_deadline(
    desk: TestClient, session: Session, site: Site, sheet: str, drafted: str
) -> None:
    release_batch(session, site, drafted)
    result = make_result(drafted, [(1, card_of(0), "7875.00", "失败", "")])

    desk.post(
        f"{sheet}/batches/{drafted}/result",
        files={"file": ("result.csv", result)},
        headers=OWN,
    )

    page = Page(desk.get(f"{sheet}/batches/{drafted}")).text
    assert "银行没有说原因" in page
    assert "谁去办：劳资专管员" in page
    assert "最晚： 2026年11月" in page


def test_result_of_another_file_is_refused_with_advice(
    desk: TestClient, session: Session, site: Site, sheet: str, drafted: str
) -> None:
    release_batch(session, site, drafted)
    result = make_result("AX202611130000000000FF", [(1, card_of(0), "7875.00", "成功", "")])

    answer = desk.post(
        f"{sheet}/batches/{drafted}/result", files={"file": ("r.csv", result)}, headers=OWN
    )

    assert answer.status_code in {409, 422}
    assert drafted in Page(answer).text


def test_file_of_another_project_does_not_exist(
    client: TestClient, session: Session, site: Site, drafted: str
) -> None:
    stranger = make_builder(session, site)
    sign_in_at_desk(client, session, stranger)
    sheet_id = state_of(session).pay_sheet_id

    address = f"/desk/projects/{sheet_id}/pay-sheets/{sheet_id}/batches/{drafted}"

    assert client.get(address).status_code == 404

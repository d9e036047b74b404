"""The wage ledger as a workbook."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell, MergedCell
from sqlmodel import Session, select

from core.keyring import Keyring
from db.models import AuditEntry, Person
from identity.errors import ReasonTooShortError
from identity.service import UNMASK
from payroll.errors import LedgerPeriodError
from payroll.ledger import HEADERS, LedgerPart, export_ledger
from tests.factories.payroll import (
    AT,
    MONTH,
    Site,
    card_of,
    confirm,
    make_site,
    publish,
)

ARTICLE_15 = (
    "用人单位名称",
    "支付周期",
    "支付日期",
    "支付对象姓名",
    "身份证号码",
    "联系方式",
    "工作时间",
    "应发工资项目及数额",
    "代扣、代缴、扣除项目和数额",
    "实发工资数额",
    "银行代发工资凭证",
    "农民工签字",
)
REASON = "劳动监察要求提供台账"


def export(
    session: Session,
    site: Site,
    *,
    part: LedgerPart = LedgerPart.ALL,
    reason: str | None = None,
    last_month: str = MONTH,
) -> list[dict[str, Cell | MergedCell]]:
    session.flush()
    content = export_ledger(
        session,
        principal=site.manager,
        project_id=site.project.id,
        first_month=MONTH,
        last_month=last_month,
        part=part,
        unmask_reason=reason,
        at=AT + timedelta(days=1),
    )
    session.flush()
    rows = list(load_workbook(BytesIO(content))["工资支付台账"].iter_rows())
    headers = [str(cell.value) for cell in rows[1]]
    lines = [dict(zip(headers, row, strict=True)) for row in rows[2:]]
    return [line for line in lines if line["支付对象姓名"].value]


def test_columns_of_the_regulation_are_all_there() -> None:
    assert set(ARTICLE_15) <= set(HEADERS)


def test_line_says_what_the_worker_confirmed(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    confirm(session, keyring, publish(session, site)[0])

    first, second = sorted(
        export(session, site), key=lambda line: str(line["农民工签字"].value), reverse=True
    )

    assert first["实发工资数额"].value == second["实发工资数额"].value == 7875
    assert first["应发工资项目及数额"].value == "计日工资 7875.00"
    assert (first["支付情况"].value, first["未付数额"].value) == ("未结清", 7875)
    assert "本人确认" in str(first["农民工签字"].value or second["农民工签字"].value)


def test_numbers_are_masked_and_nobody_is_said_to_have_looked(session: Session) -> None:
    site = make_site(session)
    publish(session, site)

    [line, _] = export(session, site)

    assert "****" in str(line["身份证号码"].value)
    assert "****" in str(line["银行卡号"].value)
    assert looks(session) == []


def test_whole_numbers_are_text_and_found_among_the_accesses(session: Session) -> None:
    site = make_site(session, worker_count=1)
    publish(session, site)
    person = session.get_one(Person, site.workers[0].person_id)

    [line] = export(session, site, reason=REASON)

    assert (line["身份证号码"].value, line["身份证号码"].data_type) == (person.id_number, "s")
    assert (line["银行卡号"].value, line["银行卡号"].data_type) == (card_of(0), "s")
    entries = looks(session)
    assert {entry.detail["field"] for entry in entries} == {"id_number", "phone", "bank_card"}
    assert {(entry.subject_id, entry.reason) for entry in entries} == {(person.id, REASON)}


def test_formula_in_a_name_stays_text(session: Session) -> None:
    site = make_site(session, worker_count=1)
    session.get_one(Person, site.workers[0].person_id).name = '=HYPERLINK("x")'
    publish(session, site)

    [line] = export(session, site)

    assert (line["支付对象姓名"].value, line["支付对象姓名"].data_type) == ('=HYPERLINK("x")', "s")


def test_open_lines_are_not_settled_ones(session: Session) -> None:
    site = make_site(session)
    publish(session, site)

    assert len(export(session, site, part=LedgerPart.OPEN)) == 2
    assert export(session, site, part=LedgerPart.SETTLED) == []


def test_a_draft_is_in_no_ledger(session: Session) -> None:
    assert export(session, make_site(session)) == []


@pytest.mark.parametrize("last_month", ["2026-09", "2027-10"])
def test_months_that_do_not_fit_are_refused(session: Session, last_month: str) -> None:
    with pytest.raises(LedgerPeriodError):
        export(session, make_site(session), last_month=last_month)


def test_reason_nobody_could_answer_for_is_refused(session: Session) -> None:
    with pytest.raises(ReasonTooShortError):
        export(session, make_site(session), reason="看")


def looks(session: Session) -> list[AuditEntry]:
    return list(session.exec(select(AuditEntry).where(AuditEntry.action == UNMASK)))

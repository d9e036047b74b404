"""The payslip on paper, and the code that proves it."""

import pytest
from sqlmodel import Session

from core.keyring import Keyring
from payroll.errors import PayslipNotFoundError, PrintNotGenuineError
from payroll.payslip_pdf import DIGEST_LENGTH, check_print, print_my_payslip
from tests.factories.payroll import AT, confirm, current_payslips, draw_up, make_site, publish
from tests.qr.reading import list_fonts, measure_pages, read_codes, read_text

BASE = "https://axm.example/"


def test_page_says_amount_answer_and_how_to_check_it(session: Session, keyring: Keyring) -> None:
    [payslip, _] = publish(session, make_site(session))
    confirm(session, keyring, payslip)

    pdf = print_my_payslip(
        session,
        person_id=payslip.person_id,
        payslip_id=payslip.id,
        public_base_url=BASE,
        at=AT,
    )

    text = read_text(pdf)
    assert len(measure_pages(pdf)) == 1
    assert all(list_fonts(pdf).values())
    assert "7875.00" in text
    assert "本人已确认" in text
    digest = payslip.content_hash[:DIGEST_LENGTH]
    assert read_codes(pdf) == [f"https://axm.example/p/{payslip.id}/{digest}"]


def test_colleague_cannot_print_it(session: Session) -> None:
    first, second = publish(session, make_site(session))

    with pytest.raises(PayslipNotFoundError):
        print_my_payslip(
            session,
            person_id=second.person_id,
            payslip_id=first.id,
            public_base_url=BASE,
            at=AT,
        )


def test_print_of_what_is_on_record_is_genuine(session: Session) -> None:
    [payslip, _] = publish(session, make_site(session))

    check = check_print(session, payslip_id=payslip.id, digest=payslip.content_hash[:DIGEST_LENGTH])

    assert (check.month, check.is_current, check.answer) == ("2026-10", True, "还没有答复")


def test_altered_print_is_not_genuine(session: Session) -> None:
    [payslip, _] = publish(session, make_site(session))

    with pytest.raises(PrintNotGenuineError):
        check_print(session, payslip_id=payslip.id, digest="0" * DIGEST_LENGTH)


def test_draft_is_no_print_of_anything(session: Session) -> None:
    sheet = draw_up(session, make_site(session))
    payslip = current_payslips(session, sheet.id)[0]

    with pytest.raises(PrintNotGenuineError):
        check_print(session, payslip_id=payslip.id, digest=payslip.content_hash[:DIGEST_LENGTH])

"""Correcting a payslip line by line: lines left alone, changed ones, and ones on record."""

from dataclasses import replace

import pytest
from sqlmodel import Session

from core.enums import PayBasis
from core.keyring import Keyring
from core.pay_enums import PayEntryKind
from db.models import Payslip
from payroll import corrections
from payroll.corrections import LineIn, correct_line
from payroll.pay_rules import PayItem
from payroll.rules import describe_item
from payroll.status_queries import list_published_wages
from payroll.term_errors import (
    LineNotFoundError,
    LineOnRecordError,
    LineSumError,
    LineUnclearError,
)
from tests.factories.pay_terms import make_entry
from tests.factories.payroll import AT, MONTH, Site, confirm, make_site, publish

HOURLY = PayItem("计时工资", "13791", "分钟", 4_850, "小时", 1_114_773, covers="60")
OVERTIME = PayItem("加班", "1992", "分钟", 40_000, "工日", 249_000, covers="480", percent=150)
PART_MONTH = PayItem("月薪", "20.59", "工日", 600_000, "月", 568_000, covers="21.75")
LINES = (HOURLY, OVERTIME, PART_MONTH)
SHOWN = [describe_item(line) | {"days": [1, 8]} for line in LINES]


def as_sent(line: PayItem) -> LineIn:
    quantity = round(float(line.quantity) * 100)
    return LineIn(line.name, quantity, line.unit, line.unit_price_fen)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_line_left_alone_keeps_amount_price_and_days(line: PayItem) -> None:
    kept = correct_line(as_sent(line), SHOWN, month=MONTH)

    assert replace(kept, days=()) == line
    assert [day.day for day in kept.days] == [1, 8]


@pytest.mark.parametrize(
    ("line", "quantity", "amount"),
    [(HOURLY, 1_380_000, 1_115_500), (OVERTIME, 96_000, 120_000), (PART_MONTH, 1_000, 275_862)],
)
def test_changed_line_is_worked_out_in_its_own_unit(
    line: PayItem, quantity: int, amount: int
) -> None:
    changed = correct_line(replace(as_sent(line), quantity=quantity), SHOWN, month=MONTH)

    assert (changed.amount_fen, changed.price_per) == (amount, line.price_per)
    assert changed.days == ()


def test_line_with_another_price_keeps_its_days() -> None:
    changed = correct_line(replace(as_sent(HOURLY), unit_price_fen=5_000), SHOWN, month=MONTH)

    assert changed.amount_fen == 1_149_250
    assert [day.day for day in changed.days] == [1, 8]


def test_renamed_line_is_known_by_its_number() -> None:
    renamed = replace(as_sent(HOURLY), name="白班", number=1)

    changed = correct_line(renamed, SHOWN, month=MONTH)

    assert (changed.name, changed.amount_fen) == ("白班", 1_114_773)


def test_month_is_never_paid_above_its_price() -> None:
    shown = [describe_item(replace(PART_MONTH, most_fen=600_000))]
    line = replace(as_sent(PART_MONTH), quantity=2_190)

    assert correct_line(line, shown, month=MONTH).amount_fen == 600_000


def test_new_line_is_quantity_times_price() -> None:
    line = LineIn("点工", 150, "工日", 40_000, amount_fen=60_000)

    assert correct_line(line, SHOWN, month=MONTH).amount_fen == 60_000


@pytest.mark.parametrize(
    "line",
    [as_sent(HOURLY), replace(as_sent(HOURLY), quantity=1_380_000), LineIn("新", 100, "项", 1)],
)
def test_amount_that_is_not_quantity_times_price_is_refused_in_words(line: LineIn) -> None:
    with pytest.raises(LineSumError) as refusal:
        correct_line(replace(line, amount_fen=66_886_350), SHOWN, month=MONTH)

    assert "668863.50" in refusal.value.advice.format_map(refusal.value.facts)


def test_new_line_in_minutes_is_refused() -> None:
    with pytest.raises(LineUnclearError):
        correct_line(replace(as_sent(HOURLY), name="白班"), SHOWN, month=MONTH)


def test_changed_line_that_could_be_either_of_two_is_refused() -> None:
    shown = [*SHOWN, SHOWN[0] | {"quantity": "60", "amount": "48.50"}]

    with pytest.raises(LineUnclearError):
        correct_line(replace(as_sent(HOURLY), quantity=1_000), shown, month=MONTH)


def test_line_that_is_not_there_is_refused() -> None:
    with pytest.raises(LineNotFoundError):
        correct_line(replace(as_sent(HOURLY), number=4), SHOWN, month=MONTH)


def adjust(session: Session, site: Site, payslip: Payslip, lines: list[LineIn] | None) -> Payslip:
    return corrections.adjust_payslip(
        session,
        principal=site.manager,
        project_id=site.project.id,
        payslip_id=payslip.id,
        lines=lines,
        note="改正",
        at=AT,
    )


def test_measured_work_stays_when_other_lines_are_corrected(session: Session) -> None:
    site = make_site(session, worker_count=1)
    entry = make_entry(session, site.workers[0], PayEntryKind.PIECE)
    [payslip] = publish(session, site)

    adjusted = adjust(session, site, payslip, [LineIn("计日工资", 2_300, "工日", 35_000)])

    assert adjusted.gross_fen == 805_000 + entry.amount_fen
    assert adjusted.content["items"][1] == payslip.content["items"][1]
    with pytest.raises(LineOnRecordError):
        adjust(session, site, adjusted, [LineIn(entry.name, 100, "立方米", 1, number=2)])


def test_mistake_nobody_agreed_to_is_not_owed_once_it_is_put_right(session: Session) -> None:
    site = make_site(session, worker_count=1, pay_basis=PayBasis.DAY)
    [payslip] = publish(session, site)
    wrong = adjust(session, site, payslip, [LineIn("计日工资", 135_000, "工日", 35_000)])

    right = adjust(session, site, wrong, None)

    [wage] = list_published_wages(session, [payslip.person_id])
    assert "60 倍多" in wrong.content["remarks"][0]
    assert (right.net_fen, right.promised_fen, wage.net_fen) == (787_500, None, 787_500)


def test_higher_version_the_worker_agreed_to_keeps_its_promise(
    session: Session, keyring: Keyring
) -> None:
    site = make_site(session, worker_count=1)
    [payslip] = publish(session, site)
    higher = adjust(session, site, payslip, [LineIn("计日工资", 2_500, "工日", 35_000)])
    confirm(session, keyring, higher)

    lowered = adjust(session, site, higher, None)

    assert (lowered.net_fen, lowered.promised_fen) == (787_500, 875_000)


def test_what_was_published_stays_owed_beside_a_mistake(session: Session) -> None:
    site = make_site(session, worker_count=1)
    [payslip] = publish(session, site)
    wrong = adjust(session, site, payslip, [LineIn("计日工资", 135_000, "工日", 35_000)])

    lowered = adjust(session, site, wrong, [LineIn("计日工资", 100, "工日", 35_000)])

    assert (lowered.net_fen, lowered.promised_fen) == (35_000, 787_500)

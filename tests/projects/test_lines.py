"""One row of a roster by itself: each mistake has its name."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.enums import ContractKind, PayBasis
from projects import lines
from projects.findings import FindingCode
from projects.lines import RosterRow, read_row
from projects.workbook import Cell, SheetRow
from tests.factories.workbooks import make_card, make_id, make_row


def read(**changes: object) -> RosterRow:
    cells = {name: value for name, value in make_row(1, **changes).items() if value is not None}
    return read_row(SheetRow(3, cells))  # type: ignore[arg-type]


def found(row: RosterRow) -> list[tuple[str, FindingCode]]:
    return [(finding.column, finding.code) for finding in row.findings.found]


def test_a_good_row_has_no_findings() -> None:
    assert found(read()) == []


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"NAME": None}, lines.NAME, FindingCode.MISSING_VALUE),
        ({"NAME": "王" * 51}, lines.NAME, FindingCode.TOO_LONG),
        ({"ID_NUMBER": None}, lines.ID_NUMBER, FindingCode.MISSING_VALUE),
        ({"ID_NUMBER": 3.30106199001011e17}, lines.ID_NUMBER, FindingCode.NUMERIC_CELL),
        ({"ID_NUMBER": 330106199001010001}, lines.ID_NUMBER, FindingCode.NUMERIC_CELL),
        ({"ID_NUMBER": "1.23E+17"}, lines.ID_NUMBER, FindingCode.NUMERIC_CELL),
        ({"ID_NUMBER": "330106900101001"}, lines.ID_NUMBER, FindingCode.ID_FIFTEEN_DIGITS),
        ({"ID_NUMBER": "3301061990"}, lines.ID_NUMBER, FindingCode.ID_LENGTH),
        ({"ID_NUMBER": "33010619900101001Y"}, lines.ID_NUMBER, FindingCode.ID_CHARACTERS),
        ({"ID_NUMBER": "330106199002300019"}, lines.ID_NUMBER, FindingCode.ID_BIRTH_DATE),
        ({"ID_NUMBER": "110105194912310021"}, lines.ID_NUMBER, FindingCode.ID_CHECKSUM),
        ({"ID_TYPE": "会员卡"}, lines.ID_TYPE, FindingCode.UNKNOWN_CODE),
        ({"WORK_TYPE": "宇航员"}, lines.WORK_TYPE, FindingCode.UNKNOWN_TRADE),
        ({"WORK_TYPE": None}, lines.WORK_TYPE, FindingCode.MISSING_VALUE),
        ({"TEAM": None}, lines.TEAM, FindingCode.MISSING_VALUE),
        ({"PHONE": "1381234"}, lines.PHONE, FindingCode.BAD_PHONE),
        ({"IS_LEADER": "也许"}, lines.IS_LEADER, FindingCode.UNKNOWN_CODE),
        ({"ENTERED": "2026-02-30"}, lines.ENTERED, FindingCode.BAD_DATE),
        ({"ENTERED": "下周"}, lines.ENTERED, FindingCode.BAD_DATE),
        ({"ENTERED": 46000}, lines.ENTERED, FindingCode.BAD_DATE),
        ({"ENTERED": "0026-09-01"}, lines.ENTERED, FindingCode.BAD_DATE),
        ({"LEFT": "2026-08-01"}, lines.LEFT, FindingCode.DATES_REVERSED),
        ({"BANK_CARD": 6.22202e18}, lines.BANK_CARD, FindingCode.NUMERIC_CELL),
        ({"BANK_CARD": "1234"}, lines.BANK_CARD, FindingCode.BAD_BANK_CARD),
        ({"CONTRACT_KIND": "口头约定"}, lines.CONTRACT_KIND, FindingCode.UNKNOWN_CODE),
        ({"CONTRACT_KIND": None}, lines.CONTRACT_KIND, FindingCode.MISSING_VALUE),
        ({"CONTRACT_START": None}, lines.CONTRACT_START, FindingCode.MISSING_VALUE),
        ({"PERIOD_TYPE": "固定期限合同"}, lines.CONTRACT_END, FindingCode.MISSING_VALUE),
        ({"CONTRACT_END": "2026-08-31"}, lines.CONTRACT_END, FindingCode.DATES_REVERSED),
        ({"PAY_BASIS": "定额"}, lines.PAY_BASIS, FindingCode.UNKNOWN_PAY_BASIS),
        ({"UNIT_PRICE": "面议"}, lines.UNIT_PRICE, FindingCode.BAD_AMOUNT),
        ({"UNIT_PRICE": 0}, lines.UNIT_PRICE, FindingCode.BAD_AMOUNT),
        ({"UNIT_PRICE": "-350"}, lines.UNIT_PRICE, FindingCode.BAD_AMOUNT),
        ({"UNIT_PRICE": "350.505"}, lines.UNIT_PRICE, FindingCode.BAD_AMOUNT),
        ({"UNIT_PRICE": "1e30"}, lines.UNIT_PRICE, FindingCode.BAD_AMOUNT),
        ({"UNIT_PRICE": "nan"}, lines.UNIT_PRICE, FindingCode.BAD_AMOUNT),
        ({"UNIT_PRICE": None}, lines.UNIT_PRICE, FindingCode.MISSING_VALUE),
        ({"PAYDAY": 32}, lines.PAYDAY, FindingCode.BAD_PAYDAY),
    ],
)
def test_each_mistake_keeps_the_row_out_and_has_its_name(
    changes: dict[str, object], column: str, code: FindingCode
) -> None:
    row = read(**changes)

    assert (column, code) in found(row)
    assert row.findings.is_rejected


def test_no_contract_is_one_finding_not_many() -> None:
    blank = dict.fromkeys(
        ["CONTRACT_KIND", "PERIOD_TYPE", "CONTRACT_START", "PAY_BASIS", "UNIT_PRICE"]
    )

    assert found(read(**blank)) == [(lines.CONTRACT_KIND, FindingCode.CONTRACT_MISSING)]


def test_all_mistakes_of_a_row_are_found_at_once() -> None:
    row = read(ID_NUMBER="1", PHONE="1", ENTERED="x", UNIT_PRICE="x")

    assert len(row.findings.found) == 4


@pytest.mark.parametrize(
    ("born", "entered", "expected"),
    [
        ("20100902", "2026-09-01", [FindingCode.UNDER_AGE]),
        ("20100901", "2026-09-01", [FindingCode.JUVENILE]),
        ("20080902", "2026-09-01", [FindingCode.JUVENILE]),
        ("20080901", "2026-09-01", []),
        ("20260902", "2026-09-01", [FindingCode.ID_BIRTH_DATE]),
    ],
)
def test_age_on_entering_decides(born: str, entered: str, expected: list[FindingCode]) -> None:
    row = read(ID_NUMBER=make_id(7, born=born), ENTERED=entered)

    assert [code for _, code in found(row)] == expected


def test_a_wrong_check_digit_of_a_bank_card_is_only_a_warning() -> None:
    card = make_card(1)
    row = read(BANK_CARD=card[:-1] + str((int(card[-1]) + 1) % 10))

    assert found(row) == [(lines.BANK_CARD, FindingCode.CARD_CHECK_DIGIT)]
    assert not row.findings.is_rejected


def test_a_contract_after_entering_is_only_a_warning() -> None:
    row = read(CONTRACT_START="2026-09-02")

    assert found(row) == [(lines.CONTRACT_START, FindingCode.LATE_CONTRACT)]
    assert not row.findings.is_rejected


@pytest.mark.parametrize("written", ["钢筋工", "020", "20", 20, 20.0])
def test_a_trade_is_known_by_name_or_code(written: Cell) -> None:
    assert read(WORK_TYPE=written).line.work_type == "020"


@pytest.mark.parametrize(
    "written",
    [
        "2026-09-01", "2026/9/1", "2026.9.1", "2026年9月1日", "20260901", 20260901.0,
        "2026-09-01 00:00:00", date(2026, 9, 1), datetime(2026, 9, 1, 8),  # noqa: DTZ001
    ],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(written: Cell) -> None:
    assert read(ENTERED=written).line.entered_date == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("written", "fen"),
    [(350, 35_000), (350.5, 35_050), ("350.50", 35_050), ("1,350", 135_000), (350.1 + 0.2, 35_030)],
)
def test_prices_are_exact(written: Cell, fen: int) -> None:
    assert read(UNIT_PRICE=written).line.contract.unit_price_fen == fen


@pytest.mark.parametrize("phone", [19100000001, 19100000001.0, "191 0000 0001", "+8619100000001"])
def test_phones_are_read_from_text_and_numbers(phone: Cell) -> None:
    assert read(PHONE=phone).line.phone == "+8619100000001"


def test_a_passport_needs_a_birth_date() -> None:
    without = read(ID_TYPE="护照", ID_NUMBER="e 12345678")
    complete = read(ID_TYPE="护照", ID_NUMBER="e 12345678", BIRTH_DATE="1990-04-08", GENDER="女")

    assert found(without) == [(lines.BIRTH_DATE, FindingCode.MISSING_VALUE)]
    assert complete.line.identity == lines.Identity("08", "E12345678", date(1990, 4, 8), "1")


def test_a_passport_number_has_only_letters_and_digits() -> None:
    row = read(ID_TYPE="08", ID_NUMBER="护照 12345", BIRTH_DATE="1990-04-08")

    assert found(row) == [(lines.ID_NUMBER, FindingCode.ID_CHARACTERS)]


def test_what_is_left_blank_has_a_sensible_meaning() -> None:
    line = read(ID_TYPE=None, PAYDAY=None, PHONE=None, BANK_CARD=None, BANK_NAME=None).line

    assert (line.identity.id_type, line.worker_role, line.contract.payday) == ("01", "20", 15)
    assert (line.phone, line.bank_card, line.bank_name, line.left_date) == (None,) * 4


def test_a_written_agreement_by_the_month_is_read() -> None:
    contract = read(
        CONTRACT_KIND="用工书面协议", PAY_BASIS="包月", PERIOD_TYPE="0", CONTRACT_END="2027-08-31"
    ).line.contract

    assert contract.kind is ContractKind.WRITTEN_AGREEMENT
    assert (contract.pay_basis, contract.end_date) == (PayBasis.MONTH, date(2027, 8, 31))


def test_unseen_characters_do_not_reach_the_database() -> None:
    row = read(NAME="王\u200b小\x00明", ADDRESS="某路\x071号")

    assert (row.line.name, row.line.address, row.masked_name) == ("王小明", "某路1号", "王*明")


def test_a_latin_name_keeps_its_blanks() -> None:
    assert read(NAME=" John  Smith ").line.name == "John Smith"


cells = st.one_of(
    st.text(max_size=40),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


@given(st.dictionaries(st.sampled_from([column.header for column in lines.COLUMNS]), cells))
def test_any_cell_is_read_or_reported(values: dict[str, Cell]) -> None:
    row = read_row(SheetRow(3, values))

    for finding in row.findings.found:
        assert finding.text.message
        assert finding.text.advice
    assert row.findings.is_rejected

"""The result file we read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll import bank_file
from payroll.errors import ResultUnreadableError, ResultWrongTotalError

REFERENCE = "AX20261113ABCDEF012345"
HEADER = "序号,账号,金额,状态,原因,日期"


def result(*rows: str, count: int | None = None, total: str | None = None) -> bytes:
    amounts = [row.split(",")[2] for row in rows]
    total = total or f"{sum(round(float(amount) * 100) for amount in amounts) / 100:.2f}"
    control = f"批次号,{REFERENCE},总笔数,{len(rows) if count is None else count},总金额,{total}"
    return "\r\n".join([control, HEADER, *rows]).encode("utf-8-sig")


def refusal_of(content: bytes) -> tuple[object, object]:
    with pytest.raises(ResultUnreadableError) as refusal:
        bank_file.read_result(content)
    return refusal.value.facts["line"], refusal.value.facts["problem_en"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_result_is_read_in_either_encoding(encoding: str) -> None:
    content = result("1,6217,100.50,成功,,2026-11-13", "2,6218,3,失败,户名不符,")

    answer = bank_file.read_result(content.decode("utf-8-sig").encode(encoding))

    paid, refused = answer.rows
    assert answer.reference == REFERENCE
    assert (paid.row_number, paid.account, paid.amount_fen) == (1, "6217", 10_050)
    assert (paid.is_paid, paid.settled_date) == (True, date(2026, 11, 13))
    assert (refused.is_paid, refused.reason, refused.settled_date) == (False, "户名不符", None)


def test_columns_may_stand_in_any_order_with_others_between() -> None:
    lines = [f"批次号,{REFERENCE},总笔数,1,总金额,5", "日期,备注,状态,金额,账号,原因,序号"]
    content = "\n".join([*lines, "20261113,x,成功,5,62,,1"])

    [row] = bank_file.read_result(content.encode()).rows

    assert (row.row_number, row.account, row.amount_fen) == (1, "62", 500)


def test_blank_lines_and_spaces_do_not_matter() -> None:
    content = result(" 1 , 6217 ,5.00, 成功 ,,2026-11-13") + b"\r\n\r\n,,,,,\r\n"

    assert len(bank_file.read_result(content).rows) == 1


@pytest.mark.parametrize(
    ("count", "total"), [(2, "5.00"), (1, "5.01"), (0, "5.00")], ids=["count", "amount", "none"]
)
def test_totals_that_do_not_agree_are_refused(count: int, total: str) -> None:
    with pytest.raises(ResultWrongTotalError):
        bank_file.read_result(result("1,62,5.00,成功,,2026-11-13", count=count, total=total))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("x,62,5.00,成功,,2026-11-13", bank_file.Problem.ROW_NUMBER),
        ("1,62,5.001,成功,,2026-11-13", bank_file.Problem.AMOUNT),
        ("1,62,-5.00,成功,,2026-11-13", bank_file.Problem.AMOUNT),
        ("1,62,1e99999999,成功,,2026-11-13", bank_file.Problem.AMOUNT),
        ("1,62,５,成功,,2026-11-13", bank_file.Problem.AMOUNT),
        ("1,62,5.00,处理中,,2026-11-13", bank_file.Problem.STATUS),
        ("1,62,5.00,成功,,13.11.2026", bank_file.Problem.DATE),
        ("1,62,5.00,成功,,", bank_file.Problem.DATE),
        ("1,62,5.00,成功,,2026-02-30", bank_file.Problem.DATE),
    ],
)
def test_bad_cell_is_refused_with_its_line(row: str, problem: bank_file.Problem) -> None:
    content = f"批次号,{REFERENCE},总笔数,1,总金额,5.00\n{HEADER}\n{row}".encode()

    assert refusal_of(content) == (3, problem.value[1])


def test_money_does_not_arrive_on_a_day_to_come() -> None:
    rows = bank_file.read_result(result("1,62,5.00,成功,,2026-11-13")).rows
    released = date(2026, 11, 11)
    bank_file.check_dates(rows, released=released, today=date(2026, 11, 13))
    with pytest.raises(ResultUnreadableError) as refusal:
        bank_file.check_dates(rows, released=released, today=date(2026, 11, 12))
    assert refusal.value.facts["line"] == 3


def test_repeated_row_number_is_refused() -> None:
    content = result("1,62,5.00,成功,,2026-11-13", "1,62,5.00,失败,,")

    assert refusal_of(content) == (4, bank_file.Problem.ROW_NUMBER.value[1])


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        (b"", 1, bank_file.Problem.CONTROL),
        (b"\xff\xff\xff", 1, bank_file.Problem.ENCODING),
        (b"a\0b", 1, bank_file.Problem.ENCODING),
        (b"hello", 1, bank_file.Problem.CONTROL),
        (HEADER.encode(), 1, bank_file.Problem.CONTROL),
        (b'"open', 1, bank_file.Problem.FORMAT),
        (b"x" * 200_000, 1, bank_file.Problem.FORMAT),
        (f"批次号,{REFERENCE},总笔数,1,总金额,5".encode(), 2, bank_file.Problem.HEADER),
        (f"批次号,{REFERENCE},总笔数,1,总金额,5\n序号,账号".encode(), 2, bank_file.Problem.HEADER),
        (
            f"批次号,{REFERENCE},总笔数,1,总金额,NaN\n{HEADER}".encode(),
            1,
            bank_file.Problem.CONTROL,
        ),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_result_file_is_refused(
    content: bytes, line: int, problem: bank_file.Problem
) -> None:
    assert refusal_of(content) == (line, problem.value[1])


def test_a_file_longer_than_any_batch_is_refused() -> None:
    content = result(*(f"{number},62,1,成功,,2026-11-13" for number in range(1, 1002)))

    assert refusal_of(content) == (1003, bank_file.Problem.TOO_LONG.value[1])


@given(st.binary(max_size=300))
def test_garbage_is_refused_and_never_an_accident(content: bytes) -> None:
    with pytest.raises((ResultUnreadableError, ResultWrongTotalError)):
        bank_file.read_result(content)

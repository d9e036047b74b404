"""Every bank's format, made from the same stored order."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import parse_yuan
from payroll import bank_order
from payroll.bank_errors import PayerMissingError, ProfileRowCountError
from payroll.bank_order import Instruction, Order, Payer, clean_cell, is_usable, read_order
from payroll.bank_profiles import PROFILES, ProfileName, format_order
from payroll.pain import NAMESPACE

REFERENCE = "AX20261113ABCDEF012345"
AT = datetime(2026, 11, 13, 2, 30, 15, tzinfo=UTC)
PAYER = Payer("浙江某某建设集团有限公司", "19045101040012345", "中国农业银行杭州分行")
NAMES = ("王小明", "李 强", "阿卜杜拉·买买提", "陈大勇", "刘洋")

# The structure of ISO 20022 pain.001.001.09, as far as a transfer of wages uses it: every
# element's children in the order the schema's sequences demand.
STRUCTURE: dict[str, tuple[str, ...]] = {
    "Document": ("CstmrCdtTrfInitn",),
    "CstmrCdtTrfInitn": ("GrpHdr", "PmtInf"),
    "GrpHdr": ("MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "InitgPty"),
    "InitgPty": ("Nm",),
    "PmtInf": (
        "PmtInfId",
        "PmtMtd",
        "BtchBookg",
        "NbOfTxs",
        "CtrlSum",
        "PmtTpInf",
        "ReqdExctnDt",
        "Dbtr",
        "DbtrAcct",
        "DbtrAgt",
        "CdtTrfTxInf",
    ),
    "PmtTpInf": ("CtgyPurp",),
    "CtgyPurp": ("Cd",),
    "ReqdExctnDt": ("Dt",),
    "Dbtr": ("Nm",),
    "DbtrAcct": ("Id",),
    "DbtrAgt": ("FinInstnId",),
    "CdtTrfTxInf": ("PmtId", "Amt", "CdtrAgt", "Cdtr", "CdtrAcct", "Purp", "RmtInf"),
    "PmtId": ("EndToEndId",),
    "Amt": ("InstdAmt",),
    "CdtrAgt": ("FinInstnId",),
    "FinInstnId": ("ClrSysMmbId", "Nm"),
    "ClrSysMmbId": ("ClrSysId", "MmbId"),
    "ClrSysId": ("Cd",),
    "Cdtr": ("Nm",),
    "CdtrAcct": ("Id",),
    "Purp": ("Cd",),
    "RmtInf": ("Ustrd",),
}
LONGEST_IDS = {"MsgId": 35, "PmtInfId": 35, "EndToEndId": 35, "MmbId": 35}


def make_order(rows: int = 5, *, payer: Payer = PAYER) -> Order:
    lines = tuple(
        Instruction(
            row_number=number + 1,
            name=NAMES[number % len(NAMES)],
            id_number="330106199001010016",
            account=f"62170000000000{number:04d}",
            bank_name="中国建设银行",
            bank_link_number="105331000000" if number else "",
            amount_fen=787_550 + number,
        )
        for number in range(rows)
    )
    return Order(REFERENCE, "P1", payer, AT, lines)


def tables(content: bytes, encoding: str, separator: str = ",") -> list[list[str]]:
    text = content.decode(encoding)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def local(tag: str) -> str:
    assert tag.startswith(f"{{{NAMESPACE}}}")
    return tag.removeprefix(f"{{{NAMESPACE}}}")


def check_structure(element: ElementTree.Element) -> None:
    """Check children against the schema's order; a generic account identification is a choice."""
    name, children = local(element.tag), [local(child.tag) for child in element]
    allowed = STRUCTURE.get(name, ())
    if name == "Id" and children:
        assert [local(each.tag) for each in element.iter()] == ["Id", "Othr", "Id"]
        return
    positions = [allowed.index(child) for child in children]
    assert positions == sorted(positions)
    optional = {"ClrSysMmbId"}
    assert set(allowed) - optional <= set(children)
    for child in element:
        check_structure(child)


def test_stored_order_reads_back_as_it_was_written() -> None:
    order = make_order()

    text = bank_order.write_order(order)

    assert read_order(text, created_at=AT) == order


def test_order_of_before_the_release_reads_with_the_time_of_its_row() -> None:
    text = "批次号,X,总笔数,1,总金额,5.00\r\nhead\r\n1,王,id,62,行,,5.00,农民工工资,P1,X\r\n"

    order = read_order(text, created_at=AT)

    assert (order.reference, order.payer, order.drawn_up_at) == ("X", Payer("", "", ""), AT)
    assert (order.project_code, order.total_fen) == ("P1", 500)


@pytest.mark.parametrize(
    ("name", "start"),
    [(ProfileName.GENERIC, b"\xef\xbb\xbf"), (ProfileName.GENERIC_GB18030, b"\xc5\xfa")],
)
def test_generic_csv_opens_with_reference_and_control_totals(
    name: ProfileName, start: bytes
) -> None:
    content = format_order(make_order(2), name)

    rows = tables(content, PROFILES[name].encoding)
    assert content.startswith(start)
    assert rows[0][:6] == ["批次号", REFERENCE, "总笔数", "2", "总金额", "15751.01"]
    assert rows[1] == list(bank_order.COLUMNS)
    assert rows[2][:4] == ["1", "王小明", "330106199001010016", "621700000000000000"]
    assert rows[2][6:] == ["7875.50", "农民工工资", "P1", REFERENCE]


def test_bar_separated_text_has_names_without_inner_spaces() -> None:
    rows = tables(format_order(make_order(), ProfileName.PIPE), "gb18030", "|")

    assert rows[1] == ["2", "李强", "621700000000000001", "7875.51", "330106199001010016", ""]


@pytest.mark.parametrize("count", [1, 4, 1001])
def test_bar_separated_text_takes_five_to_a_thousand_rows(count: int) -> None:
    with pytest.raises(ProfileRowCountError) as refusal:
        format_order(make_order(count), ProfileName.PIPE)

    assert (refusal.value.facts["rows"], refusal.value.facts["minimum"]) == (count, 5)


def test_icbc_text_states_totals_and_holds_no_identity_numbers() -> None:
    content = format_order(make_order(2), ProfileName.ICBC)

    rows = tables(content, "gb18030")
    assert rows[0] == ["总笔数", "2", "总金额", "15751.01"]
    assert rows[1] == ["621700000000000000", "王小明", "7875.50", "农民工工资"]
    assert b"330106199001010016" not in content


def test_transfer_follows_the_structure_of_the_schema() -> None:
    document = ElementTree.fromstring(format_order(make_order(), ProfileName.PAIN_001))

    assert local(document.tag) == "Document"
    check_structure(document)


def test_transfer_states_its_totals_twice_and_they_agree_with_its_lines() -> None:
    document = ElementTree.fromstring(format_order(make_order(), ProfileName.PAIN_001))

    amounts = [Decimal(each.text or "") for each in document.iter(f"{{{NAMESPACE}}}InstdAmt")]
    counts = {each.text for each in document.iter(f"{{{NAMESPACE}}}NbOfTxs")}
    sums = {Decimal(each.text or "") for each in document.iter(f"{{{NAMESPACE}}}CtrlSum")}
    assert (counts, sums) == ({"5"}, {sum(amounts)})
    assert {each.get("Ccy") for each in document.iter(f"{{{NAMESPACE}}}InstdAmt")} == {"CNY"}


def test_transfer_is_of_salaries_and_routes_by_cnaps() -> None:
    document = ElementTree.fromstring(format_order(make_order(2), ProfileName.PAIN_001))

    path = "{*}CstmrCdtTrfInitn/{*}PmtInf/{*}PmtTpInf/{*}CtgyPurp/{*}Cd"
    members = [each.text for each in document.iter(f"{{{NAMESPACE}}}MmbId")]
    systems = [each.text for each in document.findall(".//{*}ClrSysId/{*}Cd")]
    assert document.findtext(path) == "SALA"
    assert (members, systems) == (["105331000000"], ["CNAPS"])


def test_ids_of_a_transfer_are_unique_and_fit_35_characters() -> None:
    document = ElementTree.fromstring(format_order(make_order(1000), ProfileName.PAIN_001))

    ids = [each.text or "" for each in document.iter(f"{{{NAMESPACE}}}EndToEndId")]
    too_long = [
        each.text
        for each in document.iter()
        if len(each.text or "") > LONGEST_IDS.get(local(each.tag), 140)
    ]
    assert (len(set(ids)), too_long) == (1000, [])


def test_transfer_without_a_payer_is_refused() -> None:
    with pytest.raises(PayerMissingError):
        format_order(make_order(payer=replace(PAYER, account="")), ProfileName.PAIN_001)


@pytest.mark.parametrize("name", ProfileName)
def test_every_profile_gives_the_same_bytes_again(name: ProfileName) -> None:
    stored = bank_order.write_order(make_order())

    first, second = (format_order(read_order(stored, created_at=AT), name) for _ in range(2))

    assert first == second


@pytest.mark.parametrize("name", ["=1+1", "+86", "-王", "@SUM(A1)", "王,李", "王|李", '王"'])
def test_name_that_a_spreadsheet_would_run_or_a_bank_would_split_is_unusable(name: str) -> None:
    line = make_order(1).instructions[0]

    assert not is_usable(replace(line, name=name))
    assert not is_usable(replace(line, bank_name=name))


@pytest.mark.parametrize("name", ["王小明", "阿卜杜拉·买买提", "John Smith", "O'Neil"])
def test_lawful_names_are_usable_as_they_are(name: str) -> None:
    assert is_usable(replace(make_order(1).instructions[0], name=name))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_cleaned_name_either_survives_every_format_or_is_left_out(text: str) -> None:
    name = clean_cell(text)
    [line] = make_order(1).instructions
    order = replace(make_order(1), instructions=(replace(line, name=name),))
    if not is_usable(order.instructions[0]):
        return

    generic = tables(format_order(order, ProfileName.GENERIC), "utf-8-sig")[2][1]
    icbc = tables(format_order(order, ProfileName.ICBC), "gb18030")[1][1]
    document = ElementTree.fromstring(format_order(order, ProfileName.PAIN_001))
    assert (generic, icbc) == (name, name)
    assert (document.findtext(".//{*}Cdtr/{*}Nm") or "") == name


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=40))
def test_control_total_is_the_sum_of_the_lines_to_the_fen(amounts: list[int]) -> None:
    line = make_order(1).instructions[0]
    order = replace(
        make_order(1),
        instructions=tuple(replace(line, amount_fen=amount) for amount in amounts),
    )

    rows = tables(format_order(order, ProfileName.GENERIC), "utf-8-sig")

    assert parse_yuan(rows[0][5]) == sum(parse_yuan(row[6]) for row in rows[2:])

"""Clues of the national platform, line by line."""

import json

import pytest
from sqlmodel import Session, select

from cases import intake
from cases.clue_findings import ClueFindingCode
from cases.clues import MOST_ROWS, Clue, read_clues
from core.case_enums import Channel
from core.errors import DomainError
from core.keyring import Keyring
from db.models import Complaint, EvidenceBundle
from identity.principal import Principal
from projects.errors import TooManyRowsError
from projects.findings import FindingCode
from tests.factories.cases import FILED_AT
from tests.factories.workbooks import make_workbook

HEADER = (
    "姓名,身份证号码,联系电话,银行卡信息,用人单位名称,欠薪地区划代码,欠薪时间段,欠薪金额,"
    "工作内容描述,欠薪人数"
)
GOOD = "王某某,330106200001011235,19100000001,,某某劳务公司,330106,2026年9月至10月,5280.50,砌墙,3"
READ = Clue(
    line=2,
    statement="2026年9月至10月，砌墙",
    county_code="330106",
    employer_name="某某劳务公司",
    phone="+8619100000001",
    personal={"name": "王某某", "id_number": "330106200001011235"},
    amount_fen=528_050,
    people=3,
)


def write(*lines: str, header: str = HEADER, encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join([header, *lines]).encode(encoding)


def write_workbook(*lines: str) -> bytes:
    names = HEADER.split(",")
    rows = [dict(zip(names, line.split(","), strict=True)) for line in lines]
    return make_workbook({"导出": rows})


@pytest.mark.parametrize(
    "content",
    [
        write(GOOD),
        write(GOOD, encoding="gb18030"),
        write_workbook(GOOD),
        write(GOOD, header=HEADER.replace(",", "（必填）,　*")),
        write(
            GOOD, header=HEADER.replace("姓名", "姓 名").replace("身份证号码", "身份证号码(选填)")
        ),
    ],
    ids=["utf-8", "gb18030", "xlsx", "required marks", "spaces"],
)
def test_a_clue_is_read_from_any_file_and_keeps_its_personal_numbers_apart(content: bytes) -> None:
    assert read_clues(content) == [READ]


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        (GOOD.replace("某某劳务公司", ""), "用人单位名称", FindingCode.MISSING_VALUE),
        (GOOD.replace("19100000001", ""), "联系电话", FindingCode.MISSING_VALUE),
        (GOOD.replace("19100000001", "12345"), "联系电话", ClueFindingCode.PHONE_NEEDED),
        (GOOD.replace("5280.50", "很多"), "欠薪金额", FindingCode.BAD_AMOUNT),
        (GOOD.removesuffix("3") + "0", "欠薪人数", ClueFindingCode.BAD_PEOPLE),
    ],
)
def test_a_bad_cell_is_named_and_spoils_no_other_line(line: str, column: str, code: str) -> None:
    bad, good = read_clues(write(line, GOOD))

    assert [(one.row, one.column, one.code) for one in bad.found] == [(2, column, code)]
    assert good.found == ()


def test_every_finding_says_what_to_do() -> None:
    (clue,) = read_clues(write(GOOD.removesuffix("3") + "1001"))

    assert clue.found[0].text.advice == "请填 1 到 1000 之间的整数；不知道可以留空。"


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"a,b\r\n1,2", b"x" * 10_000_001, b"PK\x03\x04"]
)
def test_a_file_that_is_no_list_of_clues_is_refused(content: bytes) -> None:
    with pytest.raises(DomainError):
        read_clues(content)


def test_more_lines_than_can_be_filed_at_once_are_refused() -> None:
    with pytest.raises(TooManyRowsError):
        read_clues(write(*[GOOD] * (MOST_ROWS + 1)))


def import_lines(
    session: Session, keyring: Keyring, principal: Principal, *lines: str, dry_run: bool = False
) -> list[intake.ClueResult]:
    return intake.import_clues(
        session,
        keyring,
        principal=principal,
        content=write(*lines),
        dry_run=dry_run,
        at=FILED_AT,
    )


def test_clues_open_cases_in_their_counties(
    session: Session, keyring: Keyring, first: Principal
) -> None:
    elsewhere = GOOD.replace("330106,2026", "320102,2026")
    city = GOOD.replace("330106,2026", "330100,2026")

    results = import_lines(session, keyring, first, GOOD, elsewhere, city, GOOD)

    complaint = session.exec(select(Complaint)).one()
    filed, outside, unclear, again = results
    assert (filed.number, again.number) == (complaint.number, complaint.number)
    assert (outside.number, unclear.number) == (None, None)
    assert [one.found[0].code for one in (outside, unclear)] == [
        ClueFindingCode.OUTSIDE_PROVINCE,
        ClueFindingCode.UNKNOWN_PLACE,
    ]
    assert complaint.channel is Channel.CLUE
    assert json.loads(complaint.personal or "")["name"] == "王某某"


def test_a_dry_run_finds_the_same_and_files_nothing(
    session: Session, keyring: Keyring, first: Principal
) -> None:
    lines = (GOOD, GOOD.replace("330106,2026", "320102,2026"), GOOD.replace("砌墙", ""))

    tried = import_lines(session, keyring, first, *lines, dry_run=True)
    before = session.exec(select(Complaint)).all()
    real = import_lines(session, keyring, first, *lines)

    assert before == []
    assert [one.number for one in tried] == [None, None, None]
    assert [one.found for one in tried] == [one.found for one in real]


def test_what_a_clue_said_is_sealed_and_its_people_only_for_who_may_know(
    session: Session, keyring: Keyring, first: Principal
) -> None:
    import_lines(session, keyring, first, GOOD)

    bundle = session.exec(select(EvidenceBundle)).one()
    levels = {part["path"]: part["level"] for part in bundle.manifest["parts"]}
    assert levels["clue.json"] == levels["statement.json"] == "identity"
    assert "王某某" in json.loads(bundle.contents)["clue.json"]
    assert "王某某" not in json.loads(bundle.contents)["complaint.json"]

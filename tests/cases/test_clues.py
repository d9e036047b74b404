"""Clues of the national platform, line by line."""

import json

import pytest
from sqlmodel import Session, select

from cases import intake
from cases.clues import MOST_BYTES, Clue, ClueFault, read_clues
from cases.desk_errors import ClueFileError
from core.case_enums import Channel
from core.keyring import Keyring
from db.models import Complaint, EvidenceBundle
from identity.principal import Principal
from tests.factories.cases import FILED_AT

HEADER = (
    "姓名,身份证号码,联系电话,银行卡信息,用人单位名称,欠薪地区划代码,欠薪时间段,欠薪金额,"
    "工作内容描述,欠薪人数"
)
GOOD = "王某某,330106200001011235,19100000001,,某某劳务公司,330106,2026年9月至10月,5280.50,砌墙,3"


def write(*lines: str) -> bytes:
    return "\r\n".join([HEADER, *lines]).encode("utf-8-sig")


def test_a_clue_keeps_its_personal_numbers_apart() -> None:
    (clue,) = read_clues(write(GOOD))

    assert clue == Clue(
        line=2,
        statement="2026年9月至10月，砌墙",
        county_code="330106",
        employer_name="某某劳务公司",
        phone="+8619100000001",
        personal={"name": "王某某", "id_number": "330106200001011235"},
        amount_fen=528_050,
        people=3,
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (GOOD.replace("某某劳务公司", ""), "没有填：用人单位名称"),
        (GOOD.replace("19100000001", "12345"), "联系电话不对"),
        (GOOD.replace("5280.50", "很多"), "金额或者人数不对"),
        (GOOD.removesuffix("3") + "0", "金额或者人数不对"),
    ],
)
def test_a_bad_line_is_named_and_spoils_no_other(line: str, reason: str) -> None:
    bad, good = read_clues(write(line, GOOD))

    assert bad == ClueFault(2, reason)
    assert isinstance(good, Clue)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\r\n1,2", b"x" * (MOST_BYTES + 1)])
def test_a_file_that_is_no_list_of_clues_is_refused(content: bytes) -> None:
    with pytest.raises(ClueFileError):
        read_clues(content)


def test_clues_open_cases_in_their_counties(
    session: Session, keyring: Keyring, first: Principal
) -> None:
    elsewhere = GOOD.replace("330106,2026", "320102,2026")

    results = intake.import_clues(
        session, keyring, principal=first, content=write(GOOD, elsewhere, GOOD), at=FILED_AT
    )

    complaint = session.exec(select(Complaint)).one()
    filed, outside, again = results
    assert (filed.number, again.number) == (complaint.number, complaint.number)
    assert (outside.number, outside.reason) == (None, "这个工地不在浙江")
    assert complaint.channel is Channel.CLUE
    assert json.loads(complaint.personal or "")["name"] == "王某某"


def test_what_a_clue_said_is_sealed_and_its_people_only_for_who_may_know(
    session: Session, keyring: Keyring, first: Principal
) -> None:
    intake.import_clues(session, keyring, principal=first, content=write(GOOD), at=FILED_AT)

    bundle = session.exec(select(EvidenceBundle)).one()
    levels = {part["path"]: part["level"] for part in bundle.manifest["parts"]}
    assert levels["clue.json"] == levels["statement.json"] == "identity"
    assert "王某某" in json.loads(bundle.contents)["clue.json"]
    assert "王某某" not in json.loads(bundle.contents)["complaint.json"]

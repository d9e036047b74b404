"""County facts from an installation's files."""

from datetime import date
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from projects.counties import CountyFacts, MinimumWage, read_county_facts

WAGES = "county_code,in_force_from,monthly_yuan,hourly_yuan,source\n"
CHANNELS = (
    "county_code,bureau,bureau_phone,industry_authority,industry_phone,arbitration,legal_aid,source"
    "\n"
)
XIHU = "330106"


def write(folder: Path, *, wages: str = "", channels: str = "") -> Path:
    (folder / "minimum_wages.csv").write_text(WAGES + wages, encoding="utf-8")
    (folder / "complaint_channels.csv").write_text(CHANNELS + channels, encoding="utf-8")
    return folder


def test_product_ships_no_figure_nobody_checked() -> None:
    facts = read_county_facts(None, county_code=XIHU, on=date(2026, 11, 23))

    assert facts == CountyFacts(minimum_wage=None, channels=None)


@pytest.mark.parametrize(
    ("on", "monthly_fen"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), 240_000),
        (date(2026, 6, 30), 240_000),
        (date(2026, 7, 1), 260_050),
    ],
)
def test_wage_of_the_day_is_the_newest_in_force(
    tmp_path: Path, on: date, monthly_fen: int | None
) -> None:
    wages = (
        "330106,2026-07-01,2600.50,25,某市通知二\n"
        "330106,2026-01-01,2400,24,某市通知一\n"
        "330108,2026-01-01,9999,99,别处\n"
    )

    facts = read_county_facts(write(tmp_path, wages=wages), county_code=XIHU, on=on)

    found = facts.minimum_wage and facts.minimum_wage.monthly_fen
    assert found == monthly_fen


def test_last_row_of_a_county_says_where_to_turn(tmp_path: Path) -> None:
    row = "330106,某区监察大队,{phone},某区住建局,0571-1,某仲裁院,某中心,某区公告\n"
    channels = row.format(phone="0571-10") + row.format(phone="0571-20")

    facts = read_county_facts(
        write(tmp_path, channels=channels), county_code=XIHU, on=date(2026, 11, 23)
    )

    assert facts.channels is not None
    assert facts.channels.bureau_phone == "0571-20"


@pytest.mark.parametrize(
    "row",
    [
        "330106,2026-02-01,9400,24,\n",
        "330106,2026-02-01,9400,24\n",
        "330106,next year,9400,24,某市通知\n",
        "330106,2026-02-01,a lot,24,某市通知\n",
        "330106,2026-02-01,0,24,某市通知\n",
        "330106,2026-02-01,-9400,24,某市通知\n",
        ",2026-02-01,9400,24,某市通知\n",
    ],
)
def test_wrong_row_is_logged_and_counts_as_not_entered(tmp_path: Path, row: str) -> None:
    folder = write(tmp_path, wages=row + "330106,2026-01-01,2400,24,某市通知\n")

    with capture_logs() as logs:
        facts = read_county_facts(folder, county_code=XIHU, on=date(2026, 11, 23))

    assert facts.minimum_wage == MinimumWage(date(2026, 1, 1), 240_000, 2_400, "某市通知")
    assert [(each["file"], each["line"]) for each in logs] == [("minimum_wages.csv", 2)]


def test_wrong_row_alone_leaves_its_fact_unknown(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        wages="330106,2026-01-01,2400,24,\n",
        channels="330106,某区监察大队,0571-10,某区住建局,0571-1,某仲裁院,某中心,某区公告\n",
    )

    facts = read_county_facts(folder, county_code=XIHU, on=date(2026, 11, 23))

    assert facts.minimum_wage is None
    assert facts.channels is not None


def test_wrong_row_of_another_county_does_not_concern_this_one(tmp_path: Path) -> None:
    folder = write(tmp_path, wages="330108,next year,x,y,\n330106,2026-01-01,2400,24,某市通知\n")

    with capture_logs() as logs:
        facts = read_county_facts(folder, county_code=XIHU, on=date(2026, 11, 23))

    assert facts.minimum_wage is not None
    assert logs == []


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x81",
        b"county_code,in_force_from\n330106,2026-01-01\n",
        b'county_code,source\n330106,"never closed',
        b"\x89PNG\r\n\x1a\n\x00\x00",
    ],
)
def test_file_that_is_none_leaves_its_facts_unknown(tmp_path: Path, content: bytes) -> None:
    folder = write(tmp_path)
    (folder / "minimum_wages.csv").write_bytes(content)

    with capture_logs() as logs:
        facts = read_county_facts(folder, county_code=XIHU, on=date(2026, 11, 23))

    assert facts == CountyFacts(minimum_wage=None, channels=None)
    assert {each["file"] for each in logs} == {"minimum_wages.csv"}


def test_absent_files_leave_everything_unknown(tmp_path: Path) -> None:
    with capture_logs() as logs:
        facts = read_county_facts(tmp_path / "gone", county_code=XIHU, on=date(2026, 11, 23))

    assert facts == CountyFacts(minimum_wage=None, channels=None)
    assert [each["file"] for each in logs] == ["minimum_wages.csv", "complaint_channels.csv"]


def test_file_saved_in_gb18030_is_read(tmp_path: Path) -> None:
    folder = write(tmp_path)
    text = WAGES + "330106,2026-01-01,2400,24,某市通知\n"
    (folder / "minimum_wages.csv").write_bytes(text.encode("gb18030"))

    facts = read_county_facts(folder, county_code=XIHU, on=date(2026, 11, 23))

    assert facts.minimum_wage is not None
    assert facts.minimum_wage.source == "某市通知"


def test_file_saved_by_excel_is_read(tmp_path: Path) -> None:
    folder = write(tmp_path)
    text = WAGES + "330106,2026-01-01,2400,24,某市通知\n"
    (folder / "minimum_wages.csv").write_text(text, encoding="utf-8-sig")

    facts = read_county_facts(folder, county_code=XIHU, on=date(2026, 11, 23))

    assert facts.minimum_wage == MinimumWage(date(2026, 1, 1), 240_000, 2_400, "某市通知")

"""The screen for 刑法 §276-1 against the amounts provinces chose."""

import pytest

from cases.crime import Arrears, screen
from core.case_enums import CrimeVerdict

JIANGSU, ZHEJIANG = "32", "33"


@pytest.mark.parametrize(
    ("arrears", "province", "verdict"),
    [
        # Jiangsu: 10,000 yuan for one worker over three months, or 60,000 for ten.
        ([Arrears(3, 1_000_000)], JIANGSU, CrimeVerdict.REACHED),
        ([Arrears(3, 999_999)], JIANGSU, CrimeVerdict.BELOW),
        ([Arrears(2, 5_000_000)], JIANGSU, CrimeVerdict.BELOW),
        ([Arrears(1, 600_000)] * 10, JIANGSU, CrimeVerdict.REACHED),
        ([Arrears(1, 599_999)] * 10, JIANGSU, CrimeVerdict.BELOW),
        ([Arrears(1, 700_000)] * 9, JIANGSU, CrimeVerdict.BELOW),
        ([Arrears(1, 6_000_000, people=10)], JIANGSU, CrimeVerdict.REACHED),
        ([Arrears(3, 999_999), Arrears(3, None)], JIANGSU, CrimeVerdict.REVIEW),
        # Zhejiang's amounts are not known: above the law's lowest a person judges.
        ([Arrears(3, 500_000)], ZHEJIANG, CrimeVerdict.REVIEW),
        ([Arrears(3, 9_000_000)], ZHEJIANG, CrimeVerdict.REVIEW),
        ([Arrears(3, 499_999)], ZHEJIANG, CrimeVerdict.BELOW),
        ([Arrears(3, None)], ZHEJIANG, CrimeVerdict.REVIEW),
        ([Arrears(None, 100_000)], ZHEJIANG, CrimeVerdict.REVIEW),
    ],
)
def test_verdict(arrears: list[Arrears], province: str, verdict: CrimeVerdict) -> None:
    assert screen(arrears, province=province).verdict is verdict


def test_screening_shows_its_figures_and_source() -> None:
    screening = screen([Arrears(3, 500_000), Arrears(1, 100_000, people=2)], province=JIANGSU)

    assert (screening.people, screening.total_fen) == (3, 600_000)
    assert screening.source == "江苏省高级人民法院"

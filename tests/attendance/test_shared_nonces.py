"""A gate that gives two crossings one nonce loses neither of them."""

import pytest
from msgspec.structs import replace
from sqlmodel import Session

from attendance import offline
from attendance.offline import ScanOutcome
from attendance.rejudge import Arrival, ScanReport
from core.enums import ScanStatus
from core.keyring import Keyring
from tests.attendance.test_offline import MORNING, NOW, count, make_day, report, stored
from tests.factories.attendance import GateSite, make_gate_site

NONCE = "scan-0001"


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def upload(
    session: Session, keyring: Keyring, site: GateSite, *scans: ScanReport
) -> list[ScanOutcome]:
    return offline.take_scans(
        session,
        keyring,
        device=site.gate.device,
        reports=scans,
        arrival=Arrival(NOW, "boot-9", 0),
        clock_offset_ms=None,
    )


@pytest.mark.parametrize("is_apart", [True, False], ids=["two uploads", "one upload"])
def test_two_people_in_one_moment_are_both_kept(
    session: Session, keyring: Keyring, site: GateSite, *, is_apart: bool
) -> None:
    entries = make_day(session, keyring, site, workers=2)[::2]
    scans = [replace(entry, nonce=NONCE) for entry in entries]

    outcomes = (
        [upload(session, keyring, site, scan)[0] for scan in scans]
        if is_apart
        else (upload(session, keyring, site, *scans))
    )

    assert [each.status for each in outcomes] == [ScanStatus.RECORDED, ScanStatus.CONFLICT]
    assert len({stored(each).project_worker_id for each in outcomes}) == 2
    assert all(stored(each).valid for each in outcomes)


def test_a_text_of_which_the_gate_kept_less_is_the_same_scan(
    session: Session, keyring: Keyring, site: GateSite
) -> None:
    for text in ("AFAFAFAFAF", "***"):
        (outcome,) = upload(session, keyring, site, report(text, MORNING, nonce=NONCE))
    assert outcome.status is ScanStatus.DUPLICATE
    assert count(session) == 1

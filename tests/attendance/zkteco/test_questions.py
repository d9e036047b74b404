"""Background verification: an access terminal asks, and reports afterwards what came of it."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlmodel import Session

from attendance.rules import compute_offset_ms
from core.clock import now
from core.enums import CheckInMethod, DeviceVendor, Direction, Grade, ScanReason
from core.keyring import Keyring
from core.masking import mask_name
from db.models import CheckInAnnulment, ProjectWorker
from tests.attendance.zkteco.conftest import list_check_ins
from tests.devices.simulators.zk_acc import AccTerminal, Verdict
from tests.devices.simulators.zk_line import ZkLine
from tests.factories.terminals import TerminalSite, make_terminal_site


@pytest.fixture
def asking(acc: AccTerminal) -> AccTerminal:
    """A registered terminal."""
    acc.run()
    return acc


def show_code(
    acc: AccTerminal,
    site: TerminalSite,
    session: Session,
    keyring: Keyring,
    *,
    is_impatient: bool = False,
) -> Verdict | None:
    code = site.site.live_code(session, keyring)
    return acc.ask(now(), cardno=code, is_impatient=is_impatient)


def test_a_live_code_opens_and_is_recorded_before_the_answer(
    session: Session, asking: AccTerminal, acc_site: TerminalSite, keyring: Keyring
) -> None:
    name = acc_site.site.person.name

    verdict = show_code(asking, acc_site, session, keyring)

    assert verdict is not None
    assert (verdict.opens, verdict.control) == (True, "CONTROL DEVICE 01010105")
    assert verdict.tips == f"{mask_name(name)} 请进，注意安全"
    (check_in,) = list_check_ins(session)
    assert (check_in.reason, check_in.grade) == (ScanReason.OK, Grade.A)
    assert check_in.method is CheckInMethod.LIVE_CODE


def test_the_event_of_the_answer_is_the_same_crossing(
    session: Session, asking: AccTerminal, acc_site: TerminalSite, keyring: Keyring
) -> None:
    show_code(asking, acc_site, session, keyring)

    asking.run()

    assert len(list_check_ins(session)) == 1


@pytest.mark.parametrize("year", [2019, 2038])
def test_a_terminal_whose_clock_is_years_off_still_opens(
    session: Session, asking: AccTerminal, acc_site: TerminalSite, keyring: Keyring, year: int
) -> None:
    shown_at = now().replace(year=year, day=1)
    acc_site.device(session).clock_offset_ms = compute_offset_ms(shown_at, now())

    verdict = asking.ask(shown_at, cardno=acc_site.site.live_code(session, keyring))

    assert verdict is not None
    assert verdict.opens


def test_a_second_showing_of_the_same_code_is_refused(
    session: Session, asking: AccTerminal, acc_site: TerminalSite, keyring: Keyring
) -> None:
    code = acc_site.site.live_code(session, keyring)
    asking.ask(now() - timedelta(seconds=2), cardno=code)

    verdict = asking.ask(now(), cardno=code)

    assert verdict is not None
    assert (verdict.opens, verdict.control) == (False, None)
    assert "刷过" in verdict.tips
    asking.run()
    assert [c.admitted for c in list_check_ins(session)] == [True, False]


def test_a_question_that_is_asked_again_gets_the_same_answer(
    session: Session, asking: AccTerminal, acc_site: TerminalSite, keyring: Keyring
) -> None:
    code, at = acc_site.site.live_code(session, keyring), now()
    asking.line.loses_answers = True
    assert asking.ask(at, cardno=code) is None
    asking.line.loses_answers = False

    verdict = asking.ask(at, cardno=code)

    assert verdict is not None
    assert verdict.opens
    assert len(list_check_ins(session)) == 1


def test_a_terminal_that_did_not_wait_stayed_shut(
    session: Session, asking: AccTerminal, acc_site: TerminalSite, keyring: Keyring
) -> None:
    show_code(asking, acc_site, session, keyring, is_impatient=True)

    asking.run()

    (check_in,) = list_check_ins(session)
    annulment = session.scalars(select(CheckInAnnulment)).one()
    assert annulment.check_in_id == check_in.id


def test_a_report_of_a_question_nobody_recorded_counts_by_itself(
    session: Session, asking: AccTerminal
) -> None:
    asking.see(222, now(), pin=1001)
    asking.see(44, now(), pin=1001)
    asking.see(223, now(), pin=1001)

    asking.run()

    assert sorted(c.admitted for c in list_check_ins(session)) == [False, True]


def test_a_face_the_terminal_knows_is_decided_by_the_roster(
    session: Session, asking: AccTerminal, acc_site: TerminalSite
) -> None:
    verdict = asking.ask(now(), pin=1001)
    assert verdict is not None
    assert verdict.opens

    worker = session.get_one(ProjectWorker, acc_site.site.worker_id)
    worker.left_date = now().date() - timedelta(days=3)
    session.flush()
    refused = asking.ask(now() + timedelta(seconds=5), pin=1001)

    assert refused is not None
    assert not refused.opens
    assert "退场" in refused.tips
    asking.run()
    assert [c.admitted for c in list_check_ins(session)] == [True, False]


def test_a_card_of_nobody_stays_shut(session: Session, asking: AccTerminal) -> None:
    verdict = asking.ask(now(), cardno=12345678)

    assert verdict is not None
    assert not verdict.opens
    (check_in,) = list_check_ins(session)
    assert (check_in.reason, check_in.presented) == (ScanReason.UNKNOWN_WORKER, "***")


@pytest.mark.parametrize("code", ["http://example.invalid/some/other/code", "A" * 37, "1" * 150])
def test_something_that_is_no_code_of_ours_is_refused_and_recorded(
    session: Session, asking: AccTerminal, code: str
) -> None:
    verdict = asking.ask(now(), cardno=code)

    assert verdict is not None
    assert not verdict.opens
    assert [c.admitted for c in list_check_ins(session)] == [False]


def test_nobody_and_garbage_stay_shut(session: Session, asking: AccTerminal) -> None:
    verdict = asking.ask(now())
    assert verdict is not None
    assert (verdict.opens, verdict.tips) == (False, "请出示安薪码")

    for body in ("", "garbage", "time=yesterday\tpin=1001\tcardno=0"):
        answer = asking.send("AuthType=device", body)
        assert answer is not None
        assert answer.text.startswith("AUTH=FAILED\r\n")
    assert list_check_ins(session) == []


def test_a_gb18030_screen_is_answered_in_its_own_writing(
    client: TestClient, session: Session
) -> None:
    site = make_terminal_site(
        session,
        DeviceVendor.ZKTECO_ACC,
        encoding="gb18030",
        lock_count=2,
        open_seconds=12,
        direction=Direction.OUT,
    )
    acc = AccTerminal(ZkLine(client, site.base), encoding="gb18030")
    acc.run()

    verdict = acc.ask(now(), pin=1001, eventaddr=2)

    assert verdict is not None
    assert verdict.control == "CONTROL DEVICE 0102010C"
    assert re.fullmatch(r".+ 辛苦了，慢走", verdict.tips)


def test_a_question_that_was_held_up_opens_to_nobody(session: Session, asking: AccTerminal) -> None:
    asking.run()  # tells its clock

    verdict = asking.ask(now() - timedelta(minutes=2), pin=1001)

    assert verdict is None
    assert list_check_ins(session) == []


def test_a_slow_clock_is_no_held_up_question(session: Session, asking: AccTerminal) -> None:
    asking.drift = timedelta(minutes=-2)
    asking.run()

    verdict = asking.ask(now() - timedelta(minutes=2), pin=1001)

    assert verdict is not None
    assert verdict.opens

"""VGuang readers: our answer within their patience is everything."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from core.clock import now
from core.enums import DeviceVendor, Grade, ScanReason
from core.keyring import Keyring
from tests.devices.simulators.line import Answer, Connect
from tests.devices.simulators.vguang import CONTENT_TYPES, SPELLINGS, VguangReader
from tests.factories.attendance import GateSite
from tests.factories.vendors import check_ins, make_terminal, messages, the_note

MORNING = now() - timedelta(hours=30)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_reader_opens_for_a_live_code_however_it_spells(
    session: Session, site: GateSite, keyring: Keyring, vguang: VguangReader, spelling: str
) -> None:
    vguang.spelling = spelling
    vguang.content_type = CONTENT_TYPES[SPELLINGS.index(spelling) % 2]

    assert vguang.scan(site.live_code(session, keyring))

    (check_in,) = check_ins(session)
    assert (check_in.reason, check_in.grade) == (ScanReason.OK, Grade.A)
    assert check_in.project_worker_id == site.worker_id


def test_a_reader_that_asks_again_gets_the_first_answer(
    session: Session, site: GateSite, keyring: Keyring, vguang: VguangReader
) -> None:
    vguang.line.loses_answers = True

    assert vguang.scan(site.live_code(session, keyring))

    assert len(vguang.line.sent) == 2
    assert [check_in.reason for check_in in check_ins(session)] == [ScanReason.OK]


@pytest.mark.parametrize("text", ["hello", "D9E07D0E", "A" * 1_000_000, "中文\x00", "\x01\x02"])
def test_a_reader_denies_what_is_no_code_and_records_it(
    session: Session, vguang: VguangReader, text: str
) -> None:
    assert not vguang.scan(text)
    assert [check_in.reason for check_in in check_ins(session)] == [ScanReason.MALFORMED_CODE]


@pytest.mark.parametrize("beat", [b"", b"heartbeat", b"heart", b"keepalive", b"ping", b'""'])
def test_a_readers_heartbeat_opens_nothing(
    session: Session, vguang: VguangReader, beat: bytes
) -> None:
    answer = vguang.line.send("/vguang", beat, "text/html")

    assert answer == Answer(200, b"code=0001")
    assert (check_ins(session), messages(session)) == ([], [])


def test_another_readers_number_is_denied_and_kept(
    session: Session, site: GateSite, keyring: Keyring, connect: Connect
) -> None:
    terminal = make_terminal(session, site.project, DeviceVendor.VGUANG, serial_number="22110009")
    reader = VguangReader(connect(terminal))

    assert not reader.scan(site.live_code(session, keyring))

    assert check_ins(session) == []
    assert the_note(session) == "serial number 22110001"

"""What terminals are told."""

import hashlib

import pytest

from devices.errors import WrongTerminalSettingsError
from devices.zkteco import replies
from devices.zkteco.redaction import redact_upload
from devices.zkteco.settings import ZktecoSettings, check_settings, read_settings


def test_the_session_token_is_the_protocols() -> None:
    expected = hashlib.md5(b"Uy47fxftP3338315420000230BF").hexdigest()
    assert replies.session_token("Uy47fxftP3", "3383154200002", "30BF") == expected


def test_an_answer_repeats_the_question_and_opens_the_lock() -> None:
    line = "time=2026-01-05 07:02:04\tpin=0"
    said = replies.answer_question(
        line, "请进", opens=True, door=1, settings=ZktecoSettings(open_seconds=5)
    )
    assert said == f"AUTH=SUCCEED\r\n{line}\r\nCONTROL DEVICE 01010105\r\nTIPS=请进\r\n"


def test_a_refusal_opens_nothing_and_fits_the_screen() -> None:
    said = replies.answer_question("x", "长" * 100, opens=False, door=1, settings=ZktecoSettings())
    assert said == f"AUTH=FAILED\r\nx\r\nTIPS={'长' * 40}\r\n"


def test_nothing_to_do_is_ok() -> None:
    assert replies.hand_out([]) == "OK"
    assert replies.hand_out([(101, "A"), (102, "B")]) == "C:101:A\nC:102:B\n"


def test_hello_and_parameters_differ_as_documented() -> None:
    hello = replies.offer_acc_options(session_id="S", registry_code="R").splitlines()
    assert hello[:2] == ["registry=ok", "RegistryCode=R"]
    assert "PushProtVer=3.1.2" in hello
    pushed = replies.offer_acc_options(session_id="S")
    assert "RegistryCode" not in pushed
    assert "PushVersion=3.1.2" in pushed


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"ack": "maybe"}, "ack"),
        ({"encoding": "latin-1"}, "encoding"),
        ({"open_seconds": 0}, "open_seconds"),
        ({"lock_count": "many"}, "lock_count"),
        ({"no_such": 1}, "no_such"),
        ({"has_bare_path": True}, "网段"),
    ],
)
def test_wrong_settings_are_named(given: dict[str, object], problem: str) -> None:
    with pytest.raises(WrongTerminalSettingsError) as refusal:
        check_settings(given, allowed_networks=[])
    assert problem in str(refusal.value.facts["problem"])


def test_settings_are_stored_as_far_as_they_differ_and_keys_hashed() -> None:
    stored = check_settings(
        {"ack": "ok", "encoding": "utf-8", "comm_key": 778899}, allowed_networks=[]
    )
    assert stored.keys() == {"ack", "comm_key_hash"}
    assert "778899" not in str(stored)
    assert read_settings(stored).ack == "ok"


def test_nothing_of_a_body_is_kept_of_a_person() -> None:
    kept = redact_upload(
        "USER PIN=1\tName=a\tPasswd=8888\tCard=\nFP PIN=1\tTMP=AAAA\n"
        "BIODATA Pin=1\tTmp=BBBB\n110101199003070011 in a note\n",
        lambda _: "h",
    ).decode()
    assert kept.startswith("USER PIN=1\tName=a\tPasswd=\tCard=")
    assert not any(word in kept for word in ("8888", "AAAA", "BBBB", "19900307"))

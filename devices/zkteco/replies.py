"""What terminals are told, in the words of the two PUSH protocols; pure."""

import hashlib
from collections.abc import Mapping, Sequence

from devices.zkteco.settings import ZktecoSettings

OK = "OK"
ERROR_DELAY_SECONDS = 30
POLL_SECONDS = 10
ANSWER_SECONDS = 10
SERVER_VERSION = "3.1.2"
NOTHING_READ = "None"
"""Of a table of which nothing was stored yet: the terminal sends all it has."""
TIPS_CHARACTERS = 40


def offer_att_options(serial_number: str, stamps: Mapping[str, str]) -> str:
    """Return the options of an attendance terminal.

    Neither photos nor templates are asked for: attendance needs no face (人脸识别 is never
    required), and what is not sent cannot be lost.
    """
    options = {
        "ATTLOGStamp": stamps.get("ATTLOG", NOTHING_READ),
        "OPERLOGStamp": stamps.get("OPERLOG", NOTHING_READ),
        "ATTPHOTOStamp": NOTHING_READ,
        "ErrorDelay": ERROR_DELAY_SECONDS,
        "Delay": POLL_SECONDS,
        "TransTimes": "00:00;14:05",
        "TransInterval": 1,
        "TransFlag": "TransData AttLog\tOpLog",
        "TimeZone": 8,
        "Realtime": 1,
        "Encrypt": "None",
    }
    lines = [f"GET OPTION FROM: {serial_number}"]
    lines += [f"{name}={value}" for name, value in options.items()]
    return "".join(f"{line}\r\n" for line in lines)


def offer_acc_options(*, session_id: str, registry_code: str | None = None) -> str:
    """Return the parameters of an access terminal, for a registered one that says hello.

    After it has just registered it knows its code, and asks for the parameters alone.
    """
    hello = {"registry": "ok", "RegistryCode": registry_code} if registry_code else {}
    options = {
        **hello,
        "ServerVersion": SERVER_VERSION,
        "ServerName": "ADMS",
        "PushProtVer" if registry_code else "PushVersion": SERVER_VERSION,
        "ErrorDelay": ERROR_DELAY_SECONDS,
        "RequestDelay": POLL_SECONDS,
        "TransTimes": "00:00;14:05",
        "TransInterval": 1,
        "TransTables": "User Transaction",
        "Realtime": 1,
        "SessionID": session_id,
        "TimeoutSec": ANSWER_SECONDS,
    }
    return "".join(f"{name}={value}\n" for name, value in options.items())


def session_token(registry_code: str, serial_number: str, session_id: str) -> str:
    """Return what an access terminal shows as its cookie ``token``.

    MD5 because the protocol says so. It protects nothing here: the secret path does, and the
    token is only compared so that a terminal with an old session registers anew.
    """
    words = f"{registry_code}{serial_number}{session_id}"
    return hashlib.md5(words.encode(), usedforsecurity=False).hexdigest()


def acknowledge_lines(count: int, settings: ZktecoSettings) -> str:
    """Return what makes an attendance terminal forget what it sent."""
    return f"OK: {count}" if settings.ack == "count" else OK


def acknowledge_table(table: str, count: int, settings: ZktecoSettings) -> str:
    """Return the same for an access terminal's buffered table."""
    return f"{table}={count}" if settings.ack == "count" else OK


def answer_question(
    line: str, tips: str, *, opens: bool, door: int, settings: ZktecoSettings
) -> str:
    """Return the answer to somebody standing at the gate, repeating the question's line."""
    lines = [f"AUTH={'SUCCEED' if opens else 'FAILED'}", line]
    if opens:
        # Output control, which door, its lock, for how many seconds; two hexadecimal digits each.
        lines.append(f"CONTROL DEVICE 01{door:02X}01{settings.open_seconds:02X}")
    lines.append(f"TIPS={tips[:TIPS_CHARACTERS]}")
    return "".join(f"{part}\r\n" for part in lines)


def put_off_question(line: str, tips: str) -> str:
    """Return the answer to a question that comes too late to be decided."""
    return f"AUTH=TIMEOUT\r\n{line}\r\nTIPS={tips}\r\n"


def hand_out(commands: Sequence[tuple[int, str]]) -> str:
    """Return commands by their numbers, or that there is nothing to do."""
    return "".join(f"C:{number}:{content}\n" for number, content in commands) or OK

"""Which server this gate belongs to, and the token it shows there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gate.state import files

FILE_NAME = "pairing.json"


@dataclass(frozen=True, slots=True)
class Pairing:
    """The outcome of `python -m gate pair`."""

    server: str
    token: str
    details: dict[str, Any]
    """What else the server said about this device, for people."""


class NotPairedError(Exception):
    """The gate has no token; the message says how to get one."""


def save(pairing: Pairing, directory: Path) -> None:
    """Write server and token, readable by the owner only."""
    files.write_json(
        files.own_directory(directory) / FILE_NAME,
        {"server": pairing.server, "token": pairing.token, "details": pairing.details},
    )


def load(directory: Path) -> Pairing:
    """Return the pairing; NotPairedError if there is none."""
    document = files.read_json(directory / FILE_NAME)
    if document is None:
        raise NotPairedError(
            "这台闸机还没有配对：请在管理页面新建设备，再运行 python -m gate pair 服务器地址 配对码"
            " (not paired: create the device, then run: python -m gate pair <server> <code>)"
        )
    return Pairing(document["server"], document["token"], document["details"])

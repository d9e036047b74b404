"""A ZKTeco attendance terminal (PUSH 2.x): forgets a row only when it was acknowledged."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs

from core.clock import SHANGHAI
from tests.devices.simulators.zk_line import ZkLine

COMMAND = re.compile(r"C:(\d+):(.*)")


@dataclass
class Row:
    """One line of its memory."""

    number: int
    pin: str
    at: str
    status: int
    verify: int
    is_sent: bool = False


@dataclass
class AttTerminal:
    """`extra` is what newer firmwares append to a line; `batch` how many lines go at once."""

    line: ZkLine
    serial: str = "NCD8251400238"
    encoding: str = "utf-8"
    extra: str = ""
    batch: int = 1_000
    comm_key: str | None = None
    rows: list[Row] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)
    has_options: bool = False
    options: dict[str, str] = field(default_factory=dict)
    refusals: int = 0
    returns: list[str] = field(default_factory=list)
    is_deaf: bool = False
    """Whether it takes commands without ever saying what became of them."""

    def punch(self, pin: str, at: datetime, *, status: int = 0, verify: int = 15) -> None:
        """Let somebody punch; `at` is what its clock shows."""
        clock = f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
        self.rows.append(Row(len(self.rows) + 1, pin, clock, status, verify))

    @property
    def unsent(self) -> list[Row]:
        """What it still has to deliver."""
        return [row for row in self.rows if not row.is_sent]

    def restart(self) -> None:
        """Lose what it knew of the server, but no rows."""
        self.has_options = False

    def run(self, cycles: int = 1) -> None:
        """Live through some of its cycles: hello, uploads, commands."""
        for _ in range(cycles):
            if not self.has_options and not self._greet():
                continue
            self._upload()
            self._poll()

    def send_table(self, table: str, body: bytes) -> str | None:
        """Upload another table; return the answer's text."""
        answer = self.line.call("POST", f"cdata?SN={self.serial}&table={table}&Stamp=9999", body)
        return None if answer is None else answer.text

    def _greet(self) -> bool:
        key = f"&pushcommkey={self.comm_key}" if self.comm_key else ""
        path = f"cdata?SN={self.serial}&options=all&pushver=2.4.1&language=83{key}"
        answer = self.line.call("GET", path)
        if answer is None or answer.status_code != 200:
            self.refusals += 1
            return False
        lines = answer.content.decode().split("\r\n")
        if lines[0] != f"GET OPTION FROM: {self.serial}":
            self.refusals += 1
            return False
        self.options = dict(line.split("=", 1) for line in lines[1:] if line)
        self._resume(self.options["ATTLOGStamp"])
        self.has_options = True
        return True

    def _resume(self, stamp: str) -> None:
        """Send what lies after the mark the server gives; all there is when it gives none."""
        after = int(stamp) if stamp.isdecimal() else 0
        for row in self.rows:
            row.is_sent = row.number <= after

    def _upload(self) -> None:
        for rows in iter(lambda: self.unsent[: self.batch], []):
            body = "".join(
                f"{row.pin}\t{row.at}\t{row.status}\t{row.verify}\t0\t0\t0{self.extra}\n"
                for row in rows
            ).encode(self.encoding)
            path = f"cdata?SN={self.serial}&table=ATTLOG&Stamp={rows[-1].number}"
            answer = self.line.call("POST", path, body)
            if answer is None or answer.status_code != 200 or not _is_ack(answer.text, rows):
                self.refusals += 1
                return
            for row in rows:
                row.is_sent = True

    def _poll(self) -> None:
        answer = self.line.call("GET", f"getrequest?SN={self.serial}")
        if answer is None or answer.status_code != 200:
            return
        text = answer.content.decode(self.encoding)
        done = [
            f"ID={found[1]}&Return={self._execute(found[2])}&CMD=DATA"
            for found in map(COMMAND.fullmatch, text.splitlines())
            if found
        ]
        self.returns += done
        if done and not self.is_deaf:
            self.line.call("POST", f"devicecmd?SN={self.serial}", "\n".join(done).encode())

    def _execute(self, command: str) -> int:
        fields = dict(pair.split("=", 1) for pair in command.split(" ", 3)[-1].split("\t"))
        if command.startswith("DATA UPDATE USERINFO "):
            self.people[fields["PIN"]] = fields["Name"]
        elif command.startswith("DATA DELETE USERINFO "):
            self.people.pop(fields["PIN"], None)
        elif command.startswith("DATA QUERY ATTLOG "):
            return self._send_again(fields["StartTime"], fields["EndTime"])
        else:
            return -1002
        return 0

    def _send_again(self, begin: str, end: str) -> int:
        rows = [row for row in self.rows if begin <= row.at <= end]
        for row in rows:
            row.is_sent = False
        return 0 if rows else -1


def _is_ack(text: str, rows: list[Row]) -> bool:
    return text in ("OK", f"OK: {len(rows)}")


def read_return(line: str) -> tuple[int, int]:
    """Return a command's number and what became of it."""
    fields = parse_qs(line)
    return int(fields["ID"][0]), int(fields["Return"][0])

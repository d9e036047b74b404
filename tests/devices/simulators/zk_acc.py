"""A ZKTeco access terminal (security PUSH 3.x): registers, reports live, buffers, and asks."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.clock import SHANGHAI, now
from tests.devices.simulators.zk_line import Answer, ZkLine

PARAMETERS = (
    "DeviceType=acc,~DeviceName=SpeedFace,FirmVer=1.0,PushVersion=3.0.1,MaxPackageSize=2048000,"
    "LockCount=1,ReaderCount=2,IsSupportQRcode=1,QRCodeEnable=1,QRCodeDecryptFunList=101"
)


@dataclass
class Event:
    """One event in its memory."""

    index: int
    fields: dict[str, str]

    def live(self) -> str:
        """Return the line of the live log."""
        return "\t".join(f"{name}={value}" for name, value in self.fields.items())

    def buffered(self) -> str:
        """Return the line of the table it is kept in."""
        names = {"event": "eventtype", "inoutstatus": "inoutstate", "verifytype": "verified"}
        pairs = (f"{names.get(name, name)}={value}" for name, value in self.fields.items())
        return "transaction " + "\t".join(pairs)


@dataclass
class Verdict:
    """What the server said about somebody who stood there."""

    opens: bool
    answer: str
    control: str | None
    tips: str


@dataclass
class AccTerminal:
    """`needs_plain_ok` is the firmware that sends on at the documented acknowledgement."""

    line: ZkLine
    serial: str = "3383154200002"
    encoding: str = "utf-8"
    needs_plain_ok: bool = False
    parameters: str = PARAMETERS
    registry_code: str | None = None
    session: str | None = None
    index: int = 20
    live: list[Event] = field(default_factory=list)
    buffered: list[Event] = field(default_factory=list)
    hellos: int = 0
    drift: timedelta = timedelta(0)
    """How far its clock is ahead."""

    def run(self) -> None:
        """Live through one of its cycles."""
        if self.session is None and not self._register():
            return
        self._report_state()
        for event in self.live:
            answer = self._post("cdata", "table=rtlog", event.live())
            if answer is None or answer.text != "OK":
                self.buffered.append(event)
        self.live.clear()
        if self.session is None:
            return
        self._upload_buffer()
        self._call("GET", f"getrequest?SN={self.serial}")

    def see(self, number: int, at: datetime, **fields: object) -> Event:
        """Let something happen; `at` is what its clock shows."""
        self.index += 1
        said = {"pin": 0, "cardno": 0, "sitecode": 0, "linkid": 0, "eventaddr": 1} | fields
        event = Event(
            self.index,
            {
                "time": f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
                **{name: str(value) for name, value in said.items()},
                "event": str(number),
                "inoutstatus": str(fields.get("inoutstatus", 0)),
                "verifytype": str(fields.get("verifytype", 15)),
                "index": str(self.index),
            },
        )
        self.live.append(event)
        return event

    def ask(self, at: datetime, *, is_impatient: bool = False, **fields: object) -> Verdict | None:
        """Ask the server about somebody, and log what came of it a second later.

        An impatient terminal does not wait for the answer and stays shut.
        """
        clock = f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
        said = {"pin": 0, "cardno": 0, "addrtype": 3, "eventaddr": 1} | fields
        pairs = [f"time={clock}", *(f"{name}={value}" for name, value in said.items())]
        question = "\t".join([*pairs, "event=223", "inoutstatus=0", "verifytype=0"])
        answer = self._post("cdata", "AuthType=device", question)
        verdict = None if answer is None else self._read_verdict(question, answer)
        is_late = is_impatient or verdict is None
        opened = verdict is not None and verdict.opens
        number = 45 if is_late else 222 if opened else 44
        self.see(number, at + timedelta(seconds=1), **fields)
        return verdict

    def send_table(self, name: str, *lines: str) -> str | None:
        """Upload rows of another table; return the answer's text."""
        path = f"table=tabledata&tablename={name}&count={len(lines)}"
        answer = self._post("cdata", path, "\r\n".join(lines))
        return None if answer is None else answer.text

    def send(self, query: str, body: str) -> Answer | None:
        """Post something else to ``cdata``."""
        return self._post("cdata", query, body)

    def _report_state(self) -> None:
        clock = f"{(now() + self.drift).astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
        state = f"time={clock}\tsensor=00\trelay=00\talarm=0000000000000000"
        self._post("cdata", "table=rtstate", state)

    def _register(self) -> bool:
        """Say hello until the server knows it; a server that has no registry makes it loop."""
        self.hellos += 1
        hello = self._call(
            "GET", f"cdata?SN={self.serial}&pushver=3.0.1&options=all&DeviceType=acc"
        )
        if hello is None or hello.status_code != 200:
            return False
        if hello.text.startswith("registry=ok"):
            options = _read_options(hello.text)
            self.registry_code, self.session = options["RegistryCode"], options["SessionID"]
            return True
        registered = self._call("POST", f"registry?SN={self.serial}", self.parameters)
        if registered is None or not registered.text.startswith("RegistryCode="):
            return False
        self.registry_code = registered.text.partition("=")[2].strip()
        pushed = self._call("POST", f"push?SN={self.serial}")
        if pushed is None or pushed.status_code != 200:
            return False
        self.session = _read_options(pushed.text)["SessionID"]
        return True

    def _upload_buffer(self) -> None:
        if not self.buffered:
            return
        count = len(self.buffered)
        lines = "\r\n".join(event.buffered() for event in self.buffered)
        path = f"table=tabledata&tablename=transaction&count={count}"
        answer = self._post("cdata", path, lines)
        expected = "OK" if self.needs_plain_ok else f"transaction={count}"
        if answer is not None and answer.text == expected:
            self.buffered.clear()

    def _post(self, action: str, query: str, body: str) -> Answer | None:
        if self.session is None:
            return None
        answer = self._call("POST", f"{action}?SN={self.serial}&{query}", body)
        if answer is not None and answer.status_code == 406:
            self.session = None
        return answer if answer is not None and answer.status_code == 200 else None

    def _call(self, method: str, path: str, body: str = "") -> Answer | None:
        cookie = None
        if self.session is not None:
            words = f"{self.registry_code}{self.serial}{self.session}"
            cookie = f"token={hashlib.md5(words.encode()).hexdigest()},timestamp=2026"
        return self.line.call(method, path, body.encode(self.encoding), cookie=cookie)

    def _read_verdict(self, question: str, answer: Answer) -> Verdict | None:
        auth, echo, *rest = answer.content.decode(self.encoding).split("\r\n")
        if auth == "AUTH=TIMEOUT" or echo != question:
            return None
        control = next((line for line in rest if line.startswith("CONTROL DEVICE ")), None)
        tips = next(line for line in rest if line.startswith("TIPS=")).removeprefix("TIPS=")
        return Verdict(auth == "AUTH=SUCCEED" and control is not None, auth, control, tips)


def _read_options(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)

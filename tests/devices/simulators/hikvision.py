"""A Hikvision terminal: keeps events until it gets a 200, and uploads them late if it must."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.clock import SHANGHAI, now
from tests.devices.simulators.line import Line

JSON = "application/json"
BUFFERED_AFTER = timedelta(minutes=1)
"""A test that reports yesterday's crossing plays a terminal that had kept it."""
PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 20


@dataclass
class HikvisionTerminal:
    """`part` and `boundary` are what firmwares differ in; without a part it sends plain JSON."""

    line: Line
    mac: str = "00:00:5e:00:53:01"
    part: str | None = None
    boundary: str = "MIME_boundary"
    serial: int = 1_200
    buffered: list[dict[str, Any]] = field(default_factory=list)
    waiting: dict[int, str | None] = field(default_factory=dict)
    """Questions under way, by serial number."""
    opened_for: list[int] = field(default_factory=list)

    def punch(self, pin: str, at: datetime, *, status: str = "checkIn", minor: int = 75) -> None:
        """Recognise somebody by itself, and report it."""
        self._report(at, employeeNoString=pin, attendanceStatus=status, subEventType=minor)

    def scan(self, code: str, at: datetime, *, status: str = "checkIn") -> int:
        """Read a code it cannot judge, and ask; return the serial number of the question."""
        serial = self._report(
            at, QRCodeInfo=code, attendanceStatus=status, subEventType=75, remoteCheck=True
        )
        self.waiting[serial] = code
        return serial

    def hear_verdict(self, body: bytes, at: datetime) -> None:
        """Take a ``PUT …/remoteCheck``, and report the crossing if it opened."""
        verdict = json.loads(body)["RemoteCheck"]
        code = self.waiting.pop(verdict["serialNo"])
        if verdict["checkResult"] == "success":
            self.opened_for.append(verdict["serialNo"])
            self._report(at, QRCodeInfo=code, attendanceStatus="checkIn", subEventType=75)

    def heartbeat(self, at: datetime) -> None:
        """Say that it is alive."""
        beat = {"eventType": "heartBeat", "dateTime": at.isoformat(), "macAddress": self.mac}
        self.line.send("/hikvision", *self._wrap(beat))

    def upload(self) -> None:
        """Send what is still buffered, marked as late."""
        waiting, self.buffered = self.buffered, []
        for event in waiting:
            event["AccessControllerEvent"]["currentEvent"] = False
            self._send(event)

    def _report(self, at: datetime, **access: Any) -> int:
        self.serial += 1
        event = {
            "ipAddress": "192.168.1.64",
            "macAddress": self.mac,
            "dateTime": at.isoformat(timespec="seconds"),
            "eventType": "AccessControllerEvent",
            "AccessControllerEvent": {
                "deviceName": "1号门",
                "majorEventType": 5,
                "serialNo": self.serial,
                "name": "张三",
                "currentEvent": now() - at < BUFFERED_AFTER,
                "frontSerialNo": self.serial - 1,
                "picturesNumber": 1,
                **access,
            },
        }
        self._send(event)
        return self.serial

    def _send(self, event: dict[str, Any]) -> None:
        answer = self.line.send("/hikvision", *self._wrap(event))
        if answer is None or answer.status != 200:
            self.buffered.append(event)

    def _wrap(self, event: dict[str, Any]) -> tuple[bytes, str]:
        content = json.dumps(event, ensure_ascii=False).encode()
        if self.part is None:
            return content, JSON
        return wrap(content, part=self.part, boundary=self.boundary), (
            f"multipart/form-data; boundary={self.boundary}"
        )


def wrap(
    content: bytes, *, part: str = "event_log", boundary: str = "x", picture: bytes = PICTURE
) -> bytes:
    """Return an event and a picture as one multipart body."""
    mark = f"--{boundary}".encode()
    head = f'Content-Disposition: form-data; name="{part}"\r\nContent-Type: {JSON}\r\n\r\n'
    photo = (
        'Content-Disposition: form-data; name="Picture"; filename="Picture.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    pieces = (mark, head.encode() + content, mark, photo.encode() + picture, mark + b"--")
    return b"\r\n".join((pieces[0], pieces[1], pieces[2], pieces[3], pieces[4], b""))


def event(**access: Any) -> bytes:
    """Return one event of just now, with these facts."""
    return json.dumps(
        {
            "macAddress": "00:00:5e:00:53:01",
            "dateTime": now().astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "eventType": "AccessControllerEvent",
            "AccessControllerEvent": {
                "majorEventType": 5,
                "subEventType": 75,
                "serialNo": 7,
                "employeeNoString": "1001",
                "attendanceStatus": "checkIn",
                "currentEvent": True,
                **access,
            },
        }
    ).encode()

"""A 宇泛 face terminal: posts each crossing once, whatever comes of it, and keeps a list."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from core.clock import SHANGHAI
from devices.terminal_settings import Target
from tests.devices.simulators.line import Answer, Line

FORM = "application/x-www-form-urlencoded"
FACE = "/9j/" + "A" * 3_000


@dataclass
class UfaceTerminal:
    """Speaks the site network's dialect."""

    line: Line
    key: str = "84E0F4207F3201F8"
    records: list[dict[str, object]] = field(default_factory=list)
    answers: list[Answer | None] = field(default_factory=list)

    def recognise(self, person: str, at: datetime, *, kind: str = "face_0", **more: str) -> None:
        """Let somebody stand before it; the post is made once and forgotten."""
        milliseconds = round(at.timestamp() * 1000)
        self.records.append(
            {
                "id": len(self.records) + 1,
                "personId": person,
                "time": milliseconds,
                "type": kind,
                "path": "ftp://192.168.0.100/x.jpg",
            }
        )
        form = {
            "deviceKey": self.key,
            "personId": person,
            "time": str(milliseconds),
            "type": kind,
            "ip": "192.168.0.100",
            "imgBase64": FACE,
            "recType": "1",
            **more,
        }
        self.answers.append(self.line.send("/uface/recog", urlencode(form).encode(), FORM))

    def heartbeat(self, at: datetime) -> Answer | None:
        """Say that it is alive."""
        form = {"deviceKey": self.key, "time": str(round(at.timestamp() * 1000)), "faceCount": "3"}
        return self.line.send("/uface/beat", urlencode(form).encode(), FORM)

    def send_verdict(self, target: Target, body: bytes) -> None:
        """It has no such call."""
        raise NotImplementedError

    def find_records(self, target: Target, since: datetime, until: datetime) -> bytes:
        """Answer ``newFindRecords`` to whoever knows the password."""
        assert target.password == "12345678"
        listed = [
            record
            for record in self.records
            if since <= datetime.fromtimestamp(int(str(record["time"])) / 1000, SHANGHAI) <= until
        ]
        page = {"index": 0, "length": len(listed), "size": 1, "total": len(listed)}
        answer = {"data": {"pageInfo": page, "records": listed}, "result": 1, "success": True}
        return json.dumps(answer).encode()

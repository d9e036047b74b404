"""A facesluice gate: sends each record again until it is acknowledged by its number."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.clock import SHANGHAI, now
from tests.devices.simulators.line import Line

BUFFERED_AFTER = timedelta(minutes=1)
"""A test that reports yesterday's crossing plays a gate that had kept it."""


@dataclass
class FacesluiceGate:
    """`encoding` is the firmware's."""

    line: Line
    number: str = "005a213b000b93cc"
    encoding: str = "utf-8"
    record: int = 388
    unacknowledged: dict[int, dict[str, Any]] = field(default_factory=dict)

    def recognise(self, custom_id: str, at: datetime, *, status: int = 1, **more: Any) -> None:
        """Let somebody stand before it, and push the record."""
        self.record += 1
        self.unacknowledged[self.record] = {
            "customId": custom_id,
            "personId": "22",
            "RecordID": str(self.record),
            "VerifyStatus": str(status),
            "PersonType": "0",
            "similarity1": "94.0",
            "Sendintime": int(now() - at < BUFFERED_AFTER),
            "personName": "张三",
            "facesluiceId": self.number,
            "time": f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}",
            "PushType": 0,
            "pic": "data:image/jpeg;base64," + "A" * 3_000,
            **more,
        }
        self._push(self.record)

    def resume(self) -> None:
        """Send what was not acknowledged again, marked as late."""
        for record, info in list(self.unacknowledged.items()):
            info["Sendintime"] = 0
            self._push(record)

    def heartbeat(self, at: datetime) -> None:
        """Say that it is alive."""
        info = {"facesluiceId": self.number, "time": f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"}
        self._send({"operator": "HeartBeat", "info": info})

    def _push(self, record: int) -> None:
        message = {
            "operator": "RecPush",
            "messageId": f"MSG-{record}",
            "info": self.unacknowledged[record],
        }
        answer = self._send(message)
        if answer is None:
            return
        if (answer.get("operator"), answer.get("messageId")) == ("PushAck", f"MSG-{record}"):
            self.unacknowledged.pop(answer["info"]["SnapOrRecordID"], None)

    def _send(self, message: dict[str, Any]) -> dict[str, Any] | None:
        body = json.dumps(message, ensure_ascii=False).encode(self.encoding)
        answer = self.line.send("/facesluice", body, "application/json")
        if answer is None or answer.status != 200 or not answer.body:
            return None
        read: dict[str, Any] = json.loads(answer.body)
        return read

"""What a person should come and look at; none of it ever stops the gate from deciding."""

import logging
import threading
from enum import StrEnum

logger = logging.getLogger(__name__)


class Alarm(StrEnum):
    """A standing trouble; the value is the sentence on the status page."""

    DISK = "磁盘写不进去：记录暂存在内存，请立即检查存储卡，不要断电"
    JOURNAL_DAMAGED = "记录文件曾经损坏：已另存，能读的已救回，请联系维护人员"
    READER = "扫码器没有连接：请检查插头"
    RELAY = "闸门没有响应：请检查继电器和接线"
    UNAUTHORIZED = "服务器不认这台闸机：请重新配对"
    WRONG_PROJECT = "本机还有别的项目的记录：请换一个 --state 目录重新配对"
    QUARANTINED = "有记录被服务器拒收：请联系维护人员"


class Alarms:
    """The set of standing troubles, shared by all threads; each change is logged once."""

    def __init__(self) -> None:
        self._active: set[Alarm] = set()
        self._lock = threading.Lock()

    @property
    def active(self) -> list[Alarm]:
        """Return the standing troubles, the most pressing first."""
        with self._lock:
            return [alarm for alarm in Alarm if alarm in self._active]

    def set(self, alarm: Alarm, *, is_on: bool) -> None:
        """Raise or clear one trouble."""
        with self._lock:
            if is_on == (alarm in self._active):
                return
            (self._active.add if is_on else self._active.discard)(alarm)
        level = logging.ERROR if is_on else logging.INFO
        logger.log(level, "alarm %s %s", alarm.name, "on" if is_on else "off")

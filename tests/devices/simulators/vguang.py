"""A VGuang reader: no clock, no memory; it opens when the answer says so, in time."""

from dataclasses import dataclass

from tests.devices.simulators.line import Line

SPELLINGS = (
    "vgdecoderresult={code}&&devicenumber={number}&&otherparams=",
    "vgdecoderesult={code}&&devicenumber={number}&&otherparams=",
    "vgdecoderresult = {code} && devicenumber = {number} && otherparams = ",
    "vgdecoderesult{code}devicenumber{number}otherparams",
    "{code}\r\n",
)
CONTENT_TYPES = ("text/html", "application/x-www-form-urlencoded")
TRIES = 2


@dataclass
class VguangReader:
    """One reader with one firmware's spelling."""

    line: Line
    number: str = "22110001"
    spelling: str = SPELLINGS[0]
    content_type: str = CONTENT_TYPES[0]
    times_opened: int = 0

    def scan(self, code: str) -> bool:
        """Show it a code; tell whether it opened. Asks a second time when nobody answers."""
        body = self.spelling.format(code=code, number=self.number).encode()
        for _ in range(TRIES):
            answer = self.line.send("/vguang", body, self.content_type)
            self.line.loses_answers = False
            if answer is not None:
                break
        is_open = answer is not None and answer.status == 200 and answer.body == b"code=0000"
        self.times_opened += is_open
        return is_open

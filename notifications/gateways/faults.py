"""What a provider's error code means for a message: the table `error_codes.csv`, and its reading.

Compiled from the providers' public pages; a code that is missing there is taken for one that
passes, because a message given up wrongly costs more than one tried in vain.
"""

import csv
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from requests import ConnectTimeout
from requests.exceptions import ConnectionError as BrokenConnectionError
from requests.exceptions import SSLError
from urllib3.exceptions import MaxRetryError, NewConnectionError

from core.enums import NumberTrouble
from notifications.gateways.base import (
    GatewayError,
    PermanentGatewayError,
    RefusedHereError,
    TemporaryGatewayError,
    UnknownOutcomeError,
)


class Fault(StrEnum):
    """Whose fault it is, and so what helps."""

    NUMBER = "number"
    """The number's: nothing helps."""
    NOT_IN_SERVICE = "not_in_service"
    NOT_A_MOBILE = "not_a_mobile"
    REFUSES = "refuses"
    """These three are the number's too, and hold for all further messages to it."""
    HERE = "here"
    """Between gateway and text or number: another gateway may help."""
    OUT = "out"
    """The account's or our configuration's: another gateway, or an operator."""
    LATER = "later"
    """Nobody's: time helps."""
    UNKNOWN = "unknown"
    """It may have been accepted all the same."""


class KnownError(NamedTuple):
    """One line of the table."""

    fault: Fault
    reason: str


TROUBLES = {
    Fault.NOT_IN_SERVICE: NumberTrouble.NOT_IN_SERVICE,
    Fault.NOT_A_MOBILE: NumberTrouble.NOT_A_MOBILE,
    Fault.REFUSES: NumberTrouble.REFUSES,
}


def _read_table() -> dict[tuple[str, str], KnownError]:
    with Path(__file__).with_name("error_codes.csv").open(encoding="utf-8", newline="") as file:
        return {
            (line["gateway"], line["code"]): KnownError(Fault(line["fault"]), line["reason"])
            for line in csv.DictReader(file)
        }


KNOWN_ERRORS = _read_table()


def find_known(gateway: str, code: str) -> KnownError:
    """Return what the code means; a code nobody has met is taken for one that passes."""
    return KNOWN_ERRORS.get((gateway, code), KnownError(Fault.LATER, "unknown_code"))


def judge_code(gateway: str, code: str) -> GatewayError:
    """Return the error to raise when a provider refuses a message with this code."""
    fault, words = find_known(gateway, code)
    reason = f"{gateway}-{code} {words}"
    if fault is Fault.HERE:
        return RefusedHereError(reason)
    if fault is Fault.UNKNOWN:
        return UnknownOutcomeError(reason)
    if fault in {Fault.OUT, Fault.LATER}:
        return TemporaryGatewayError(reason, is_gateway_out=fault is Fault.OUT)
    return PermanentGatewayError(reason, TROUBLES.get(fault))


def judge_transport(error: Exception) -> GatewayError:
    """Return what trouble below the provider's own words means for a message just sent.

    Only where the request certainly never left us may it be sent again without asking: no
    connection, or a certificate that is not the provider's.
    """
    if isinstance(error, SSLError):
        return TemporaryGatewayError("certificate", is_gateway_out=True)
    if isinstance(error, ConnectTimeout) or _is_unconnected(error):
        return TemporaryGatewayError("no_connection")
    return UnknownOutcomeError(type(error).__name__)


def _is_unconnected(error: Exception) -> bool:
    cause = error.args[0] if isinstance(error, BrokenConnectionError) and error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)

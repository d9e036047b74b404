"""Exchanging a one-time pairing code for this gate's token."""

from gate.link.client import Client, Response
from gate.link.heartbeat import USER_AGENT
from gate.state.pairing import Pairing
from gate.wire import parse_pairing

PAIR_SECONDS = 10.0
DONE = range(200, 300)


class PairingRefusedError(Exception):
    """The server does not take the code; the message is the server's own sentence."""


def pair(server: str, code: str) -> Pairing:
    """Return the pairing; AddressError, ContactError, WireError, PairingRefusedError."""
    address = server.rstrip("/")
    client = Client(
        address,
        timeout=PAIR_SECONDS,
        uptime=lambda: 0.0,
        headers=lambda: {"User-Agent": USER_AGENT},
    )
    response = client.call("POST", "/v1/devices/pair", {"pairing_code": code})
    client.close()
    if response.status not in DONE:
        raise PairingRefusedError(_refusal(response))
    details = parse_pairing(response.body)
    return Pairing(server=address, token=details.pop("token"), details=details)


def _refusal(response: Response) -> str:
    # RFC 9457, with our `advice` beside it.
    problem = response.body if isinstance(response.body, dict) else {}
    sentences = [str(problem[name]) for name in ("title", "advice", "detail") if problem.get(name)]
    return "；".join(dict.fromkeys(sentences)) or f"配对失败 (pairing failed): {response.status}"

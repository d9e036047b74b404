"""Exchanging a one-time pairing code for this gate's token."""

from collections.abc import Iterable

from gate.link.client import Client, ContactError, Response
from gate.link.heartbeat import USER_AGENT
from gate.state.pairing import Pairing
from gate.wire import WireError, parse_pairing

PAIR_SECONDS = 10.0
DONE = range(200, 300)
PAIRING_PREFIX = "AXP"
"""What a pairing QR code says before the code."""


class PairingRefusedError(Exception):
    """No token was given; the message is the server's own sentence, or says what to check."""


def pair(server: str, code: str) -> Pairing:
    """Return the pairing; AddressError, or PairingRefusedError whatever else goes wrong."""
    address = server.rstrip("/")
    client = Client(
        address,
        timeout=PAIR_SECONDS,
        uptime=lambda: 0.0,
        headers=lambda: {"User-Agent": USER_AGENT},
    )
    try:
        response = client.call("POST", "/v1/devices/pair", {"pairing_code": code})
        if response.status not in DONE:
            raise PairingRefusedError(_refusal(response))
        details = parse_pairing(response.body)
    except (ContactError, WireError) as error:
        raise PairingRefusedError(
            f"连不上服务器 {address}，请检查地址和网络 (the server was not reached: {error})"
        ) from error
    finally:
        client.close()
    return Pairing(server=address, token=details.pop("token"), details=details)


def read_pairing_code(scanned: Iterable[str]) -> str:
    """Return the first pairing code among what a reader reads; PairingRefusedError without one."""
    for text in scanned:
        if text.startswith(PAIRING_PREFIX):
            return text.removeprefix(PAIRING_PREFIX)
    raise PairingRefusedError("没有读到配对二维码 (no pairing code was read)")


def _refusal(response: Response) -> str:
    # RFC 9457, with our `advice` beside it.
    problem = response.body if isinstance(response.body, dict) else {}
    sentences = [str(problem[name]) for name in ("title", "advice", "detail") if problem.get(name)]
    return "；".join(dict.fromkeys(sentences)) or f"配对失败 (pairing failed): {response.status}"

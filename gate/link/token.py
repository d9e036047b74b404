"""The token this gate shows, and exchanging it when the server asks."""

from dataclasses import replace
from pathlib import Path

from gate.link.client import Client
from gate.link.upload import RefusedError
from gate.state import pairing
from gate.state.pairing import Pairing
from gate.wire import parse_pairing

DONE = range(200, 300)


class Token:
    """What every call carries; a new one is on disk before it is shown for the first time."""

    def __init__(self, paired: Pairing, directory: Path) -> None:
        self._paired = paired
        self._directory = directory

    @property
    def text(self) -> str:
        """The token to show now."""
        return self._paired.token

    def exchange(self, client: Client) -> None:
        """Get another token and show it from now on.

        The server takes both until it sees the new one, so a power cut between any two steps
        leaves one that works. Raises ContactError, WireError, or OSError when it cannot be kept:
        the one before is then shown on.
        """
        response = client.call("POST", "/v1/devices/token")
        if response.status not in DONE:
            raise RefusedError(response)
        renewed = replace(self._paired, token=parse_pairing(response.body)["token"])
        pairing.save(renewed, self._directory)
        self._paired = renewed

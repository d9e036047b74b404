"""Invented terminals of vendors."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.enums import DeviceVendor, Direction
from db.models import Device
from devices.inbox import create_terminal
from tests.factories.attendance import GateSite, make_gate_site


@dataclass(frozen=True)
class TerminalSite:
    """A project with one worker (card number 1001) and one vendor's terminal."""

    site: GateSite
    device_id: UUID
    secret: str

    @property
    def base(self) -> str:
        """What is typed into the terminal, without the host."""
        return f"/t/{self.secret}"

    def device(self, session: Session) -> Device:
        """Return the terminal as it is stored now."""
        device = session.get_one(Device, self.device_id)
        session.refresh(device)
        return device


def make_terminal_site(
    session: Session,
    vendor: DeviceVendor,
    *,
    direction: Direction | None = None,
    serial_number: str | None = None,
    allowed_networks: list[str] | None = None,
    **settings: Any,
) -> TerminalSite:
    """Write a project with a worker under contract and a terminal of the vendor."""
    site = make_gate_site(session)
    offer = create_terminal(
        session,
        project_id=site.project_id,
        name="西门考勤机",
        vendor=vendor,
        direction=direction,
        serial_number=serial_number,
        allowed_networks=allowed_networks or [],
        settings=settings,
    )
    return TerminalSite(site, offer.device_id, offer.secret)

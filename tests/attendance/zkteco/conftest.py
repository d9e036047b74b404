"""Simulated ZKTeco terminals of one project, over HTTP, inside the test's transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlmodel import Session, col

from core.clock import SHANGHAI, local_date, now
from core.enums import DeviceVendor
from db.models import CheckIn, DeviceMessage
from tests.devices.simulators.zk_acc import AccTerminal
from tests.devices.simulators.zk_att import AttTerminal
from tests.devices.simulators.zk_line import ZkLine
from tests.factories.terminals import TerminalSite, make_terminal_site


@pytest.fixture
def att_site(session: Session) -> TerminalSite:
    return make_terminal_site(session, DeviceVendor.ZKTECO_ATT)


@pytest.fixture
def att(client: TestClient, att_site: TerminalSite) -> AttTerminal:
    return AttTerminal(ZkLine(client, att_site.base))


@pytest.fixture
def acc_site(session: Session) -> TerminalSite:
    return make_terminal_site(session, DeviceVendor.ZKTECO_ACC)


@pytest.fixture
def acc(client: TestClient, acc_site: TerminalSite) -> AccTerminal:
    return AccTerminal(ZkLine(client, acc_site.base))


def yesterday(clock: str) -> datetime:
    """Return an instant of yesterday in Shanghai."""
    day = local_date(now()) - timedelta(days=1)
    return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=SHANGHAI)


def list_check_ins(session: Session) -> Sequence[CheckIn]:
    session.expire_all()
    return session.scalars(select(CheckIn).order_by(col(CheckIn.occurred_at))).all()


def list_messages(session: Session) -> Sequence[DeviceMessage]:
    session.expire_all()
    return session.scalars(select(DeviceMessage).order_by(col(DeviceMessage.id))).all()

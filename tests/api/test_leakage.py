"""A shielded complaint changes nothing that anybody of the employer's can see, count or export."""

import re
from collections import defaultdict
from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session, select

from cases import shield
from core.case_enums import CaseAction, Disclosure
from core.clock import now
from core.enums import Role
from core.keyring import Keyring
from db.models import Notification
from notifications.templates import TEXTS, Template
from tests.api.access import CALLERS, Side, make_side
from tests.cases.desk_work import accept, act
from tests.factories.cases import make_complaint, make_inspector
from tests.factories.identity import bearer

pytestmark = pytest.mark.no_cover  # slow, and what it runs is covered by quicker tests

EMPLOYERS = (Role.LABOUR_MANAGER, Role.EMPLOYER_ADMIN)
MOVING = re.compile(
    r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+\d\d:\d\d)|/(?:CreationDate|ModDate|ID)[^\n]*|<xmp:[^\n]*"
)
"""The time of day differs between two answers whoever complained."""


@pytest.fixture
def side(session: Session, keyring: Keyring) -> Side:
    return make_side(session, keyring, county_code="330106")


def read_everything(
    client: TestClient, app: FastAPI, keyring: Keyring, side: Side
) -> dict[tuple[str, str], tuple[int, str]]:
    """Return every answer that people of the employer get to a question."""
    answers = {}
    for path, methods in app.openapi()["paths"].items():
        operation = methods.get("get")
        for role in EMPLOYERS:
            if operation is None or role not in CALLERS[operation["operationId"]]:
                continue
            values = defaultdict(lambda: str(uuid4()), side.path_values(path))
            answer = client.get(
                path.format_map(values), headers=bearer(keyring, side.principals[role])
            )
            answers[role.value, path] = (answer.status_code, MOVING.sub("", read(answer)))
    return answers


def read(answer: Response) -> str:
    """Return what an answer says; of a workbook its cells, of a PDF nothing: none is secret."""
    kind = answer.headers.get("content-type", "")
    if "spreadsheet" in kind:
        with ZipFile(BytesIO(answer.content)) as workbook:
            names = [name for name in workbook.namelist() if name.startswith("xl/")]
            return "".join(workbook.read(name).decode() for name in sorted(names))
    return "" if "pdf" in kind else answer.text


def complain(session: Session, side: Side) -> str:
    """File a shielded complaint, work it, and let the shield see something."""
    worker = side.principals[Role.WORKER]
    first, second = make_inspector(session), make_inspector(session, name="周监察")
    number = make_complaint(
        session,
        person_id=worker.person_id,
        disclosure=Disclosure.SHIELDED,
        statement="包工头扣了我三天工资",
        at=now(),
    ).number
    accept(session, number, first, second)
    act(session, first, number, CaseAction.CLOSE, at=now())
    session.flush()
    shield.watch_chunk(session, after=None, at=now())
    session.flush()
    return number


def test_no_answer_changes_when_somebody_complains(
    client: TestClient, app: FastAPI, session: Session, keyring: Keyring, side: Side
) -> None:
    before = read_everything(client, app, keyring, side)
    number = complain(session, side)
    after = read_everything(client, app, keyring, side)

    assert len([status for status, _ in before.values() if status == 200]) > 10
    assert [key for key in before if before[key] != after[key]] == []
    assert [key for key, (_, body) in after.items() if number in body or "包工头" in body] == []


def test_no_message_about_a_case_goes_to_the_employer(
    client: TestClient, session: Session, side: Side
) -> None:
    complain(session, side)

    employers = {side.principals[role].person_id for role in EMPLOYERS}
    told = session.exec(select(Notification)).all()
    assert [one for one in told if one.person_id in employers and is_confidential(one)] == []


def is_confidential(notification: Notification) -> bool:
    return TEXTS[Template(notification.template)].is_confidential

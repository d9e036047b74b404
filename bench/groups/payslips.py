"""What workers ask and say of their wages over HTTP."""

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import cache, partial
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.engine import Connection
from sqlmodel import Session, col

from bench.groups.baselines import CONNECTIONS, SECONDS
from bench.groups.payroll import open_payroll
from bench.harness import Sides, bench
from bench.load import Address, MakeRequest, get, post_json, run_load
from bench.rig import Rig
from bench.sites import serve_product
from bench.wages import Payroll
from core.clock import now
from core.enums import PaySheetState, PayslipAnswerState, Role
from db.base import new_id
from db.models import Payslip
from identity.principal import Principal
from identity.tokens import issue_access_token
from payroll import answers
from payroll.status_projection import refresh_marked_chunk

ASKING = 400
"""Workers who look at their status in turn."""
MONTHS = 3
"""Payslips each of them has."""


@cache
def open_product(rig: Rig) -> Address:
    """Return the product over the payroll's database."""
    return serve_product(rig, rig.database_url, open_payroll(rig).keys_file)


@bench(unit="requests/s", ratio=">=", target=4)
@contextmanager
def status_vs_orm(rig: Rig) -> Generator[Sides]:
    """A signed-in worker's wage status against an ORM that reads the same facts, for nobody."""
    payroll = open_payroll(rig)
    for _ in range(MONTHS):
        payroll.add_sheet(PaySheetState.PUBLISHED, PayslipAnswerState.CONFIRMED)
    _refresh_all(payroll)
    people = [place.person_id for place in payroll.places[:ASKING]]
    asked = [get("/v1/me/status", headers=_bearer(payroll, _worker(one))) for one in people]
    read = [get(f"/status/{person_id}") for person_id in people]
    orm = rig.serve(
        "bench.apps.orm_status:app",
        {"BENCH_DATABASE_URL": rig.database_url, "KEYS_FILE": str(payroll.keys_file)},
    )
    yield Sides(
        ours=partial(_per_second, open_product(rig), lambda number: asked[number % ASKING]),
        baseline=partial(_per_second, orm, lambda number: read[number % ASKING]),
    )


@bench(unit="requests/s", ratio=">=", target=1.2)
@contextmanager
def confirm_vs_usual(rig: Rig) -> Generator[Sides]:
    """A confirmation with receipt, evidence and message, against as many statements as usual."""
    payroll = open_payroll(rig)
    questions = _list_confirmations(payroll)
    statements = _count_statements(payroll)
    body = json.dumps({"payslip_id": str(new_id()), "statements": statements}).encode()
    usual = rig.serve("bench.apps.usual_answers:app", {"BENCH_DATABASE_URL": rig.database_url})
    yield Sides(
        ours=partial(_per_second, open_product(rig), lambda _: next(questions)),
        baseline=partial(_per_second, usual, lambda _: post_json("/answers", body)),
    )


def _per_second(address: Address, make_request: MakeRequest) -> float:
    return run_load(address, make_request, connections=CONNECTIONS, seconds=SECONDS).per_second


def _refresh_all(payroll: Payroll) -> None:
    is_done = False
    while not is_done:
        with payroll.database.transaction() as session:
            is_done = not refresh_marked_chunk(session, at=now())
    payroll.analyze()


def _list_confirmations(payroll: Payroll) -> Iterator[bytes]:
    """Return requests to confirm a payslip that nobody has answered, each good once."""
    sheet_id = payroll.add_sheet(PaySheetState.PUBLISHED, PayslipAnswerState.AWAITING)
    with payroll.database.transaction() as session:
        payslips = session.scalars(select(Payslip).where(col(Payslip.pay_sheet_id) == sheet_id))
        return iter([_make_confirmation(payroll, payslip) for payslip in payslips])


def _make_confirmation(payroll: Payroll, payslip: Payslip) -> bytes:
    return post_json(
        f"/v1/me/payslips/{payslip.id}/confirm",
        json.dumps({"content_hash": payslip.content_hash}).encode(),
        headers=_bearer(payroll, _worker(payslip.person_id)),
    )


def _count_statements(payroll: Payroll) -> int:
    """Return how many statements one confirmation takes."""
    sheet_id = payroll.add_sheet(PaySheetState.PUBLISHED, PayslipAnswerState.AWAITING)
    seen: list[str] = []

    def see(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    with payroll.database.transaction() as session:
        slip = session.scalars(
            select(Payslip).where(col(Payslip.pay_sheet_id) == sheet_id).limit(1)
        ).one()
        event.listen(session.connection(), "before_cursor_execute", see)
        _confirm(payroll, session, slip)
    return len(seen)


def _confirm(payroll: Payroll, session: Session, payslip: Payslip) -> None:
    answers.confirm_payslip(
        session,
        payroll.keyring,
        principal=_worker(payslip.person_id),
        payslip_id=payslip.id,
        content_hash=payslip.content_hash,
        at=now(),
    )
    session.flush()


def _worker(person_id: UUID) -> Principal:
    return Principal(
        person_id=person_id,
        role=Role.WORKER,
        sign_in_family_id=new_id(),
        project_id=None,
        employer_id=None,
        county_code=None,
    )


def _bearer(payroll: Payroll, principal: Principal) -> str:
    token = issue_access_token(payroll.keyring, principal, now())
    return f"Authorization: Bearer {token}\r\n"

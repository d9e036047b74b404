"""A worker at a kiosk and somebody beside them."""

from dataclasses import replace
from uuid import UUID

from redis import Redis
from sqlmodel import Session

from core.enums import PayslipAnswerState
from core.keyring import Keyring
from db.base import new_id
from db.models import Payslip, PayslipAnswer, WitnessRequest, WitnessStatement
from identity.principal import Principal
from payroll import assisted
from payroll.assisted import ShownCode
from tests.factories.cards import make_kiosk
from tests.factories.identity import make_principal, make_worker_person
from tests.factories.payroll import AT, Site, confirm
from tests.factories.projects import make_project_worker, make_team


def sign_in_at_kiosk(session: Session, site: Site, index: int = 0) -> Principal:
    """One of the workers, signed in with card and PIN."""
    kiosk_id: UUID = make_kiosk(session, site.project).device.id
    return replace(site.principal(index), kiosk_id=kiosk_id)


def make_witness(session: Session, site: Site, *, is_team_leader: bool = False) -> Principal:
    """A worker of another team of the site, signed in on their own phone."""
    person = make_worker_person(session, name="周师傅")
    team = make_team(session, site.project, name=f"油漆班{person.id}")
    place = make_project_worker(session, team, person)
    place.is_team_leader = is_team_leader
    session.flush()
    return make_principal(person.id)


def ask_for_witness(session: Session, worker: Principal, payslip: Payslip) -> ShownCode:
    """Let the kiosk show a code."""
    return assisted.request_witness(
        session,
        principal=worker,
        payslip_id=payslip.id,
        content_hash=payslip.content_hash,
        at=AT,
    )


def stand_beside(
    session: Session, valkey: Redis, witness: Principal, shown: ShownCode
) -> WitnessRequest:
    """Let a witness say that they stand beside the worker."""
    return assisted.state_presence(
        session,
        valkey,
        principal=witness,
        request_id=shown.request.id,
        code=shown.code,
        at=AT,
    ).request


def confirm_assisted(
    session: Session, valkey: Redis, keyring: Keyring, site: Site, payslip: Payslip
) -> PayslipAnswer:
    """Confirm the first worker's payslip at a kiosk, with a witness of another team."""
    worker = sign_in_at_kiosk(session, site)
    witness = make_witness(session, site)
    stand_beside(session, valkey, witness, ask_for_witness(session, worker, payslip))
    return confirm(session, keyring, payslip, worker)


def make_witnessed_answer(session: Session, site: Site, payslip: Payslip) -> PayslipAnswer:
    """Write rows as a confirmation at a kiosk leaves them."""
    worker, witness = sign_in_at_kiosk(session, site), make_witness(session, site)
    request = WitnessRequest(
        created_at=AT,
        project_id=payslip.project_id,
        payslip_id=payslip.id,
        person_id=payslip.person_id,
        kiosk_id=worker.kiosk_id or new_id(),
        sign_in_family_id=worker.sign_in_family_id,
        content_hash=payslip.content_hash,
        code_index=b"\0" * 32,
        expires_at=AT,
    )
    session.add(request)
    session.flush()
    statement = WitnessStatement(
        created_at=AT,
        project_id=payslip.project_id,
        request_id=request.id,
        witness_id=witness.person_id,
        witness_role=witness.role,
        sign_in_family_id=witness.sign_in_family_id,
        content_hash=payslip.content_hash,
    )
    session.add(statement)
    session.flush()
    answer = PayslipAnswer(
        created_at=AT,
        project_id=payslip.project_id,
        payslip_id=payslip.id,
        person_id=payslip.person_id,
        sign_in_family_id=worker.sign_in_family_id,
        state=PayslipAnswerState.CONFIRMED,
        content_hash=payslip.content_hash,
        receipt="e30.e30.e30",
        statement_id=statement.id,
    )
    session.add(answer)
    session.flush()
    return answer

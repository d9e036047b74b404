"""An invented site whose month can be paid: workers, contracts, a locked attendance sheet."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import Session, select

from core.enums import PayBasis, Role, SheetState
from core.keyring import Keyring
from db.models import (
    AttendanceSheet,
    OutboxMessage,
    PayBatch,
    PaySheet,
    Payslip,
    PayslipAnswer,
    PayslipVisit,
    Person,
    Project,
    ProjectWorker,
    Team,
)
from identity.principal import Principal
from payroll import answers, service
from payroll.bank import CreatedBatch, create_pay_batch
from payroll.bank_results import ImportedResult, import_bank_result
from payroll.pay_rules import PayItem, price_item
from payroll.queries import list_current_payslips
from payroll.release import let_go
from payroll.result_news import TELL_RESULT, tell_bank_result
from tests.factories.identity import make_person, make_principal, make_worker_person
from tests.factories.projects import make_contract, make_project, make_project_worker, make_team

MONTH = "2026-10"
AT = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
"""A Tuesday morning in Shanghai, before the payday of October's wages."""
NAMES = ("王小明", "李强", "张建国", "刘洋", "陈大勇")
UNITS = 2250
ResultRow = tuple[int, str, str, str, str]
"""序号, 账号, 金额, 状态, 原因."""


HALF_DAY_MORE = (price_item("计日工资", quantity=2300, unit="工日", unit_price_fen=35_000),)
"""What makes another payslip of the protagonist's."""


@dataclass(frozen=True)
class Site:
    """One team whose October is locked; the first of `workers` is the protagonist."""

    project: Project
    team: Team
    attendance: AttendanceSheet
    workers: list[ProjectWorker]
    manager: Principal

    @property
    def worker(self) -> Principal:
        """The first worker, signed in."""
        return self.principal(0)

    def principal(self, index: int) -> Principal:
        """One of the workers, signed in."""
        return make_principal(self.workers[index].person_id)


def make_site(
    session: Session,
    *,
    worker_count: int = 2,
    units: int = UNITS,
    pay_basis: PayBasis = PayBasis.DAY,
    with_contracts: bool = True,
) -> Site:
    """Write a site where everybody worked 22.5 工日 at 350 yuan a day (7,875 yuan)."""
    project = make_project(session)
    team = make_team(session, project)
    workers = [_make_worker(session, team, number) for number in range(worker_count)]
    if with_contracts:
        for worker in workers:
            make_contract(session, worker, pay_basis=pay_basis)
    attendance = make_attendance(session, team, workers, units=units)
    manager = make_person(session, name="赵主管")
    principal = make_principal(manager.id, Role.LABOUR_MANAGER, project_id=project.id)
    return Site(project, team, attendance, workers, principal)


def make_attendance(
    session: Session,
    team: Team,
    workers: list[ProjectWorker],
    *,
    units: int = UNITS,
    state: SheetState = SheetState.LOCKED,
) -> AttendanceSheet:
    """Write October's attendance sheet of a team."""
    sheet = AttendanceSheet(
        project_id=team.project_id,
        team_id=team.id,
        month=MONTH,
        state=state,
        lines=make_attendance_lines(workers, units=units),
    )
    session.add(sheet)
    session.flush()
    return sheet


def make_attendance_lines(
    workers: list[ProjectWorker], *, units: int = UNITS
) -> list[dict[str, object]]:
    """Return what a sheet says of these workers."""
    return [_make_line(worker.id, units) for worker in workers]


def draw_up(session: Session, site: Site) -> PaySheet:
    """Draw up October's pay sheet."""
    return service.create_pay_sheet(
        session, project_id=site.project.id, team_id=site.team.id, month=MONTH, at=AT
    )


def publish(session: Session, site: Site) -> list[Payslip]:
    """Draw up and publish October; return the payslips in the order of the workers."""
    sheet = draw_up(session, site)
    service.publish_pay_sheet(session, project_id=site.project.id, sheet_id=sheet.id, at=AT)
    return current_payslips(session, sheet.id)


def current_payslips(session: Session, sheet_id: UUID) -> list[Payslip]:
    """Return what counts now, in the order of the workers."""
    return [payslip for payslip, _ in list_current_payslips(session, sheet_id)]


def adjust(
    session: Session,
    site: Site,
    payslip: Payslip,
    items: tuple[PayItem, ...] | None = HALF_DAY_MORE,
) -> Payslip:
    """Replace a published payslip by a next version; its work is counted anew without items."""
    return service.adjust_payslip(
        session,
        principal=site.manager,
        project_id=site.project.id,
        payslip_id=payslip.id,
        items=items,
        note="改了",
        at=AT,
    )


def tell_results(session: Session) -> int:
    """Run every job there is that tells workers of a bank's answer; return how many."""
    jobs = session.exec(select(OutboxMessage).where(OutboxMessage.task == TELL_RESULT)).all()
    for job in jobs:
        tell_bank_result(session, batch_id=UUID(job.payload["batch_id"]))
    return len(jobs)


def approve(session: Session, site: Site, sheet_id: UUID) -> None:
    """Approve a published sheet."""
    service.approve_pay_sheet(
        session,
        project_id=site.project.id,
        sheet_id=sheet_id,
        approved_by=site.manager.person_id,
        at=AT,
    )


def confirm(
    session: Session, keyring: Keyring, payslip: Payslip, principal: Principal | None = None
) -> PayslipAnswer:
    """Let the worker of a payslip agree with it."""
    return answers.confirm_payslip(
        session,
        keyring,
        principal=principal or make_principal(payslip.person_id),
        payslip_id=payslip.id,
        content_hash=payslip.content_hash,
        at=AT,
    )


def confirm_all(session: Session, keyring: Keyring, site: Site) -> list[Payslip]:
    """Publish, let everybody confirm, and approve."""
    payslips = publish(session, site)
    for payslip in payslips:
        confirm(session, keyring, payslip)
    approve(session, site, payslips[0].pay_sheet_id)
    session.flush()
    return payslips


def make_visit(session: Session, payslip: Payslip) -> PayslipVisit:
    """Ask somebody to see the worker of a payslip."""
    visit = PayslipVisit(created_at=AT, project_id=payslip.project_id, payslip_id=payslip.id)
    session.add(visit)
    session.flush()
    return visit


def draw_up_batch(session: Session, site: Site, sheet_id: UUID) -> CreatedBatch:
    """Draw up a bank file that waits for its release."""
    return create_pay_batch(
        session, principal=site.manager, project_id=site.project.id, sheet_id=sheet_id, at=AT
    )


def make_second_manager(session: Session, site: Site) -> Principal:
    """Write another labour manager of the project, with a phone."""
    person = make_worker_person(session, name="钱副管")
    return make_principal(person.id, Role.LABOUR_MANAGER, project_id=site.project.id)


def send_to_bank(session: Session, site: Site, sheet_id: UUID) -> CreatedBatch:
    """Draw up a bank file that a second labour manager has released."""
    created = draw_up_batch(session, site, sheet_id)
    release_batch(session, site, created.batch.reference)
    return created


def release_batch(session: Session, site: Site, reference: str) -> None:
    """Let a second labour manager, who has proved to be one, release a bank file."""
    session.flush()
    batch = session.exec(select(PayBatch).where(PayBatch.reference == reference)).one()
    sheet = session.get_one(PaySheet, batch.pay_sheet_id)
    let_go(session, sheet, batch, principal=make_second_manager(session, site), at=AT)
    session.flush()


def make_result(reference: str, rows: list[ResultRow]) -> bytes:
    """Return a result file over (序号, 账号, 金额, 状态, 原因), settled on 2026-11-03."""
    total = sum(round(float(amount) * 100) for _, _, amount, _, _ in rows)
    lines = [f"批次号,{reference},总笔数,{len(rows)},总金额,{total / 100:.2f}"]
    lines.append("序号,账号,金额,状态,原因,日期")
    lines += [
        f"{number},{account},{amount},{status},{reason},2026-11-03"
        for number, account, amount, status, reason in rows
    ]
    return "\n".join(lines).encode()


def import_result(
    session: Session, site: Site, batch: PayBatch, *rows: ResultRow
) -> ImportedResult:
    """Take over what the bank says of these rows of a released file."""
    return import_bank_result(
        session,
        principal=site.manager,
        project_id=site.project.id,
        sheet_id=batch.pay_sheet_id,
        reference=batch.reference,
        content=make_result(batch.reference, list(rows)),
        at=AT,
    )


def card_of(number: int) -> str:
    """Return the invented bank card of the n-th worker."""
    return f"62170000000000{number:04d}"


def _make_worker(session: Session, team: Team, number: int) -> ProjectWorker:
    person: Person = make_worker_person(session, name=NAMES[number % len(NAMES)])
    worker = make_project_worker(session, team, person, bank_card=card_of(number))
    worker.bank_name = "中国建设银行杭州西湖支行"
    return worker


def _make_line(worker_id: UUID, units: int) -> dict[str, object]:
    return {
        "project_worker_id": str(worker_id),
        "units": units,
        "minutes": units * 480 // 100,
        "days": -(-units // 100),
        "needs_confirmation": 0,
        "grades": {"A": 2 * units // 100},
    }

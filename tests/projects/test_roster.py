"""Importing a roster into a real database."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import event, func
from sqlmodel import Session, SQLModel, col, select

from core.enums import ContractKind, PayBasis, Role
from core.errors import DomainError
from db.base import new_id
from db.models import (
    AuditEntry,
    Contract,
    Person,
    Project,
    ProjectWorker,
    SignIn,
    Team,
)
from projects.errors import (
    MissingColumnsError,
    ProjectNotFoundError,
    SheetEmptyError,
    SheetNotFoundError,
)
from projects.findings import FindingCode
from projects.roster import RosterReport, RowOutcome, import_roster
from tests.factories.identity import make_principal
from tests.factories.payroll import make_attendance_lines, make_site, publish
from tests.factories.projects import make_project, make_team
from tests.factories.workbooks import make_card, make_id, make_roster, make_row, make_workbook

AT = datetime(2026, 10, 8, 2, tzinfo=UTC)


@pytest.fixture
def project(session: Session) -> Project:
    project = make_project(session)
    make_team(session, project)
    return project


def upload(
    session: Session, project: Project, *rows: dict[str, object], dry_run: bool = False
) -> RosterReport:
    return import_roster(
        session, project_id=project.id, content=make_roster(*rows), dry_run=dry_run, at=AT
    )


def count(session: Session, table: type[SQLModel]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def codes(report: RosterReport) -> list[FindingCode]:
    return [finding.code for row in report.rows for finding in row.findings]


def sign_in(session: Session, person: Person) -> None:
    session.add(
        SignIn(
            family_id=new_id(),
            person_id=person.id,
            role=Role.WORKER,
            token_hash=new_id().bytes,
            expires_at=AT,
        )
    )
    session.flush()


def test_a_good_row_becomes_a_person_a_place_and_a_contract(
    session: Session, project: Project
) -> None:
    report = upload(session, project, make_row(1))

    assert (report.imported, report.updated, report.rejected) == (1, 0, 0)
    person = session.exec(select(Person)).one()
    worker = session.exec(select(ProjectWorker)).one()
    contract = session.exec(select(Contract)).one()
    assert (person.id_number, person.phone) == (make_id(1), "+8619100000001")
    assert (person.birth_date, person.gender) == (date(1990, 1, 1), "0")
    assert (worker.person_id, worker.work_type, worker.worker_role) == (person.id, "020", "20")
    assert (worker.bank_card, worker.bank_name) == (make_card(1), "中国工商银行")
    assert (contract.kind, contract.pay_basis) == (ContractKind.LABOUR_CONTRACT, PayBasis.DAY)
    assert (contract.unit_price_fen, contract.payday) == (35_050, 15)


def test_good_rows_come_in_without_the_bad(session: Session, project: Project) -> None:
    report = upload(session, project, make_row(1), make_row(2, WORK_TYPE="宇航员"), make_row(3))

    assert [row.outcome for row in report.rows] == [
        RowOutcome.IMPORTED,
        RowOutcome.REJECTED,
        RowOutcome.IMPORTED,
    ]
    assert count(session, ProjectWorker) == 2
    assert count(session, Person) == 2


def test_a_finding_names_row_and_column_as_excel_shows_them(
    session: Session, project: Project
) -> None:
    report = upload(session, project, make_row(1), make_row(2, WORK_TYPE="宇航员"))

    finding = report.rows[1].findings[0]
    assert (finding.row, finding.column) == (4, "当前工种")
    assert (finding.code, report.rows[1].masked_name[0]) == (FindingCode.UNKNOWN_TRADE, "王")


def test_a_dry_run_reports_the_same_and_changes_nothing(session: Session, project: Project) -> None:
    rows = [make_row(1), make_row(2, WORK_TYPE="宇航员")]

    rehearsal = upload(session, project, *rows, dry_run=True)

    assert [count(session, table) for table in (Person, ProjectWorker, Contract, AuditEntry)] == [
        0, 0, 0, 0,
    ]  # fmt: skip
    assert rehearsal.rows == upload(session, project, *rows).rows


def test_importing_twice_updates_and_adds_nothing(session: Session, project: Project) -> None:
    upload(session, project, make_row(1), make_row(2))

    again = upload(session, project, make_row(1), make_row(2))

    assert (again.imported, again.updated, codes(again)) == (0, 2, [])
    assert [count(session, table) for table in (Person, ProjectWorker, Contract)] == [2, 2, 2]


def test_an_update_changes_the_place_and_keeps_what_is_blank(
    session: Session, project: Project
) -> None:
    upload(session, project, make_row(1))

    upload(session, project, make_row(1, WORK_TYPE="木工", CARD_NUMBER=None, LEFT="2026-10-07"))

    worker = session.exec(select(ProjectWorker)).one()
    assert (worker.work_type, worker.card_number) == ("240", "1001")
    assert worker.left_date == date(2026, 10, 7)


def test_the_same_person_on_two_projects_is_one_person(session: Session, project: Project) -> None:
    other = make_project(session)
    make_team(session, other)
    upload(session, project, make_row(1))

    report = upload(session, other, make_row(1))

    assert (report.imported, count(session, Person), count(session, ProjectWorker)) == (1, 1, 2)


def test_another_name_for_a_known_number_is_refused(session: Session, project: Project) -> None:
    upload(session, project, make_row(1))

    report = upload(session, project, make_row(1, NAME="赵六"))

    assert codes(report) == [FindingCode.NAME_DISAGREES]
    assert session.exec(select(Person)).one().name != "赵六"


def test_blanks_inside_a_chinese_name_do_not_matter(session: Session, project: Project) -> None:
    upload(session, project, make_row(1, NAME="王　明"))

    assert codes(upload(session, project, make_row(1, NAME="王明"))) == []


def test_a_repeated_person_comes_in_once(session: Session, project: Project) -> None:
    report = upload(session, project, make_row(1), make_row(2, ID_NUMBER=make_id(1).lower()))

    assert codes(report) == [FindingCode.REPEATED_ROW]
    assert report.rows[1].findings[0].facts == {"first_row": 3}


def test_a_repeated_gate_card_is_refused(session: Session, project: Project) -> None:
    report = upload(session, project, make_row(1), make_row(2, CARD_NUMBER="1001"))

    assert codes(report) == [FindingCode.REPEATED_ROW]


def test_somebody_elses_gate_card_is_refused(session: Session, project: Project) -> None:
    upload(session, project, make_row(1))

    report = upload(session, project, make_row(2, CARD_NUMBER=1001.0))

    assert codes(report) == [FindingCode.CARD_NUMBER_TAKEN]
    assert count(session, Person) == 1


def test_an_unknown_team_is_refused_with_the_known_ones(session: Session, project: Project) -> None:
    report = upload(session, project, make_row(1, TEAM="不存在的班"))

    assert codes(report) == [FindingCode.UNKNOWN_TEAM]
    assert "钢筋一班" in report.rows[0].findings[0].text.advice


def test_a_couple_shares_a_phone_and_one_has_none(session: Session, project: Project) -> None:
    phone = "19100000001"

    report = upload(
        session, project, make_row(1, PHONE=phone), make_row(2, PHONE=phone),
        make_row(3, PHONE=None),
    )  # fmt: skip

    assert (report.imported, codes(report)) == (3, [])


def test_a_phone_of_half_the_team_is_pointed_out(session: Session, project: Project) -> None:
    rows = [make_row(serial, PHONE="19100000001") for serial in range(1, 5)]

    report = upload(session, project, *rows)

    assert (report.imported, set(codes(report))) == (4, {FindingCode.PHONE_OF_MANY})


def test_a_bank_card_of_two_people_is_a_warning_for_both(
    session: Session, project: Project
) -> None:
    report = upload(session, project, make_row(1), make_row(2, BANK_CARD=make_card(1)))

    assert (report.imported, codes(report)) == (2, [FindingCode.SHARED_BANK_CARD] * 2)


def test_a_bank_card_of_somebody_on_record_is_a_warning(session: Session, project: Project) -> None:
    upload(session, project, make_row(1))

    report = upload(session, project, make_row(2, BANK_CARD=make_card(1)))

    assert (report.imported, codes(report)) == (1, [FindingCode.SHARED_BANK_CARD])


def test_a_shared_bank_card_is_said_once_of_each_row(session: Session, project: Project) -> None:
    upload(session, project, make_row(1))

    report = upload(session, project, make_row(1), make_row(2, BANK_CARD=make_card(1)))

    assert codes(report) == [FindingCode.SHARED_BANK_CARD] * 2


def test_another_bank_card_is_taken_with_a_warning_and_a_trace(
    session: Session, project: Project
) -> None:
    upload(session, project, make_row(1))

    report = upload(session, project, make_row(1, BANK_CARD=make_card(9)))

    person = session.exec(select(Person)).one()
    trace = session.exec(select(AuditEntry).where(AuditEntry.subject_kind == "person")).one()
    assert codes(report) == [FindingCode.BANK_CARD_CHANGED]
    assert session.exec(select(ProjectWorker)).one().bank_card == make_card(9)
    assert (trace.action, trace.subject_id) == ("projects.change_bank_card", person.id)


def test_a_mistyped_phone_is_corrected_until_its_owner_signed_in(
    session: Session, project: Project
) -> None:
    upload(session, project, make_row(1))

    corrected = upload(session, project, make_row(1, PHONE="19100000002"))
    person = session.exec(select(Person)).one()
    assert (codes(corrected), person.phone) == ([], "+8619100000002")
    sign_in(session, person)
    kept = upload(session, project, make_row(1, PHONE="19100000003"))

    assert (codes(kept), person.phone) == ([FindingCode.PHONE_KEPT], "+8619100000002")
    assert kept.updated == 1


def test_a_phone_is_not_redirected_once_a_payslip_waits_for_its_owner(
    session: Session, project: Project
) -> None:
    site = make_site(session, worker_count=0)
    upload(session, site.project, make_row(1))
    worker = session.exec(select(ProjectWorker)).one()
    site.attendance.lines = make_attendance_lines([worker])
    publish(session, site)

    kept = upload(session, site.project, make_row(1, PHONE="19100000901"))

    assert codes(kept) == [FindingCode.PHONE_KEPT]


def test_a_roster_cannot_redirect_the_phone_of_another_projects_worker(
    session: Session, project: Project
) -> None:
    other = make_project(session)
    make_team(session, other)
    upload(session, project, make_row(1))

    report = upload(session, other, make_row(1, PHONE="19100000777"))

    assert codes(report) == [FindingCode.PHONE_KEPT]
    assert session.exec(select(Person)).one().phone == "+8619100000001"


def test_recorded_contract_terms_are_never_overwritten(session: Session, project: Project) -> None:
    upload(session, project, make_row(1))

    report = upload(session, project, make_row(1, UNIT_PRICE=300))

    assert codes(report) == [FindingCode.CONTRACT_DIFFERS]
    assert session.exec(select(Contract)).one().unit_price_fen == 35_050


def test_new_terms_come_as_a_new_contract(session: Session, project: Project) -> None:
    upload(session, project, make_row(1))

    report = upload(session, project, make_row(1, UNIT_PRICE=380, CONTRACT_START="2026-10-01"))

    prices = session.exec(select(Contract.unit_price_fen).order_by(col(Contract.start_date))).all()
    assert codes(report) == [FindingCode.LATE_CONTRACT]
    assert list(prices) == [35_050, 38_000]


def test_every_import_leaves_an_audit_row(session: Session, project: Project) -> None:
    manager = make_principal(_person_id(session), Role.LABOUR_MANAGER, project_id=project.id)

    import_roster(
        session,
        project_id=project.id,
        content=make_roster(make_row(1), make_row(2, WORK_TYPE="宇航员")),
        dry_run=False,
        at=AT,
        actor=manager,
    )

    entry = session.exec(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id) == ("projects.import_roster", project.id)
    assert (entry.actor_id, entry.actor_role) == (manager.person_id, Role.LABOUR_MANAGER)
    assert entry.detail == {"imported": "1", "updated": "0", "rejected": "1"}


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (make_workbook({"Sheet1": [make_row(1)]}), SheetNotFoundError),
        (make_workbook({"花名册": [{"姓名": "王明"}]}), MissingColumnsError),
        (make_workbook({"花名册": []}), MissingColumnsError),
        (make_roster(dict.fromkeys(make_row(1))), SheetEmptyError),
    ],
)
def test_a_file_that_is_no_roster_is_refused_and_nothing_is_written(
    session: Session, project: Project, content: bytes, error: type[DomainError]
) -> None:
    with pytest.raises(error):
        import_roster(session, project_id=project.id, content=content, dry_run=False, at=AT)

    assert count(session, Person) == 0


def test_an_unknown_project_is_not_found(session: Session) -> None:
    with pytest.raises(ProjectNotFoundError):
        import_roster(
            session, project_id=new_id(), content=make_roster(make_row(1)), dry_run=True, at=AT
        )


def test_a_thousand_rows_need_no_more_statements_than_two(
    session: Session, project: Project
) -> None:
    few = _count_statements(session, project, rows=2, first=1)

    many = _count_statements(session, project, rows=900, first=50)

    assert many == few
    assert count(session, ProjectWorker) == 902


def test_every_name_and_team_survives_the_database(session: Session, project: Project) -> None:
    upload(session, project, make_row(1, NAME="阿卜杜拉•买买提"))

    assert session.exec(select(Person)).one().name == "阿卜杜拉·买买提"
    assert session.exec(select(Team)).one().name == "钢筋一班"


def _count_statements(session: Session, project: Project, *, rows: int, first: int) -> int:
    statements: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *sent: statements.append(str(sent[2])))
    upload(session, project, *(_numbered(first + number) for number in range(rows)))
    session.flush()
    return len(statements)


def _numbered(serial: int) -> dict[str, object]:
    born = date.fromordinal(date(1980, 1, 1).toordinal() + serial)
    return make_row(serial, ID_NUMBER=make_id(serial % 1000, born=f"{born:%Y%m%d}"))


def _person_id(session: Session) -> UUID:
    person = Person(name="管理员")
    session.add(person)
    session.flush()
    return person.id

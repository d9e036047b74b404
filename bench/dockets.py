"""Years of a province's cases, made up inside PostgreSQL, for benches of the desk's look-ups."""

from functools import cache
from pathlib import Path

from sqlalchemy import create_engine, insert, make_url, text
from sqlmodel import Session

from bench.rig import Rig
from bench.sites import migrate
from cases import divisions, searching
from core.clock import now
from core.enums import Role
from core.keyring import load_keyring
from db.base import field_keys, new_id
from db.models import Person, Project, RoleGrant
from db.session import Database

SCRIPT = Path(__file__).parent / "apps" / "dockets.sql"
COUNTY = "330106"
INSPECTORS_PER_COUNTY = 10
PEOPLE, SITES = 20_000, 2_000
COMPLAINANT, EMPLOYER = "王工友", "天目山幕墙有限公司"
"""Of the ten newest cases of the county."""
NEWEST = text('SELECT max(number) FROM "case" WHERE county_code = :county')


class Docket:
    """A migrated database of its own with that many cases, the newest filed just now."""

    def __init__(self, rig: Rig, *, cases: int) -> None:
        url = _create_database(rig.database_url, f"docket_{cases}")
        migrate(url)
        self.database = Database(url, load_keyring(rig.directory / "keys.json").fields)
        with self.database.transaction() as session:
            inspectors = _make_inspectors()
            session.add_all([person for person, _ in inspectors])
            session.flush()
            session.add_all([grant for _, grant in inspectors])
            self.inspector_id = next(
                person.id for person, grant in inspectors if grant.county_code == COUNTY
            )
            _write_people_and_sites(session)
        with self.database.transaction() as session:
            _fill(session, cases=cases)
            self.number: str = session.execute(NEWEST, {"county": COUNTY}).scalar_one()
        with self.database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(
                text("VACUUM ANALYZE")
            )


@cache
def open_docket(rig: Rig, cases: int) -> Docket:
    """Return the docket of that many cases, filled once for all benches."""
    return Docket(rig, cases=cases)


def _create_database(server_url: str, name: str) -> str:
    server = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    server.dispose()
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def _make_inspectors() -> list[tuple[Person, RoleGrant]]:
    made = []
    for code in divisions.names():
        for number in range(INSPECTORS_PER_COUNTY if divisions.is_county(code) else 0):
            person = Person(id=new_id(), name=f"监察员{code}{number}")
            made.append(
                (person, RoleGrant(person_id=person.id, role=Role.INSPECTOR, county_code=code))
            )
    return made


def _write_people_and_sites(session: Session) -> None:
    people = [Person(name=f"工友{number}").model_dump() for number in range(PEOPLE)]
    sites = [
        Project(
            code=f"D{number}",
            name=f"第{number}号安置房工程",
            category="01",
            status="003",
            county_code=COUNTY,
            poster_token=f"docket{number}",
        ).model_dump()
        for number in range(SITES)
    ]
    session.connection().execute(insert(Person), people)
    session.connection().execute(insert(Project), sites)


def _fill(session: Session, *, cases: int) -> None:
    """Write the rows as a restore does: keys and triggers rest meanwhile."""
    counties = [code for code in divisions.names() if divisions.is_county(code)]
    at, keys = now(), field_keys(session.get_bind().dialect)
    facts = {
        "cases": cases,
        "counties": counties,
        "at": at,
        "county": COUNTY,
        "employer": EMPLOYER,
        "complainant": searching.hide(session, COMPLAINANT),
        "statement": keys.seal("complaint.statement", "没发工资".encode()),
    }
    session.execute(text("SET LOCAL session_replication_role = replica"))
    for statement in SCRIPT.read_text(encoding="utf-8").split(";\n"):
        session.execute(text(statement), facts)

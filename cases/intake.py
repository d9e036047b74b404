"""Complaints that officials write down for others: at the window, on the phone, from clues."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from cases import bundles
from cases.clue_findings import ClueFinding, ClueFindingCode
from cases.clues import COUNTY, Clue, ClueFault, read_clues
from cases.errors import MonthAheadError, OutsideProvinceError, UnknownPlaceError
from cases.filing import FiledComplaint, Filing, find_county, record
from core.case_enums import Channel, ComplaintKind, Disclosure
from core.clock import local_date, month_start
from core.keyring import Keyring
from evidence.bundles import Level, make_part
from identity import audit
from identity.principal import Principal
from projects.queries import get_project

FILED = "cases.filed-for-somebody"


def file_assisted_complaint(
    session: Session,
    *,
    principal: Principal,
    filing: Filing,
    name: str | None,
    months: Sequence[str],
    at: datetime,
) -> FiledComplaint:
    """Write a complaint down for somebody who called or came, and record who wrote it.

    The county of the project wins over the one named; it may be any of the province, the case
    goes there. Raises MonthAheadError, ProjectNotFoundError, UnknownPlaceError,
    OutsideProvinceError, FormSentBeforeError.
    """
    if any(month_start(month) > local_date(at) for month in months):
        raise MonthAheadError
    project = get_project(session, filing.project_id) if filing.project_id else None
    known = {
        "project_name": project.name if project else None,
        "employer_name": filing.employer_name,
        "months": sorted(set(months)),
    }
    filed = record(
        session,
        replace(
            filing,
            county_code=project.county_code if project else filing.county_code,
            personal={"name": name} if name else None,
            facts={fact: value for fact, value in known.items() if value},
        ),
        at=at,
    )
    _record_filing(session, principal, filed, filing.channel)
    return filed


@dataclass(frozen=True, slots=True)
class ClueResult:
    """What became of one line: a number, or what kept it out; in a dry run no number."""

    line: int
    number: str | None
    found: tuple[ClueFault, ...] = ()


def import_clues(
    session: Session,
    keyring: Keyring,
    *,
    principal: Principal,
    content: bytes,
    dry_run: bool,
    at: datetime,
) -> list[ClueResult]:
    """File every readable line of the national platform's clues in its own county, and seal it.

    One bad line spoils no other, and `dry_run` files none. The same line again within half an
    hour is the same complaint. Raises what `read_clues` refuses.
    """
    judged = [_judge(clue) for clue in read_clues(content)]
    return [
        ClueResult(clue.line, None, clue.found)
        if clue.found or dry_run
        else ClueResult(clue.line, _file_clue(session, keyring, principal, clue, at))
        for clue in judged
    ]


def _judge(clue: Clue) -> Clue:
    """Note of a readable line whether a county of the province is competent."""
    if clue.found:
        return clue
    try:
        return replace(clue, county_code=find_county(clue.county_code))
    except UnknownPlaceError:
        code = ClueFindingCode.UNKNOWN_PLACE
    except OutsideProvinceError:
        code = ClueFindingCode.OUTSIDE_PROVINCE
    return replace(clue, found=(ClueFinding(clue.line, COUNTY, code),))


def _file_clue(
    session: Session, keyring: Keyring, principal: Principal, clue: Clue, at: datetime
) -> str:
    filing = Filing(
        kind=ComplaintKind.COMPLAINT,
        disclosure=Disclosure.SHIELDED,
        statement=clue.statement,
        county_code=clue.county_code,
        channel=Channel.CLUE,
        phone=clue.phone,
        personal=clue.personal,
        employer_name=clue.employer_name,
        amount_fen=clue.amount_fen,
        people=clue.people,
        facts={"employer_name": clue.employer_name},
        mark=f"clue|{replace(clue, line=0)}",
    )
    filed = record(session, filing, at=at)
    _record_filing(session, principal, filed, Channel.CLUE)
    line = make_part("clue.json", {"phone": clue.phone, **clue.personal}, Level.IDENTITY)
    bundles.seal(session, keyring, complaint_id=filed.complaint_id, parts=[line], at=at)
    return filed.number


def _record_filing(
    session: Session, principal: Principal, filed: FiledComplaint, channel: Channel
) -> None:
    audit.record(
        session,
        actor=principal,
        action=FILED,
        subject_kind="complaint",
        subject_id=filed.complaint_id,
        reason=channel.value,
    )

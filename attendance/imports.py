"""Taking in what terminals recorded: the ATTLOG file of a ZKTeco gate."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import cast, column, func, inspect, literal, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import Session, col

from attendance import queries, rules, work_days
from attendance.facts import CardHolder
from attendance.partitions import ensure_partitions_for
from core.clock import ONE_DAY, local_date
from core.enums import ScanReason
from db.base import new_id
from db.models import CheckIn, Device
from db.models.attendance import REPORT_KEY
from devices.errors import AttlogTooLongError, NotAnAttlogError
from devices.queries import get_device
from devices.zkteco import MAX_FAULTS, MAX_LINES, Attlog, AttlogFault, AttlogLine, parse_attlog
from identity import audit
from identity.principal import Principal

CHUNK_ROWS = 5_000
VARYING = (
    "id",
    "nonce",
    "project_worker_id",
    "direction",
    "method",
    "grade",
    "occurred_at",
    "valid",
    "reason",
    "presented",
)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of every line of a file; `read` = `inserted` + `repeated`."""

    read: int
    inserted: int
    repeated: int
    """Lines that had been taken in before, or stand twice in the file."""
    not_counted: dict[ScanReason, int]
    """Stored now but not counted as work, by reason."""
    unknown_pins: list[str]
    faults: list[AttlogFault]
    first_date: date | None
    last_date: date | None


def import_attlog(
    session: Session,
    *,
    project_id: UUID,
    device_id: UUID,
    content: bytes,
    at: datetime,
    actor: Principal | None = None,
) -> ImportReport:
    """Store every punch of the file once, and fold the days it touches.

    Uploading the same lines again inserts nothing. A PIN nobody on the project has is stored
    without a worker; lines that cannot be read are in the report, which is kept as an audit row.
    Raises DeviceNotFoundError, NotAnAttlogError, AttlogTooLongError.
    """
    device = get_device(session, project_id=project_id, device_id=device_id)
    attlog = _read(content)
    ensure_partitions_for(
        session, {local_date(line.at) for line in attlog.lines}, today=local_date(at)
    )
    holders = queries.list_card_holders(
        session, project_id=project_id, card_numbers={line.pin for line in attlog.lines}
    )
    queries.lock_workers(session, [holder.project_worker_id for holder in holders.values()])
    rows = [_make_row(line, holders.get(line.pin), at) for line in attlog.lines]
    inserted = _insert(session, device, rows, at)
    _fold_touched(session, project_id, inserted)
    report = _report(attlog, rows, inserted, holders)
    _keep_report(session, device, content, report, actor)
    return report


def _read(content: bytes) -> Attlog:
    if content.count(b"\n") > MAX_LINES:
        raise AttlogTooLongError(max_lines=MAX_LINES)
    attlog = parse_attlog(content)
    if len(attlog.faults) > (MAX_FAULTS if attlog.lines else 0):
        raise NotAnAttlogError(faults=len(attlog.faults))
    return attlog


def _make_row(line: AttlogLine, holder: CardHolder | None, at: datetime) -> dict[str, Any]:
    """Return what differs from line to line; `_insert` adds what the file has in common."""
    reason = _judge(line, holder, at)
    return {
        "id": new_id(),
        "nonce": _nonce_of(line),
        "project_worker_id": holder.project_worker_id if holder else None,
        "direction": line.direction,
        "method": line.method,
        "grade": rules.grade_method(line.method),
        "occurred_at": line.at,
        "valid": rules.is_work(reason),
        "reason": reason,
        "presented": None if holder else rules.make_presentable(line.pin),
    }


def _judge(line: AttlogLine, holder: CardHolder | None, at: datetime) -> ScanReason:
    if holder is None:
        return ScanReason.UNKNOWN_WORKER
    if rules.is_in_future(line.at, at):
        return ScanReason.FUTURE_CODE
    day = local_date(line.at)
    has_contract = any(contract.covers(day) for contract in holder.contracts)
    return rules.judge_standing(holder.stay, has_contract=has_contract, on=day)


def _nonce_of(line: AttlogLine) -> str:
    """Return the same name for the same punch, however often its line is sent."""
    words = f"{line.pin}|{line.at.isoformat()}|{line.status}"
    return "zk-" + hashlib.sha256(words.encode()).hexdigest()[:40]


def _insert(
    session: Session, device: Device, rows: Sequence[dict[str, Any]], at: datetime
) -> list[dict[str, Any]]:
    """Store the rows that are new, and return those.

    A chunk travels as one JSON parameter: a hundred thousand bound values would cost more than
    the insert itself.
    """
    new_ids: set[UUID] = set()
    for start in range(0, len(rows), CHUNK_ROWS):
        chunk = json.dumps(rows[start : start + CHUNK_ROWS], default=str)
        new_ids.update(session.scalars(_insert_statement(device, chunk, at)))
    return [row for row in rows if row["id"] in new_ids]


def _insert_statement(device: Device, chunk: str, at: datetime) -> ReturningInsert[UUID]:
    table = inspect(CheckIn).columns
    columns = [column(name, table[name].type) for name in VARYING]
    lines = (
        func.jsonb_to_recordset(cast(literal(chunk), JSONB))
        .table_valued(*columns)
        .render_derived(with_types=True)
    )
    common = {
        "project_id": device.project_id,
        "source_id": device.id,
        "device_id": device.id,
        "received_at": at,
        "clock_bound_ms": 0,
        "admitted": True,  # the terminal logs whom it let through
        "decided_offline": True,
    }
    values = [literal(value).label(name) for name, value in common.items()]
    return (
        insert(CheckIn)
        .from_select([*VARYING, *common], select(*lines.c, *values))
        .on_conflict_do_nothing(index_elements=REPORT_KEY)
        .returning(col(CheckIn.id))
    )


def _fold_touched(session: Session, project_id: UUID, inserted: list[dict[str, Any]]) -> None:
    counted = [row for row in inserted if row["valid"]]
    if counted:
        days = [local_date(row["occurred_at"]) for row in counted]
        work_days.fold_days(
            session,
            project_id=project_id,
            worker_ids={row["project_worker_id"] for row in counted},
            # A punch can move its neighbours' exits, and before dawn it counts for the day before.
            since=min(days) - 2 * ONE_DAY,
            until=max(days) + ONE_DAY,
        )


def _report(
    attlog: Attlog,
    rows: Sequence[Mapping[str, Any]],
    inserted: Sequence[Mapping[str, Any]],
    holders: Mapping[str, CardHolder],
) -> ImportReport:
    days = [local_date(line.at) for line in attlog.lines]
    return ImportReport(
        read=len(rows),
        inserted=len(inserted),
        repeated=len(rows) - len(inserted),
        not_counted=dict(Counter(row["reason"] for row in inserted if not row["valid"])),
        unknown_pins=sorted(
            {rules.make_presentable(line.pin) for line in attlog.lines if line.pin not in holders}
        ),
        faults=[
            AttlogFault(fault.number, fault.column, rules.make_presentable(fault.text))
            for fault in attlog.faults
        ],
        first_date=min(days, default=None),
        last_date=max(days, default=None),
    )


def _keep_report(
    session: Session,
    device: Device,
    content: bytes,
    report: ImportReport,
    actor: Principal | None,
) -> None:
    audit.record(
        session,
        actor=actor,
        action="attendance.import-attlog",
        subject_kind="device",
        subject_id=device.id,
        reason="考勤机记录导入",
        file_hash=hashlib.sha256(content).hexdigest(),
        report=json.dumps(asdict(report), ensure_ascii=False, default=str),
    )

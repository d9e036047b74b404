"""Taking in what terminals recorded: the ATTLOG file of a ZKTeco gate."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from attendance import rules
from attendance.terminals import PunchOutcome, take_pins
from core.clock import local_date
from core.enums import ScanReason
from db.models import Device
from devices.errors import AttlogTooLongError, NotAnAttlogError
from devices.queries import get_device
from devices.zkteco.attlog import MAX_FAULTS, MAX_LINES, Attlog, AttlogFault, parse_attlog
from identity import audit
from identity.principal import Principal

MISDATED = {ScanReason.FUTURE_CODE, ScanReason.WRONG_CLOCK}


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
    """Of the lines whose dates can be true."""


def import_attlog(
    session: Session,
    *,
    project_id: UUID,
    device_id: UUID,
    content: bytes,
    at: datetime,
    actor: Principal | None = None,
) -> ImportReport:
    """Store every punch of the file once, and mark the days it touches to be folded.

    Uploading the same lines again inserts nothing. A PIN nobody on the project has is stored
    without a worker; lines that cannot be read are in the report, which is kept as an audit row.
    Raises DeviceNotFoundError, NotAnAttlogError, AttlogTooLongError.
    """
    device = get_device(session, project_id=project_id, device_id=device_id)
    attlog = _read(content)
    punches = [line.punch for line in attlog.lines]
    outcomes = take_pins(session, device=device, punches=punches, at=at)
    report = _report(attlog, outcomes)
    _keep_report(session, device, content, report, actor)
    return report


def _read(content: bytes) -> Attlog:
    if content.count(b"\n") > MAX_LINES:
        raise AttlogTooLongError(max_lines=MAX_LINES)
    attlog = parse_attlog(content)
    if len(attlog.faults) > (MAX_FAULTS if attlog.lines else 0):
        raise NotAnAttlogError(faults=len(attlog.faults))
    return attlog


def _report(attlog: Attlog, outcomes: Sequence[PunchOutcome]) -> ImportReport:
    new = [outcome for outcome in outcomes if outcome.is_new]
    unknown = {o.punch.pin for o in outcomes if o.project_worker_id is None and o.punch.pin}
    days = [local_date(o.punch.at) for o in outcomes if o.reason not in MISDATED]
    return ImportReport(
        read=len(outcomes),
        inserted=len(new),
        repeated=len(outcomes) - len(new),
        not_counted=dict(Counter(outcome.reason for outcome in new if not outcome.valid)),
        unknown_pins=sorted({rules.make_presentable(pin) for pin in unknown}),
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

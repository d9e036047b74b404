"""All tables, one file per package."""

from db.models.attendance import (
    AttendanceSheet,
    CheckIn,
    CheckInAnnulment,
    UnreadScan,
    WorkDay,
    WorkDayObjection,
)
from db.models.cases import Case, CaseClock, CaseEvent, Complaint
from db.models.devices import Device, GateBlock
from db.models.identity import AuditEntry, Person, RoleGrant, SignIn
from db.models.notifications import Notification
from db.models.outbox import OutboxMessage
from db.models.payroll import (
    PayBatch,
    PayBatchRow,
    PaySheet,
    Payslip,
    PayslipAnswer,
    PayslipReceived,
)
from db.models.projects import Contract, Employer, Project, ProjectParty, ProjectWorker, Team
from db.models.qr import WorkerCode

__all__ = [
    "AttendanceSheet",
    "AuditEntry",
    "Case",
    "CaseClock",
    "CaseEvent",
    "CheckIn",
    "CheckInAnnulment",
    "Complaint",
    "Contract",
    "Device",
    "Employer",
    "GateBlock",
    "Notification",
    "OutboxMessage",
    "PayBatch",
    "PayBatchRow",
    "PaySheet",
    "Payslip",
    "PayslipAnswer",
    "PayslipReceived",
    "Person",
    "Project",
    "ProjectParty",
    "ProjectWorker",
    "RoleGrant",
    "SignIn",
    "Team",
    "UnreadScan",
    "WorkDay",
    "WorkDayObjection",
    "WorkerCode",
]

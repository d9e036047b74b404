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
from db.models.devices import Device, DeviceMessage, GateBlock
from db.models.identity import AuditEntry, Person, RoleGrant, SignIn
from db.models.notifications import (
    DeliveryReport,
    MessagePreference,
    Notification,
    NumberStatus,
    SmsSpending,
    TemplateApproval,
    ToldOtherwise,
)
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
from db.models.qr import WorkerCard, WorkerCode

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
    "DeliveryReport",
    "Device",
    "DeviceMessage",
    "Employer",
    "GateBlock",
    "MessagePreference",
    "Notification",
    "NumberStatus",
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
    "SmsSpending",
    "Team",
    "TemplateApproval",
    "ToldOtherwise",
    "UnreadScan",
    "WorkDay",
    "WorkDayObjection",
    "WorkerCard",
    "WorkerCode",
]

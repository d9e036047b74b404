"""All tables, one file per package."""

from db.models.attendance import (
    AttendanceSheet,
    CheckIn,
    CheckInAnnulment,
    CheckInLook,
    FoldDue,
    GateConflict,
    UnreadScan,
    UsedStep,
    WorkDay,
    WorkDayObjection,
)
from db.models.cases import Case, CaseClock, CaseEvent, Complaint
from db.models.devices import (
    Device,
    DeviceAlarm,
    DeviceHealth,
    DeviceMessage,
    GateBlock,
    GateCard,
    GateFace,
)
from db.models.evidence import EvidenceEntry, EvidenceNode, EvidenceSeal
from db.models.identity import AuditEntry, Person, RoleGrant, SignIn, WorkerPhoto
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
from db.models.qr import WorkerCard, WorkerCode, WorkerPhone
from db.models.terminals import TerminalCommand, TerminalStamp

__all__ = [
    "AttendanceSheet",
    "AuditEntry",
    "Case",
    "CaseClock",
    "CaseEvent",
    "CheckIn",
    "CheckInAnnulment",
    "CheckInLook",
    "Complaint",
    "Contract",
    "DeliveryReport",
    "Device",
    "DeviceAlarm",
    "DeviceHealth",
    "DeviceMessage",
    "Employer",
    "EvidenceEntry",
    "EvidenceNode",
    "EvidenceSeal",
    "FoldDue",
    "GateBlock",
    "GateCard",
    "GateConflict",
    "GateFace",
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
    "TerminalCommand",
    "TerminalStamp",
    "ToldOtherwise",
    "UnreadScan",
    "UsedStep",
    "WorkDay",
    "WorkDayObjection",
    "WorkerCard",
    "WorkerCode",
    "WorkerPhone",
    "WorkerPhoto",
]

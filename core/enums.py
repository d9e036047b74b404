"""The domain vocabulary on one page: every closed set shared by tables, rules and the API."""

from enum import IntEnum, StrEnum


class Role(StrEnum):
    """What a signed-in person acts as; all but `worker` are granted for a scope."""

    WORKER = "worker"
    LABOUR_MANAGER = "labour_manager"
    """劳资专管员, for one project (条例 §28)."""
    EMPLOYER_ADMIN = "employer_admin"
    INSPECTOR = "inspector"
    """劳动保障监察员, for one county (GB/T 2260)."""
    AUDITOR = "auditor"
    ADMIN = "admin"


class Notice(StrEnum):
    """What people are told before they agree to something about their data."""

    LOCATION = "location"
    """Where the phone is at the moment of a check-in."""


class DeviceProfile(StrEnum):
    """What a paired device may do."""

    GATE = "gate"
    KIOSK = "kiosk"
    SUPERVISOR = "supervisor"


class DeviceVendor(StrEnum):
    """Whose protocol a device speaks; all but our own call a secret path."""

    ANXINMA = "anxinma"
    ZKTECO_ATT = "zkteco_att"
    ZKTECO_ACC = "zkteco_acc"
    HIKVISION = "hikvision"
    VGUANG = "vguang"
    UFACE = "uface"
    FACESLUICE = "facesluice"


class TerminalCommandKind(StrEnum):
    """What a vendor's terminal is asked to do."""

    UPDATE_PERSON = "update_person"
    DELETE_PERSON = "delete_person"
    QUERY_ATTLOG = "query_attlog"


class MessageState(StrEnum):
    """What became of a vendor terminal's message."""

    TAKEN = "taken"
    """Understood, and everything in it stored."""
    UNREAD = "unread"
    """Kept for somebody to read."""


class DeviceTrouble(StrEnum):
    """What a device's manager is told about, once per episode."""

    SILENT = "silent"
    """Not heard for ten minutes of working hours."""
    CLOCK = "clock"
    """Further off than a gate's word is believed."""
    LISTS = "lists"
    """Decides by lists that are older than a day."""
    BACKLOG = "backlog"
    """Is heard, but its scans do not arrive."""


class PowerSource(StrEnum):
    """What a gate's computer runs on."""

    MAINS = "mains"
    BATTERY = "battery"


class ConflictKind(StrEnum):
    """Why somebody has to look at a crossing."""

    ADMITTED_WRONGLY = "admitted_wrongly"
    """The gate opened and something was not right; the check-in's reason says what."""
    LOST_DEVICE = "lost_device"
    """Reported by a device after it was lost or stolen."""
    PHONE_SIGNAL = "phone_signal"
    """A phone punch whose location raises a question; it counts all the same."""
    DENIED_LATER = "denied_later"
    """Too late to annul it, the gate said that it had not opened; the crossing counts."""
    NOT_THE_HOLDER = "not_the_holder"
    """A guard saw somebody else with the card: a stranger came with it, and may be inside."""
    REFUSED_WRONGLY = "refused_wrongly"
    """A gate that decided alone refused a code that was good: its worker stood outside."""


class AnnulmentReason(StrEnum):
    """Why a gate says that a crossing it let through does not count."""

    NOT_OPENED = "not_opened"
    """The turnstile did not turn."""
    NOT_THE_HOLDER = "not_the_holder"
    """A guard found that the face was not that of the card's holder."""


class ConflictOutcome(StrEnum):
    """What the owner of a conflict found; it never changes a check-in."""

    ACKNOWLEDGED = "acknowledged"
    NO_CROSSING = "no_crossing"
    """The gate itself had said that the turnstile did not turn."""
    GUARD_STATEMENT = "guard_statement"
    """Somebody who was there says who passed."""


class ContractKind(StrEnum):
    """建市〔2022〕59号: a labour contract, or a written agreement where there is no employment."""

    LABOUR_CONTRACT = "labour_contract"
    WRITTEN_AGREEMENT = "written_agreement"


class PayBasis(StrEnum):
    """What a unit price is paid for (national standard 结算方式)."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    PIECE = "piece"


class Direction(StrEnum):
    """进出方向: national codes 01 and 02."""

    IN = "in"
    OUT = "out"


class CheckInMethod(StrEnum):
    """How a crossing was proved; the national 考勤方式 of each is in `attendance/rules.py`."""

    LIVE_CODE = "live_code"
    CARD_CODE = "card_code"
    FACE = "face"
    FINGERPRINT = "fingerprint"
    PALM = "palm"
    ACCESS_CARD = "access_card"
    POSTER = "poster"
    MANUAL = "manual"
    IMPORTED = "imported"
    FORCED_EXIT = "forced_exit"
    """异常清退: nobody saw the exit, the system ends the shift; proves no working time."""


class Grade(StrEnum):
    """Strength of a check-in as evidence."""

    A = "A"
    """Live code proved by the holder tag at a paired gate."""
    B = "B"
    """Terminal biometrics, or card and photo matched."""
    C = "C"
    """Phone at the poster with location."""
    D = "D"
    """Entered by the labour manager; the worker is told."""
    E = "E"
    """Imported."""


class ScanReason(StrEnum):
    """Why a gate admits or refuses; closed, because gates speak and colour by it."""

    OK = "ok"
    MALFORMED_CODE = "malformed_code"
    UNKNOWN_WORKER = "unknown_worker"
    BAD_GATE_TAG = "bad_gate_tag"
    BAD_HOLDER_TAG = "bad_holder_tag"
    EXPIRED_CODE = "expired_code"
    FUTURE_CODE = "future_code"
    ALREADY_USED = "already_used"
    NOT_ON_PROJECT = "not_on_project"
    LEFT_PROJECT = "left_project"
    NO_CONTRACT = "no_contract"
    REVOKED_CARD = "revoked_card"
    WRONG_CLOCK = "wrong_clock"
    """A terminal's date that cannot be true."""


class ScanStatus(StrEnum):
    """What became of one uploaded scan."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    """Known already, and says the same."""
    CONFLICT = "conflict"
    """Known already, and says otherwise; both are kept."""
    REJECTED = "rejected"
    """No scan at all; kept for somebody to read."""


class Tone(StrEnum):
    """The sound and colour a gate gives with its answer."""

    WELCOME = "welcome"
    NOTICE = "notice"
    REFUSE = "refuse"


class WorkDayState(StrEnum):
    """How sure a work day is; a missing exit asks, it never counts as zero in silence."""

    COMPLETE = "complete"
    NEEDS_CONFIRMATION = "needs_confirmation"
    CONFIRMED = "confirmed"
    """Uncertain by its check-ins; the worker accepts it as it is shown."""


class SheetState(StrEnum):
    """考勤表."""

    DRAFT = "draft"
    LOCKED = "locked"


class PaySheetState(StrEnum):
    """工资表."""

    DRAFT = "draft"
    PUBLISHED = "published"
    APPROVED = "approved"
    INSTRUCTED = "instructed"
    SETTLED = "settled"


class PayslipAnswerState(StrEnum):
    """The worker's answer; only the worker's own act makes `confirmed` (条例 §31)."""

    AWAITING = "awaiting"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    NO_RESPONSE = "no_response"
    UNREACHABLE = "unreachable"


class VisitOutcome(StrEnum):
    """What came of visiting a worker who did not answer; none of it is the worker's answer."""

    TOLD = "told"
    """Met; knows of the payslip and can answer in person."""
    NOT_FOUND = "not_found"


class PayRowState(StrEnum):
    """One worker's line in a bank file; `acknowledged` means the bank said so."""

    DRAFTED = "drafted"
    """Held for a file that nobody has released; the bank knows nothing of it."""
    WITHDRAWN = "withdrawn"
    """The file never went out; the line may be in another one."""
    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"


class PayBatchState(StrEnum):
    """代发批次: drawn up by one person, released by another."""

    DRAFTED = "drafted"
    RELEASED = "released"
    REFUSED = "refused"
    """The second person would not release it."""
    WITHDRAWN = "withdrawn"
    """Taken back by those who drew it up."""


class WageSeverity(IntEnum):
    """Wage status; the colour is a regional mapping, never the only signal."""

    SAFE = 0
    """安: all due wages acknowledged by the bank, no open dispute."""
    ATTENTION = 1
    """关注: something waits."""
    WARNING = 2
    """预警: past the legal due date and not fully paid."""
    ARREARS = 3
    """欠薪: more than the configured days past due, or an accepted arrears case."""


class NotificationState(StrEnum):
    """Delivery of a message; moves forward only."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    MERGED = "merged"
    """Its news went into another message, whose state counts."""


class WebhookState(StrEnum):
    """What became of an event on its way to another system."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    """Refused or unanswered for three days; kept for somebody to try again."""


class Language(StrEnum):
    """What a message is written in (BCP 47)."""

    CHINESE = "zh-CN"
    SICHUANESE = "cmn-x-sichuan"
    """西南官话, spoken from Sichuan to Yunnan."""


class ApprovalState(StrEnum):
    """Whether a gateway's operator lets a text through."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"


class NumberTrouble(StrEnum):
    """Why no message can reach the right person at a number."""

    NOT_IN_SERVICE = "not_in_service"
    NOT_A_MOBILE = "not_a_mobile"
    REFUSES = "refuses"
    RECYCLED = "recycled"
    """Somebody else has it now, and said so."""


class ToldBy(StrEnum):
    """How a person was told what no message could tell."""

    IN_PERSON = "in_person"
    PHONE_CALL = "phone_call"
    NOTICE_SHEET = "notice_sheet"


class Urgency(StrEnum):
    """`urgent` ignores quiet hours."""

    NORMAL = "normal"
    URGENT = "urgent"


class EvidenceKind(StrEnum):
    """What an entry of the evidence log speaks of."""

    PAYSLIP = "payslip"
    PAYSLIP_ANSWER = "payslip_answer"
    PAYSLIP_RECEIVED = "payslip_received"
    PAY_BATCH_ROW = "pay_batch_row"
    """One line of a bank file: drawn up, released or freed, answered by the bank."""
    AGREEMENT_SIGNATURE = "agreement_signature"
    PAY_BATCH = "pay_batch"
    """A bank file: drawn up, released, refused or withdrawn."""

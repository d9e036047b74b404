"""The vocabulary of complaints and cases: every closed set of theirs, on one page."""

from enum import StrEnum


class ComplaintKind(StrEnum):
    """投诉 by a victim has case rights; 举报 may be by anyone."""

    COMPLAINT = "complaint"
    REPORT = "report"


class Disclosure(StrEnum):
    """Who may learn the complainant's name."""

    NAMED = "named"
    SHIELDED = "shielded"
    ANONYMOUS = "anonymous"


class Channel(StrEnum):
    """Where a complaint came in."""

    WORKER = "worker"
    """From the worker's own sign-in."""
    POSTER = "poster"
    PHONE = "phone"
    """A phone operator wrote it down."""
    WINDOW = "window"
    CLUE = "clue"
    """A clue of the national platform (根治欠薪线索)."""


class Office(StrEnum):
    """What somebody is to one case."""

    WORKER = "worker"
    """Whoever complained."""
    INSPECTOR = "inspector"
    """Of the county that has the case."""
    HEAD = "head"
    """Who decides in the bureau of that county (机构负责人)."""
    SUPERIOR = "superior"
    """Of the city or province above that county."""


class CaseState(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    AWAITING_DETAILS = "awaiting_details"
    AWAITING_DESIGNATION = "awaiting_designation"
    """Bureaus disagree; their common superior names the one (指定管辖)."""
    ACCEPTED = "accepted"
    SUSPENDED = "suspended"
    MEDIATING = "mediating"
    AGREED = "agreed"
    REFUSED = "refused"
    ORDERED_TO_PAY = "ordered_to_pay"
    IN_COURT = "in_court"
    POLICE_APPROVED = "police_approved"
    """The head agreed to the transfer; the papers must leave within 24 hours."""
    WITH_POLICE = "with_police"
    POLICE_DECLINED = "police_declined"
    POLICE_FILED = "police_filed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class CaseAction(StrEnum):
    """What somebody does to a case."""

    ACCEPT = "accept"
    ASK_DETAILS = "ask_details"
    ADD_DETAILS = "add_details"
    REFUSE = "refuse"
    TRANSFER = "transfer"
    REFER_UP = "refer_up"
    DESIGNATE = "designate"
    EXTEND = "extend"
    SUSPEND = "suspend"
    RESUME = "resume"
    PROPOSE_AGREEMENT = "propose_agreement"
    AGREE = "agree"
    DECLINE_AGREEMENT = "decline_agreement"
    BREAK_OFF = "break_off"
    ORDER_TO_PAY = "order_to_pay"
    APPLY_TO_COURT = "apply_to_court"
    TRANSFER_TO_POLICE = "transfer_to_police"
    HAND_TO_POLICE = "hand_to_police"
    POLICE_FILE = "police_file"
    POLICE_DECLINE = "police_decline"
    ASK_REVIEW = "ask_review"
    KEEP_ORDER = "keep_order"
    HAND_OVER_EVIDENCE = "hand_over_evidence"
    GRANT_ADVANCE = "grant_advance"
    RECOVER_ADVANCE = "recover_advance"
    CLOSE = "close"
    CONFIRM_PAID = "confirm_paid"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    SUPPLEMENT = "supplement"
    ASK_QUESTION = "ask_question"
    ANSWER_QUESTION = "answer_question"


class Received(StrEnum):
    """How much of the money came, as the complainant says after closing."""

    ALL = "all"
    PARTLY = "partly"
    NOTHING = "nothing"


class Means(StrEnum):
    """How a complainant's word came in, other than from their own sign-in."""

    PIN = "pin"
    """Whoever held number and PIN."""
    PHONE = "phone"
    """An official wrote down what a caller said."""
    WINDOW = "window"
    """An official wrote down what somebody who came said."""


class ClockKind(StrEnum):
    """Periods of a case; how long each is, and by which law, stands in `cases.clocks`."""

    ACCEPTANCE = "acceptance"
    DESIGNATION = "designation"
    INVESTIGATION = "investigation"
    PAYMENT = "payment"
    """The employer's, up to the day named in the order."""
    POLICE_DECISION = "police_decision"
    POLICE_HANDOVER = "police_handover"
    POLICE_REPLY = "police_reply"
    POLICE_REVIEW = "police_review"
    EVIDENCE_HANDOVER = "evidence_handover"
    FOLLOW_UP = "follow_up"


class ClockChangeKind(StrEnum):
    """What happened to a running period."""

    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"


class Rung(StrEnum):
    """How far a period has climbed that nobody has met."""

    SOON = "soon"
    DUE = "due"
    OVERDUE = "overdue"
    """The head of the bureau is told."""
    SUPERVISED = "supervised"
    """The city is told (督办)."""


class RefusalGround(StrEnum):
    """The only reasons not to accept; a wrong county is none of them, it transfers."""

    OUT_OF_SCOPE = "out_of_scope"
    """浙江省劳动保障监察条例 §22."""
    ARBITRATION_OR_SUIT = "arbitration_or_suit"
    """浙江省劳动保障监察条例 §22: it should be, or is already, arbitrated or sued for."""
    NO_EMPLOYER_OR_FACTS = "no_employer_or_facts"
    """浙江省劳动保障监察条例 §22."""
    OLDER_THAN_TWO_YEARS = "older_than_two_years"
    """劳动保障监察条例 §20; a violation that goes on counts from its end."""


class Conclusion(StrEnum):
    """With what result a case is closed."""

    PAID = "paid"
    PARTLY_PAID = "partly_paid"
    CORRECTED = "corrected"
    """Minor, and put right without an order (劳动保障监察条例 §18)."""
    NO_VIOLATION = "no_violation"
    TO_ARBITRATION = "to_arbitration"
    CRIMINAL = "criminal"
    """The police have it."""
    UNPAID = "unpaid"
    """Every means of the authority is used up."""


class PoliceAttachment(StrEnum):
    """What a transfer to the police must hold (国务院令310 §6)."""

    TRANSFER_LETTER = "transfer_letter"
    INVESTIGATION_REPORT = "investigation_report"
    LIST_OF_ARTICLES = "list_of_articles"
    EXPERT_OPINIONS = "expert_opinions"
    OTHER_MATERIAL = "other_material"


class CrimeVerdict(StrEnum):
    """Whether the amounts of 刑法 §276-1 are reached (法释〔2013〕3号 §3)."""

    REACHED = "reached"
    BELOW = "below"
    REVIEW = "review"
    """A person must judge: the province's amounts are not known."""


class Silence(StrEnum):
    """Why the complainant is not told of a step."""

    ANONYMOUS = "anonymous"
    NO_NUMBER = "no_number"
    """They left no way to be told; number and PIN show it."""
    NOTHING_NEW = "nothing_new"
    """It changes nothing for them, or is their own words."""


class GroupState(StrEnum):
    """What became of cases that look as if they belonged together."""

    SUGGESTED = "suggested"
    CONFIRMED = "confirmed"
    DISSOLVED = "dissolved"


class DispatchKind(StrEnum):
    """What is written on the board of a mass event."""

    ON_THE_WAY = "on_the_way"
    ARRIVED = "arrived"
    PROMISED = "promised"
    REPORTED = "reported"
    ENDED = "ended"


class RetaliationKind(StrEnum):
    """What happened to somebody after complaining."""

    REMOVED = "removed"
    DENIED_ENTRY = "denied_entry"
    FEWER_DAYS = "fewer_days"
    """Against the crew mates."""
    LOWER_RATE = "lower_rate"


class DocumentKind(StrEnum):
    """Which paper a step needs."""

    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"
    TRANSFER = "transfer"
    EXTENSION = "extension"
    SUSPENSION = "suspension"
    AGREEMENT = "agreement"
    ORDER = "order"
    COURT_APPLICATION = "court_application"
    POLICE_TRANSFER = "police_transfer"
    CLOSING = "closing"


class AgreementParty(StrEnum):
    """Who signs a mediation agreement."""

    WORKER = "worker"
    EMPLOYER = "employer"


class ServiceMethod(StrEnum):
    """How a paper was served (送达方式)."""

    IN_PERSON = "in_person"
    MAIL = "mail"
    ELECTRONIC = "electronic"
    """Only with the recipient's written consent (行政处罚法 §61)."""
    LEFT = "left"
    """留置送达."""
    POSTED = "posted"
    """Put up at residence or site, photographed (法释〔2013〕3号 §4)."""


class ServiceRecipient(StrEnum):
    """Who received a paper."""

    COMPLAINANT = "complainant"
    EMPLOYER = "employer"
    COURT = "court"
    POLICE = "police"
    BUREAU = "bureau"

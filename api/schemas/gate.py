"""Wire shapes of gates: asking whether to open, syncing, uploading what they decided alone."""

import json
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from annotated_types import Interval
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from attendance.judgement import Answer, ShownWorker
from attendance.offline import ScanOutcome, UnreadReport
from attendance.rejudge import ScanReport
from attendance.service import ScanDecision
from core.crypto import b64url
from core.enums import AnnulmentReason, Direction, ScanReason, ScanStatus, Tone
from db.models import CheckInAnnulment, CheckInLook
from devices.sync import DayKey, SyncPage

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
Instant = Annotated[AwareDatetime, Interval(ge=EARLIEST, lt=LATEST)]
"""Wide enough for clocks that lost their battery, narrow enough to be an instant at all."""
Nonce = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{8,64}$")]
INT32_MAX = 2**31 - 1
INT53_MAX = 2**53 - 1
"""The largest whole number that every JSON reader keeps (RFC 8259 §6)."""
LONGEST_WORD = 64
MOST_SCANS = 1_000


class Decision(StrEnum):
    """What the gate does."""

    ADMITTED = "admitted"
    REFUSED = "refused"


class VerifyIn(BaseModel):
    """One scan at a gate."""

    code: str = Field(
        description="Exactly what the reader read; anything that is no code is a decision too.",
        examples=["AFCEM2DJNJUHNCVSCP4RQSDP4EZ7MHYZLDPVY"],
    )
    direction: Direction
    nonce: Nonce = Field(
        description="Chosen by the gate, new for each scan, the same when it asks again.",
        examples=["g1-20261031-000417"],
    )
    scanned_at: Instant = Field(description="By the gate's own clock, uncorrected, with offset.")


class ShownWorkerOut(BaseModel):
    """What a guard may see of a worker."""

    masked_name: str = Field(examples=["王*明"])
    trade: str = Field(examples=["钢筋工"])
    team: str = Field(examples=["钢筋一班"])

    @classmethod
    def of(cls, worker: ShownWorker) -> Self:
        """Return the wire shape of a shown worker."""
        return cls(masked_name=worker.masked_name, trade=worker.trade, team=worker.team)


class DecisionOut(BaseModel):
    """The answer to a scan; it is recorded when this is sent."""

    decision: Decision
    reason: ScanReason
    say: str = Field(
        description="A short sentence for the loudspeaker.", examples=["请进，注意安全"]
    )
    tone: Tone
    worker: ShownWorkerOut | None = Field(
        description="Only when the worker's own phone was proved, admitted or not."
    )
    check_in_id: UUID

    @classmethod
    def of(cls, answer: Answer | ScanDecision) -> Self:
        """Return the wire shape of an answer."""
        return cls(
            decision=Decision.ADMITTED if answer.admitted else Decision.REFUSED,
            reason=answer.reason,
            say=answer.say,
            tone=answer.tone,
            worker=answer.worker and ShownWorkerOut.of(answer.worker),
            check_in_id=answer.check_in_id,
        )


class DayKeyOut(BaseModel):
    """The project's key for one day; base64url."""

    day: date
    suite: int = Field(description="Version byte of the codes it is for.", examples=[1])
    key: str

    @classmethod
    def of(cls, key: DayKey) -> Self:
        """Return the wire shape of a day key."""
        return cls(day=key.day, suite=key.suite.value, key=b64url(key.key))


class BlockOut(BaseModel):
    """Somebody who may not enter, known to the gate by six random bytes only."""

    worker_ref: str = Field(description="base64url", examples=["3q2-7_AA"])
    reason: ScanReason


class GateCardOut(BaseModel):
    """A good printed card, known to the gate by its hash and its holder's six random bytes."""

    digest: str = Field(description="SHA-256 of the card's 14 secret bytes, base64url.")
    worker_ref: str = Field(description="base64url; `blocks` are by it.", examples=["3q2-7_AA"])


class TombstonesOut(BaseModel):
    """What is gone since the cursor."""

    blocks: list[str]
    cards: list[str]


class SyncOut(BaseModel):
    """What a gate decides by when it is alone; no names."""

    server_time: datetime
    project_id: UUID
    full: bool = Field(description="Forget older blocks and cards first.")
    day_keys: list[DayKeyOut] = Field(
        description="Of yesterday, today and seven more days; only for a gate."
    )
    blocks: list[BlockOut] = Field(description="Added or changed since the cursor.")
    cards: list[GateCardOut] = Field(description="Good printed cards, added since the cursor.")
    tombstones: TombstonesOut
    cursor: str = Field(description="Send it back next time, unchanged.")
    more: bool = Field(description="Ask again at once.")
    roll_token: bool = Field(description="Exchange the token with `POST /v1/devices/token`.")

    @classmethod
    def of(cls, page: SyncPage) -> Self:
        """Return the wire shape of a sync page."""
        changes = page.changes
        return cls(
            server_time=page.server_time,
            project_id=page.project_id,
            full=page.is_full,
            day_keys=[DayKeyOut.of(key) for key in page.day_keys],
            blocks=[
                BlockOut(worker_ref=b64url(ref), reason=reason)
                for ref, reason in changes.blocks.items()
            ],
            cards=[
                GateCardOut(digest=b64url(digest), worker_ref=b64url(ref))
                for digest, ref in changes.cards.items()
            ],
            tombstones=TombstonesOut(
                blocks=[b64url(ref) for ref in changes.unblocked],
                cards=[b64url(digest) for digest in changes.ended_cards],
            ),
            cursor=page.cursor,
            more=page.has_more,
            roll_token=page.roll_token,
        )


class ScanIn(VerifyIn):
    """One scan as the gate kept it."""

    code: str = Field(
        description="What the reader read; a card may be named by `AX2-SHA256:` and its digest.",
        examples=["AX2-SHA256:ZBEZABTLXO4R3PJXF7LZTR23WYDPPFYPEPCV5F5MW3DVLYT2RUKA"],
    )
    scanned_at: Instant = Field(description="By the gate's estimate of our time, at the scan.")
    clock_bound_ms: Annotated[int, Interval(ge=0, le=INT32_MAX)] | None = Field(
        default=None,
        description="± error of `scanned_at`; null: no contact since the gate's computer started.",
    )
    admitted: bool = Field(description="Whether the gate opened.")
    reason: str = Field(max_length=LONGEST_WORD, description="The gate's own, in its own words.")
    decided_offline: bool = True
    sequence: Annotated[int, Interval(ge=0, le=INT53_MAX)] | None = None
    boot_id: str | None = Field(default=None, max_length=LONGEST_WORD)
    uptime_ms: Annotated[int, Interval(ge=0, le=INT53_MAX)] | None = Field(
        default=None, description="Of the gate's computer, at the scan."
    )
    looked: bool = Field(
        default=False, description="A guard compared the card's photo with the face: they match."
    )

    def to_report(self) -> ScanReport:
        """Return the scan in the words of the rules."""
        return ScanReport(**self.model_dump())


Uploaded = Annotated[
    ScanIn | Any,
    Field(union_mode="left_to_right", description="Anything else is kept and answered `rejected`."),
]
Upload = Annotated[list[Uploaded], Field(min_length=1, max_length=MOST_SCANS)]


def read_upload(upload: Upload) -> list[ScanReport | UnreadReport]:
    """Return what was uploaded, scans and others, in order."""
    return [
        uploaded.to_report() if isinstance(uploaded, ScanIn) else _keep(uploaded)
        for uploaded in upload
    ]


def _keep(uploaded: object) -> UnreadReport:
    nonce = uploaded.get("nonce") if isinstance(uploaded, dict) else None
    is_short = isinstance(nonce, str) and len(nonce) <= LONGEST_WORD and nonce.isprintable()
    return UnreadReport(json.dumps(uploaded), nonce if is_short else None)


class ScanResultOut(BaseModel):
    """What became of one uploaded scan."""

    nonce: str | None = Field(description="As sent; null when there was none that can be repeated.")
    status: ScanStatus
    check_in_id: UUID | None
    admitted: bool | None = Field(description="What the gate did, as first reported.")
    valid: bool | None = Field(description="Whether it counts.")
    reason: ScanReason | None

    @classmethod
    def of(cls, outcome: ScanOutcome) -> Self:
        """Return the wire shape of an outcome."""
        check_in = outcome.check_in
        return cls(
            nonce=outcome.nonce,
            status=outcome.status,
            check_in_id=check_in and check_in.id,
            admitted=check_in and check_in.admitted,
            valid=check_in and check_in.valid,
            reason=check_in and check_in.reason,
        )


class UploadOut(BaseModel):
    """One result for each scan, in the same order; they are recorded when this is sent."""

    server_time: datetime
    results: list[ScanResultOut]

    @classmethod
    def of(cls, outcomes: list[ScanOutcome], *, at: datetime) -> Self:
        """Return the wire shape of an upload's outcomes."""
        return cls(server_time=at, results=[ScanResultOut.of(outcome) for outcome in outcomes])


class LookIn(BaseModel):
    """A card's photo that was compared with the face."""

    nonce: Nonce


class LookOut(BaseModel):
    """The crossing is of grade B from now on."""

    check_in_id: UUID
    looked_at: datetime

    @classmethod
    def of(cls, look: CheckInLook) -> Self:
        """Return the wire shape of a look."""
        return cls(check_in_id=look.check_in_id, looked_at=look.created_at)


class AnnulIn(BaseModel):
    """A crossing that did not happen."""

    nonce: Nonce
    reason: AnnulmentReason = Field(
        default=AnnulmentReason.NOT_OPENED,
        description="Why; `not_the_holder` gives the labour manager something to look at.",
    )


class AnnulmentOut(BaseModel):
    """The crossing stays on record and counts for nothing."""

    check_in_id: UUID
    annulled_at: datetime

    @classmethod
    def of(cls, annulment: CheckInAnnulment) -> Self:
        """Return the wire shape of an annulment."""
        return cls(check_in_id=annulment.check_in_id, annulled_at=annulment.created_at)

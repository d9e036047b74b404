r"""The wire shapes between a gate and the server, as `/v1/gate/*` speaks them.

JSON over HTTP, UTF-8. Bytes are base64url without padding, instants RFC 3339 with offset and
milliseconds. Every call but pairing carries ``Authorization: Bearer <device token>`` and these
heartbeat headers, by which the server follows the gate's clock and backlog:

    Gate-Time: 2026-11-23T06:30:00.125+08:00   the gate's corrected time when it sent the call
    Gate-Boot-Id: 3f0e…                        new at every start of the computer
    Gate-Uptime-Ms: 81234567                   since that start; with a scan's own `uptime_ms` the
                                               server dates scans made under an unsure clock
    Gate-Waiting: 12 / Gate-Quarantined: 0     scans not yet taken / refused by the server
    Gate-Offline-Until: 2026-11-30             last day this gate has keys for
    Gate-Power: mains / battery 80             what the computer runs on, and percent left

The server's time, to the millisecond, stands in a sync answer's `server_time`, and with a 304 in
the header ``Server-Time``, written alike. `Date` sets no clock: servers give out an old one.

**POST /v1/devices/pair** ``{"pairing_code": "04715520"}``, typed, or read as ``AXP04715520``
→ 200/201 ``{"token": "…", …}``; further members are kept for `python -m gate status`.

**GET /v1/gate/sync?cursor=…** with ``If-None-Match: <etag>`` (both absent the first time)
→ 304 when nothing changed since that answer, day keys included, or 200 with an `ETag` header:

    {"server_time": "2026-11-23T06:30:00.125+08:00",
     "project_id": "0198f0c2-…",
     "full": false,                    true: forget older blocks and cards first
     "day_keys": [{"day": "2026-11-23", "suite": 1, "key": "<32 bytes>"}, …],
                                       always all of them: yesterday (its codes are fresh just
                                       after midnight), today and 7 more; suite 1 or 17 (AX1
                                       version byte); two of one day and suite while keys rotate
     "blocks": [{"worker_ref": "<6 bytes>", "reason": "left_project"}],     added since cursor
     "cards": [{"digest": "<SHA-256 of a printed card's 14 secret bytes>",
                "worker_ref": "<6 bytes>"}],                                added since cursor
     "tombstones": {"blocks": ["<6 bytes>"], "cards": ["<digest>"]},        gone since cursor
     "cursor": "opaque",               send it back next time
     "more": false,                    true: ask again at once
     "roll_token": false}              true: exchange the token, see below

**POST /v1/devices/token** → 200 ``{"token": "…", …}``: the token to show from now on. The one
before works until the first call with the new one, so that is kept durably first; asking again is
harmless.

**POST /v1/gate/verify** `{code, direction, nonce, scanned_at}`
→ 200, the check-in being durable; the same nonce again gets the first answer again:

    {"decision": "admitted" | "refused", "reason": "ok", "say": "请进，注意安全",
     "tone": "welcome" | "notice" | "refuse", "check_in_id": "0198f0c2-…",
     "worker": {"masked_name": "王*明", "team": "钢筋一班", "trade": "钢筋工"} | null}

**POST /v1/gate/scans** an array of 1–1000, oldest first:

    {"code": "…", "direction": "in", "nonce": "32 hex digits", "scanned_at": "…+08:00",
     "clock_bound_ms": 120 | null,     ± error of scanned_at; null: no contact since boot
     "admitted": true, "reason": "ok", "decided_offline": true,
     "sequence": 4711, "boot_id": "3f0e…", "uptime_ms": 81234567,
     "looked": false}                  true: a guard found the face of a card's holder to match

→ 200 ``{"server_time": …, "results": [{"nonce": "…", "status": "recorded", …}, …]}``, one per
scan in the same order. `recorded`, `duplicate` (this nonce is known and says the same) and
`conflict` (known and says otherwise: the server keeps both and somebody looks) mean that the
server has it; `rejected` that it never will: the gate puts it aside and keeps it.
A scan is one that `verify` may have seen too: the answer was lost, the nonce is the same.
`code` is what `gate.keeping` left of the scanned text: a live code as it was, of a card
`AX2-SHA256:` and its digest, of anything else what is neither long nor personal.

**POST /v1/gate/annul** `{nonce, reason}` → 2xx: admitted online, but the turnstile did not open
(`not_opened`), or a guard saw somebody who had another's card (`not_the_holder`).
4xx: too late for that; the scan is then uploaded as it was, and the server keeps both.

**POST /v1/gate/looks** `{nonce}` → 2xx: the server has the scan of a card, and a guard has found
the face to match. 4xx: too late for that; the crossing counts for less.

`code` is at most 256 characters of printable ASCII; other bytes arrive as ``\x1b``.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from core.clock import SHANGHAI
from core.enums import Direction, Tone

BATCH_SIZE = 1000
LONGEST_CODE = 256
TIME_RESOLUTION = 0.001
"""How finely the server tells its time, in seconds."""


class WireError(Exception):
    """An answer is not in the agreed shape: another program, or a captive portal, answered."""


@dataclass(frozen=True, slots=True)
class Worker:
    """What a gate may show of a person."""

    masked_name: str
    team: str
    trade: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The server's decision about one scan."""

    admitted: bool
    reason: str
    say: str
    tone: Tone
    worker: Worker | None
    check_in_id: str | None


@dataclass(frozen=True, slots=True)
class DayKey:
    """A project's key for one Shanghai day and suite."""

    day: date
    suite: int
    key: bytes


@dataclass(frozen=True, slots=True)
class SyncPage:
    """One answer of `GET /v1/gate/sync`."""

    server_time: datetime
    project_id: UUID
    is_full: bool
    day_keys: tuple[DayKey, ...]
    blocks: Mapping[bytes, str]
    cards: Mapping[bytes, bytes]
    """Digest of a good printed card → worker_ref of its holder."""
    unblocked: frozenset[bytes]
    ended_cards: frozenset[bytes]
    cursor: str
    has_more: bool
    roll_token: bool = False
    """The server wants another token to be shown."""


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What became of one uploaded scan."""

    nonce: str
    is_taken: bool
    answer: str
    """As received, kept with the scan."""


DECISIONS = {"admitted": True, "refused": False}
TAKEN = frozenset({"recorded", "duplicate", "conflict"})


def format_instant(at: datetime) -> str:
    """Return RFC 3339 in Shanghai time with milliseconds."""
    return at.astimezone(SHANGHAI).isoformat(timespec="milliseconds")


def to_text(raw: bytes) -> str:
    """Return base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def to_bytes(text: str) -> bytes:
    """Read base64url without padding; WireError if it is not."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise WireError(f"not base64url: {error}") from error


def verify_request(
    *, code: str, direction: Direction, nonce: str, scanned_at: str
) -> dict[str, object]:
    """Return the body of `POST /v1/gate/verify`."""
    return {"code": code, "direction": direction, "nonce": nonce, "scanned_at": scanned_at}


def parse_answer(body: object) -> Answer:
    """Read the answer of `POST /v1/gate/verify`."""
    with _Reading("verify answer"):
        fields = _object(body)
        admitted = DECISIONS[fields["decision"]]
        return Answer(
            admitted=admitted,
            reason=str(fields["reason"]),
            say=str(fields["say"]),
            tone=_tone(fields.get("tone"), admitted=admitted),
            worker=_worker(fields.get("worker")),
            check_in_id=None if fields.get("check_in_id") is None else str(fields["check_in_id"]),
        )


def parse_sync(body: object) -> SyncPage:
    """Read one answer of `GET /v1/gate/sync`."""
    with _Reading("sync answer"):
        fields = _object(body)
        gone = fields.get("tombstones") or {}
        return SyncPage(
            server_time=parse_instant(fields["server_time"]),
            project_id=UUID(fields["project_id"]),
            is_full=bool(fields["full"]),
            day_keys=tuple(_day_key(entry) for entry in fields["day_keys"]),
            blocks={
                to_bytes(entry["worker_ref"]): str(entry["reason"]) for entry in fields["blocks"]
            },
            cards={
                to_bytes(entry["digest"]): to_bytes(entry["worker_ref"])
                for entry in fields["cards"]
            },
            unblocked=frozenset(to_bytes(ref) for ref in gone.get("blocks", ())),
            ended_cards=frozenset(to_bytes(card) for card in gone.get("cards", ())),
            cursor=str(fields["cursor"]),
            has_more=bool(fields["more"]),
            roll_token=bool(fields.get("roll_token")),
        )


def parse_results(body: object) -> list[ScanResult]:
    """Read the answer of `POST /v1/gate/scans`."""
    with _Reading("scans answer"):
        return [
            ScanResult(
                nonce=str(result["nonce"]),
                is_taken=result["status"] in TAKEN,
                answer=json.dumps(result, ensure_ascii=False),
            )
            for result in _object(body)["results"]
        ]


def parse_pairing(body: object) -> dict[str, Any]:
    """Read the answer of `POST /v1/devices/pair`; it certainly has a token."""
    with _Reading("pairing answer"):
        fields = _object(body)
        if not isinstance(fields["token"], str) or not fields["token"]:
            raise WireError("no token")
        return fields


def parse_instant(text: object) -> datetime:
    """Read RFC 3339; WireError if it is not, or names no offset."""
    with _Reading("instant"):
        at = datetime.fromisoformat(str(text))
        if at.tzinfo is None:
            raise WireError(f"no offset: {text}")
        return at


class _Reading:
    """Whatever goes wrong while reading an answer means the answer has the wrong shape."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, KeyError | TypeError | ValueError | AttributeError):
            raise WireError(f"{self._what}: {error!r}") from error


def _object(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise WireError("not an object")
    return body


def _tone(name: object, *, admitted: bool) -> Tone:
    # A later server may have more tones than this gate has colours.
    try:
        return Tone(str(name))
    except ValueError:
        return Tone.NOTICE if admitted else Tone.REFUSE


def _worker(fields: object) -> Worker | None:
    if fields is None:
        return None
    known = _object(fields)
    return Worker(*(str(known.get(name) or "") for name in ("masked_name", "team", "trade")))


def _day_key(entry: Any) -> DayKey:
    return DayKey(date.fromisoformat(entry["day"]), int(entry["suite"]), to_bytes(entry["key"]))

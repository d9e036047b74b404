"""Plays the server's side of `gate/wire.py`, keeps what it was told, and fails."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from gate.wire import format_instant, to_text
from qr import code as ax1
from tests.gate.wire_server import Fault, Headers, Reply
from tests.gate.world import Project

TOKEN = "device-token"
PAIRING_CODE = "04715520"
MOST_SCANS = 1000
WORKER = {"masked_name": "王*明", "team": "钢筋一班", "trade": "钢筋工"}
POISON = "POISON"
"""A batch with this code in it is refused as a whole."""


@dataclass
class Peer:
    """The server of one project: its lists, and every scan it ever took."""

    project: Project
    now: Callable[[], datetime]
    suites: tuple[ax1.Suite, ...] = (ax1.Suite.SHA256,)
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    wants_roll: bool = False
    pairing_codes: set[str] = field(default_factory=lambda: {PAIRING_CODE})
    changes: list[tuple[str, str, str | None]] = field(default_factory=list)
    """(blocks | cards, key, reason or holder or None for gone), in order."""
    scans: dict[str, dict[str, Any]] = field(default_factory=dict)
    """nonce → the first report of it."""
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    annulled: list[str] = field(default_factory=list)
    annulled_because: list[str] = field(default_factory=list)
    looked_at: list[str] = field(default_factory=list)
    rejected_codes: set[str] = field(default_factory=set)
    forgotten_codes: set[str] = field(default_factory=set)
    """Left out of the results."""
    used: set[tuple[bytes, int]] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    calls: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """(method, path with query, headers in lower case)."""
    is_reachable: bool = True
    page_size: int = 1000

    def block(self, worker_ref: bytes, reason: str | None) -> None:
        """Put a worker on the block list, or (None) take them off."""
        self.changes.append(("blocks", to_text(worker_ref), reason))

    def list_card(self, digest: bytes, worker_ref: bytes | None) -> None:
        """Issue a printed card to somebody, or (None) end it."""
        holder = None if worker_ref is None else to_text(worker_ref)
        self.changes.append(("cards", to_text(digest), holder))

    def paths(self) -> list[str]:
        """What was called, without the query."""
        return [urlsplit(path).path for _, path, _ in self.calls]

    def meet(self, method: str, path: str, headers: Headers) -> Fault | None:
        """Return the fault that is due; None while the line is cut."""
        if not self.is_reachable:
            return None
        self.calls.append((method, path, headers))
        due = [fault for fault in self.faults if path.startswith(fault.path)][:1]
        for fault in due:
            self.faults.remove(fault)
        return due[0] if due else Fault("")

    def answer(self, method: str, path: str, headers: Headers, body: Any) -> Reply:
        """Answer one call as the product would."""
        url = urlsplit(path)
        if (method, url.path) == ("POST", "/v1/devices/pair"):
            return self._pair(body)
        if headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return 401, {"code": "devices.unknown-device", "title": "设备没有配对或已停用"}, {}
        if (method, url.path) == ("POST", "/v1/devices/token"):
            return self._roll()
        if (method, url.path) == ("GET", "/v1/gate/sync"):
            return self._sync(parse_qs(url.query).get("cursor", [""])[0], headers)
        routes: dict[str, Callable[[Any], Reply]] = {
            "/v1/gate/verify": self._verify,
            "/v1/gate/scans": self._take,
            "/v1/gate/annul": self._annul,
            "/v1/gate/looks": self._look,
        }
        return routes[url.path](body)

    def judge(self, text: str) -> str:
        """Judge a code at the server's own time and note its use."""
        try:
            code = ax1.decode(text)
        except ax1.MalformedCodeError:
            return self._judge_card(text)
        day_key = self.project.day_key(ax1.step_day(code.step), code.suite)
        gate_key = ax1.derive_gate_key(day_key, worker_ref=code.worker_ref, suite=code.suite)
        if not ax1.is_gate_tag_good(code, gate_key):
            return "bad_gate_tag"
        freshness = ax1.judge_freshness(code, self.now())
        if freshness != "ok":
            return freshness
        blocks = {key: reason for kind, key, reason in self.changes if kind == "blocks"}
        if reason := blocks.get(to_text(code.worker_ref)):
            return reason
        if (code.worker_ref, code.step) in self.used:
            return "already_used"
        self.used.add((code.worker_ref, code.step))
        return "ok"

    def _pair(self, body: Any) -> Reply:
        if body["pairing_code"] not in self.pairing_codes:
            problem = {"title": "配对码不对或已失效", "advice": "请让劳资专管员重新生成一个。"}
            return 401, problem, {}
        self.pairing_codes.discard(body["pairing_code"])
        return 201, {"token": TOKEN, "name": "东门 1 号闸机"}, {}

    def _roll(self) -> Reply:
        token = f"{TOKEN}-{len(self.calls)}"
        self.tokens.add(token)
        self.wants_roll = False
        return 200, {"token": token, "name": "东门 1 号闸机"}, {}

    def _sync(self, cursor: str, headers: dict[str, str]) -> Reply:
        days = self.project.days(self.now())
        etag = f'"{self.project.project_id}-{len(self.changes)}-{days[0]}-{self.wants_roll}"'
        if headers.get("if-none-match") == etag:
            return 304, None, {"Server-Time": format_instant(self.now())}
        begin = int(cursor or 0)
        end = min(begin + self.page_size, len(self.changes))
        latest = {(kind, key): reason for kind, key, reason in self.changes[begin:end]}
        page = {
            "server_time": format_instant(self.now()),
            "project_id": str(self.project.project_id),
            "full": not cursor,
            "day_keys": [
                {"day": f"{day}", "suite": suite, "key": to_text(self.project.day_key(day, suite))}
                for day in days
                for suite in self.suites
            ],
            "blocks": [
                {"worker_ref": key, "reason": reason}
                for (kind, key), reason in latest.items()
                if kind == "blocks" and reason
            ],
            "cards": [
                {"digest": key, "worker_ref": holder}
                for (kind, key), holder in latest.items()
                if kind == "cards" and holder
            ],
            "tombstones": {
                name: [key for (kind, key), reason in latest.items() if kind == name and not reason]
                for name in ("blocks", "cards")
            },
            "cursor": str(end),
            "more": end < len(self.changes),
            "roll_token": self.wants_roll,
        }
        return 200, page, {"ETag": etag}

    def _verify(self, body: dict[str, Any]) -> Reply:
        if body["nonce"] not in self.scans:
            reason = self.judge(body["code"])
            self.scans[body["nonce"]] = {**body, "admitted": reason == "ok", "reason": reason}
        reason = self.scans[body["nonce"]]["reason"]
        is_admitted = reason == "ok"
        answer = {
            "decision": "admitted" if is_admitted else "refused",
            "reason": reason,
            "say": "请进，注意安全" if is_admitted else "请找劳资专管员",
            "tone": "welcome" if is_admitted else "refuse",
            "worker": WORKER if is_admitted else None,
            "check_in_id": f"check-in-{len(self.scans)}",
        }
        return 200, answer, {}

    def _take(self, body: list[dict[str, Any]]) -> Reply:
        if not 1 <= len(body) <= MOST_SCANS:
            return 413, None, {}
        if any(scan["code"] == POISON for scan in body):
            return 422, {"code": "malformed"}, {}
        results = [
            {"nonce": scan["nonce"], "status": self._note(scan), "check_in_id": None}
            for scan in body
            if scan["code"] not in self.forgotten_codes
        ]
        return 200, {"server_time": format_instant(self.now()), "results": results}, {}

    def _note(self, scan: dict[str, Any]) -> str:
        known = self.scans.get(scan["nonce"])
        if scan["code"] in self.rejected_codes:
            return "rejected"
        if known is None:
            self.scans[scan["nonce"]] = scan
            return "recorded"
        if all(known[name] == scan[name] for name in ("code", "scanned_at", "admitted")):
            return "duplicate"
        self.conflicts.append(scan)
        return "conflict"

    def _look(self, body: dict[str, Any]) -> Reply:
        if body["nonce"] not in self.scans:
            return 404, {"code": "gate.scan-not-found"}, {}
        self.looked_at.append(body["nonce"])
        return 200, {}, {}

    def _judge_card(self, text: str) -> str:
        try:
            digest = to_text(ax1.card_digest(ax1.decode_card(text)))
        except ax1.MalformedCodeError:
            return "malformed_code"
        latest = {key: holder for kind, key, holder in self.changes if kind == "cards"}
        return "ok" if latest.get(digest) else "revoked_card"

    def _annul(self, body: dict[str, Any]) -> Reply:
        if body["nonce"] not in self.scans:
            return 404, {"code": "gate.scan-not-found"}, {}
        self.annulled.append(body["nonce"])
        self.annulled_because.append(body["reason"])
        return 200, {}, {}

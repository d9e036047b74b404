"""Plays Aliyun's Dysmsapi on the wire: checks signatures, keeps details, words reports."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime

from core.clock import SHANGHAI
from tests.notifications.peers.wire import Answer, Peer, Request

KEY_ID, KEY_SECRET = "LTAIinvented", "invented-secret"


def refusal(code: str, status: int = 200) -> Answer:
    """Return an error as Aliyun words it; most come with status 200."""
    return Answer(status, json.dumps({"Code": code, "Message": "no", "RequestId": "R"}))


@dataclass
class AliyunPeer(Peer):
    """Takes approved texts of one key."""

    approved: set[str] = field(default_factory=lambda: {"SMS_1"})
    details: list[dict[str, str]] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)

    def take(self, request: Request) -> Answer:
        """Send a text or list details."""
        if not _is_signed(request):
            return refusal("SignatureDoesNotMatch", 400)
        nonce = request.headers["x-acs-signature-nonce"]
        if nonce in self.nonces:
            return refusal("SignatureNonceUsed", 400)
        self.nonces.add(nonce)
        fields = request.parameters
        if request.headers["x-acs-action"] == "QuerySendDetails":
            return self._list(fields)
        if fields["TemplateCode"] not in self.approved:
            return refusal("isv.SMS_TEMPLATE_ILLEGAL")
        if not fields["PhoneNumbers"].isdigit():
            return refusal("isv.MOBILE_NUMBER_ILLEGAL")
        json.loads(fields["TemplateParam"])
        number = len(self.details)
        self.details.append(
            {
                "PhoneNum": fields["PhoneNumbers"],
                "OutId": fields["OutId"],
                "SendDate": f"{datetime.now(SHANGHAI):%Y%m%d}",
                "SendStatus": "1",
            }
        )
        return Answer(200, json.dumps({"Code": "OK", "Message": "OK", "BizId": f"9000^{number}"}))

    def _list(self, fields: dict[str, str]) -> Answer:
        found = [
            detail
            for detail in self.details
            if (detail["PhoneNum"], detail["SendDate"])
            == (fields["PhoneNumber"], fields["SendDate"])
        ]
        body = {"Code": "OK", "TotalCount": len(found)}
        return Answer(200, json.dumps({**body, "SmsSendDetailDTOs": {"SmsSendDetailDTO": found}}))


def report(out_id: str, biz_id: str, *, error: str | None = None) -> dict[str, object]:
    """Return one element of a pushed SmsReport."""
    return {
        "phone_number": "19100000001",
        "send_time": "2026-11-02 11:00:00",
        "report_time": "2026-11-02 11:00:05",
        "success": error is None,
        "err_code": error or "DELIVERED",
        "err_msg": "",
        "sms_size": "1",
        "biz_id": biz_id,
        "out_id": out_id,
    }


def reply(text: str, *, phone: str = "19100000001") -> dict[str, object]:
    """Return one element of a pushed SmsUp."""
    return {
        "phone_number": phone,
        "send_time": "2026-11-02 11:05:00",
        "content": text,
        "sign_name": "安薪码",
        "dest_code": "1069",
        "sequence_id": 1,
    }


def _is_signed(request: Request) -> bool:
    """Check ACS3-HMAC-SHA256 from what arrived alone."""
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(","))
    names = parts["SignedHeaders"].split(";")
    lines = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
    body_hash = hashlib.sha256(b"").hexdigest()
    canonical = "\n".join(
        (request.method, request.path, request.query, lines, ";".join(names), body_hash)
    )
    to_sign = f"{scheme}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    expected = hmac.new(KEY_SECRET.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    is_sorted = request.query.split("&") == sorted(request.query.split("&"))
    return is_sorted and parts == {
        "Credential": KEY_ID,
        "SignedHeaders": ";".join(sorted(names)),
        "Signature": expected,
    }

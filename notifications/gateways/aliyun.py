"""The Aliyun gateway (Dysmsapi 2017-05-25) over signed HTTP.

The official SDK brings an asynchronous HTTP stack and a runtime of its own for two calls, so the
published signature ACS3-HMAC-SHA256 is made here. Aliyun sends approved texts only, and returns
our own id (OutId) with every detail and report.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

from requests import RequestException, Session

from core.clock import local_date, now
from core.settings import AliyunSettings
from notifications.gateways.base import (
    GatewayError,
    Sms,
    TemporaryGatewayError,
    UnknownOutcomeError,
)
from notifications.gateways.faults import judge_code, judge_transport

HOST = "dysmsapi.aliyuncs.com"
VERSION = "2017-05-25"
ALGORITHM = "ACS3-HMAC-SHA256"
COUNTRY_PREFIX = "+86"
LOOK_UP_LIMIT = "50"
"""The largest page; no number is sent more than 50 notices a day."""
LOOK_UP_DAYS = 4
"""No message is worth sending for longer."""


class AliyunGateway:
    """Sends approved texts through Aliyun under the installation's signature."""

    name = "aliyun"
    needs_approval = True

    def __init__(
        self,
        settings: AliyunSettings,
        *,
        timeout_seconds: float,
        session: Session | None = None,
    ) -> None:
        self._settings = settings
        self._timeout = timeout_seconds
        self._session = session or Session()

    def send(self, sms: Sms) -> str:
        """Send the approved text and return Aliyun's BizId."""
        if sms.provider_template is None:
            raise TemporaryGatewayError("aliyun text_not_approved", is_gateway_out=True)
        answer = self._call(
            "SendSms",
            {
                "PhoneNumbers": sms.phone.removeprefix(COUNTRY_PREFIX),
                "SignName": self._settings.sign_name,
                "TemplateCode": sms.provider_template,
                "TemplateParam": json.dumps(dict(sms.parameters or {}), ensure_ascii=False),
                "OutId": sms.reference,
            },
        )
        if not answer.get("BizId"):
            raise UnknownOutcomeError("answer_without_bizid")
        return str(answer["BizId"])

    def find(self, sms: Sms) -> list[str]:
        """Return our own id as reference if Aliyun has a message that bears it.

        Details are kept by the day (Shanghai) a message was sent on; they name no BizId.
        """
        day, today = local_date(sms.created_at), local_date(now())
        days = [day + timedelta(days=later) for later in range(LOOK_UP_DAYS)]
        try:
            is_there = any(self._has_detail(sms, day) for day in days if day <= today)
        except GatewayError as error:
            raise UnknownOutcomeError(error.reason) from error
        return [f"out:{sms.reference}"] if is_there else []

    def _has_detail(self, sms: Sms, day: date) -> bool:
        answer = self._call(
            "QuerySendDetails",
            {
                "PhoneNumber": sms.phone.removeprefix(COUNTRY_PREFIX),
                "SendDate": f"{day:%Y%m%d}",
                "PageSize": LOOK_UP_LIMIT,
                "CurrentPage": "1",
            },
        )
        try:
            details = answer["SmsSendDetailDTOs"]["SmsSendDetailDTO"]
            return any(detail.get("OutId") == sms.reference for detail in details)
        except (KeyError, TypeError, AttributeError) as error:
            raise UnknownOutcomeError("odd_details") from error

    def _call(self, action: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        query = encode_query(parameters)
        common = describe_call(action, host=HOST, version=VERSION, at=now(), nonce=uuid4().hex)
        headers = sign(self._settings, common, query)
        try:
            response = self._session.post(
                f"https://{HOST}/?{query}", headers=headers, timeout=self._timeout
            )
            answer = response.json()
        except (RequestException, ValueError) as error:
            raise judge_transport(error) from error
        return _check_answer(response.status_code, answer)


def _check_answer(status: int, answer: Any) -> dict[str, Any]:
    code = answer.get("Code") if isinstance(answer, dict) else None
    if code == "OK":
        return dict(answer)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or code is None:
        raise UnknownOutcomeError(f"aliyun-{code or status}")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise TemporaryGatewayError(f"aliyun-{code}")
    raise judge_code(AliyunGateway.name, str(code))


def encode_query(parameters: Mapping[str, str]) -> str:
    """Return the canonical query: sorted, RFC 3986 (a blank is ``%20``, never ``+``)."""
    return urlencode(sorted(parameters.items()), quote_via=quote, safe="-_.~")


def describe_call(
    action: str, *, host: str, version: str, at: datetime, nonce: str
) -> dict[str, str]:
    """Return the headers that are signed, for a POST without a body; `at` is in UTC."""
    return {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }


def sign(settings: AliyunSettings, headers: Mapping[str, str], query: str) -> dict[str, str]:
    """Return the headers with the authorization that ACS3-HMAC-SHA256 makes of them."""
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n{query}\n{lines}\n{names}\n{headers['x-acs-content-sha256']}"
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    secret = settings.access_key_secret.get_secret_value().encode()
    signature = hmac.new(secret, to_sign.encode(), hashlib.sha256).hexdigest()
    credential = f"Credential={settings.access_key_id}"
    authorization = f"{ALGORITHM} {credential},SignedHeaders={names},Signature={signature}"
    return {**headers, "Authorization": authorization}

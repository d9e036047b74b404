"""The people of the walkthrough as HTTP clients, and the transcript they leave."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx

CODE = re.compile(r"验证码(\d{6})")
SMS_SECONDS = 20
POLL_SECONDS = 0.1
Found = TypeVar("Found")


class DeviationError(Exception):
    """The product answered something else than the main job demands."""


class Transcript:
    """Prints who does what and what the product answers, numbered."""

    def __init__(self) -> None:
        self.steps = 0

    def step(self, who: str, what: str) -> None:
        """Begin a step."""
        self.steps += 1
        print(f"\n{self.steps:>2}. 【{who}】{what}", flush=True)

    def answer(self, text: str) -> None:
        """Show what came back."""
        print(f"    → {text}", flush=True)


def expect(condition: object, complaint: str) -> None:
    """Raise DeviationError with the complaint unless the condition holds."""
    if not condition:
        raise DeviationError(complaint)


class Inbox:
    """The text messages of one phone, as the console gateway delivered them."""

    def __init__(self, file: Path, phone: str) -> None:
        self._file = file
        self._phone = phone

    def messages(self) -> list[str]:
        """Return every message so far, oldest first."""
        if not self._file.exists():
            return []
        lines = self._file.read_text(encoding="utf-8").splitlines()
        records = [json.loads(line) for line in lines]
        return [record["body"] for record in records if record["phone"] == self._phone]

    def wait_for(self, word: str, *, after: int = 0) -> str:
        """Return the first message with the word among those after the first `after`."""
        return wait_until(
            lambda: next((body for body in self.messages()[after:] if word in body), None),
            f"{self._phone} 没有收到含“{word}”的短信",
        )


def wait_until(look: Callable[[], Found | None], complaint: str) -> Found:
    """Return what `look` finds within 20 seconds; DeviationError otherwise."""
    deadline = time.monotonic() + SMS_SECONDS
    while time.monotonic() < deadline:
        if (found := look()) is not None:
            return found
        time.sleep(POLL_SECONDS)
    raise DeviationError(complaint)


def find_code(text: str) -> str:
    """Return the six digits of a message; DeviationError when it has none."""
    found = CODE.search(text)
    if found is None:
        raise DeviationError(f"短信里没有六位验证码：{text}")
    return found.group(1)


class Actor:
    """One signed-in person or paired device."""

    def __init__(self, base_url: str, name: str) -> None:
        self.name = name
        self.http = httpx.Client(base_url=base_url, timeout=30)

    def get(self, path: str, **params: str) -> Any:
        """Return the JSON of a GET that must succeed."""
        return self._answer(self.http.get(path, params=params), 200)

    def get_bytes(self, path: str) -> bytes:
        """Return the body of a GET that must succeed."""
        response = self.http.get(path)
        self._answer(response, 200)
        return response.content

    def post(self, path: str, body: object = None, *, status: int = 200) -> Any:
        """Return the JSON of a POST that must give `status`."""
        headers = {"Idempotency-Key": str(uuid4())}
        return self._answer(self.http.post(path, json=body, headers=headers), status)

    def refused(self, path: str, code: str) -> None:
        """Make a GET that must be refused with this code."""
        got = self.http.get(path).json().get("code")
        expect(got == code, f"{self.name} {path} 应被拒绝（{code}），却是 {got}")

    def upload(self, path: str, name: str, content: bytes, *, status: int = 200) -> Any:
        """Return the JSON of a file upload that must give `status`."""
        return self._answer(self.http.post(path, files={"file": (name, content)}), status)

    def sign_in(self, phone: str, sms_file: Path, **choice: str) -> None:
        """Ask for a code, read it from the text message, and keep the access token."""
        inbox = Inbox(sms_file, f"+86{phone}")
        seen = len(inbox.messages())
        self.post("/v1/auth/codes", {"phone": phone}, status=202)
        code = find_code(inbox.wait_for("验证码", after=seen))
        grant = {"grant_type": "sms_code", "phone": phone, "code": code}
        tokens = self.post("/v1/auth/tokens", grant | choice)
        self.bear(tokens["access_token"])

    def bear(self, token: str) -> None:
        """Send the token with every further call."""
        self.http.headers["Authorization"] = f"Bearer {token}"

    def _answer(self, response: httpx.Response, status: int) -> Any:
        where = f"{response.request.method} {response.request.url.path}"
        got = response.status_code
        expect(got == status, f"{self.name} {where} 应答 {got}：{response.text[:300]}")
        is_json = response.headers.get("content-type", "").endswith("json")
        return response.json() if is_json else None

"""A browser for the phone page: reads pages, sends forms, finds the texted code."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session, col, select

from db.models import Notification

OWN = {"Origin": "http://testserver"}


class Page(HTMLParser):
    """The visible words of a page, its links, and how its forms would be sent."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.chosen: set[str] = set()
        """The words of the selected options."""
        self._is_chosen = False
        self.hidden: dict[str, str] = {}
        self.typed: dict[str, list[str]] = {}
        """What stands in the inputs, by name, in the order of the page."""
        self.inline_code: list[str] = []
        self.feed(response.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a":
            self.links.append(found.get("href") or "")
        if tag == "input" and found.get("name"):
            self.typed.setdefault(found["name"] or "", []).append(found.get("value") or "")
        if tag == "option":
            self._is_chosen = "selected" in found
        if found.get("type") == "hidden":
            self.hidden[found["name"] or ""] = found["value"] or ""
        if "style" in found or any(name.startswith("on") for name in found):
            self.inline_code.append(tag)
        if (tag == "script" and "src" not in found) or tag == "style":
            self.inline_code.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())
        if self._is_chosen:
            self.chosen.add(data.partition("（")[0].strip())
            self._is_chosen = False

    @property
    def text(self) -> str:
        return " ".join(word for word in self.words if word)


def texted_code(session: Session) -> str:
    message = session.exec(
        select(Notification)
        .where(Notification.template == "sign_in_code")
        .order_by(col(Notification.id).desc())
    ).first()
    assert message is not None
    found = re.search(r"验证码(\d{6})", message.body)
    assert found is not None
    return found[1]


def post(client: TestClient, path: str, **fields: str) -> Response:
    return client.post(path, data=fields, headers=OWN, follow_redirects=False)


def send_files(
    client: TestClient, path: str, files: Sequence[tuple[str, bytes]], **fields: str
) -> Response:
    """Send a form with files as browsers do; a file without a name stands for nothing chosen."""
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'Content-Disposition: form-data; name="files"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n".encode()
        + content
        for name, content in files
    ]
    body = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    headers = {**OWN, "Content-Type": "multipart/form-data; boundary=edge"}
    return client.post(path, content=body, headers=headers, follow_redirects=False)


def sign_in(client: TestClient, session: Session, phone: str | None) -> Response:
    assert phone is not None
    post(client, "/sign-in/code", phone=phone)
    return post(client, "/sign-in", phone=phone, code=texted_code(session))

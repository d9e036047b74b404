"""The pages of whoever holds number and PIN, when something is refused or loaded again."""

import re

from fastapi.testclient import TestClient
from redis import Redis
from sqlmodel import Session, select

from cases import throttle
from db.models import CaseEvent
from evidence.errors import UnknownAttachmentError
from tests.browser import Page, send_files
from tests.factories.cases import make_complaint


def test_a_refused_file_loses_no_word_and_costs_no_try(
    client: TestClient, session: Session, redis: Redis
) -> None:
    filed = make_complaint(session, phone="+8619100000001")
    found = {"number": filed.number, "pin": filed.pin}

    for _ in range(throttle.LOOKUPS_PER_NUMBER.amount + 1):
        answer = send_files(
            client, "/track/supplement", [("a.jpg", b"no picture")], note="欠条在这里", **found
        )

    shown = Page(answer)
    assert answer.status_code == 422
    assert UnknownAttachmentError.title in shown.text
    assert re.search(r'name="note"[^>]*>欠条在这里</textarea>', answer.text)
    assert shown.hidden.items() >= found.items()
    assert session.exec(select(CaseEvent.action)).all() == [None]


def test_what_was_only_sent_opens_the_question_for_number_and_pin(client: TestClient) -> None:
    answer = client.get("/track/supplement", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/track")

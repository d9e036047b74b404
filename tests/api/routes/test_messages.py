"""The app's messages, and news of them over connections that stay open."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from core.clock import now
from core.enums import Role
from core.keyring import Keyring
from db.base import new_id
from db.models import Notification, Person, SignIn
from db.session import Database
from identity import service as identity
from identity.principal import Principal
from tests.factories.identity import bearer, make_principal, make_worker_person
from tests.live import Api
from tests.notifications.post import tell

MESSAGES = "/v1/me/messages"
EVENTS = f"{MESSAGES}/events"


@pytest.fixture
def person(session: Session) -> Person:
    return make_worker_person(session)


@pytest.fixture
def headers(keyring: Keyring, person: Person) -> dict[str, str]:
    return bearer(keyring, make_principal(person.id))


def test_list_says_what_was_sent_without_the_signature(
    client: TestClient, session: Session, person: Person, headers: dict[str, str]
) -> None:
    tell(session, person)

    (item,) = client.get(MESSAGES, headers=headers).json()["items"]

    assert item["text"].startswith("你2026年10月的工资条出来了")
    assert (item["kind"], item["topic"], item["sms"]) == ("payslip_published", "工资条", "pending")
    assert item["read_at"] is None


def test_pages_follow_each_other(
    client: TestClient, session: Session, person: Person, headers: dict[str, str]
) -> None:
    for key in ("1", "2", "3"):
        tell(session, person, key=key)

    first = client.get(f"{MESSAGES}?limit=2", headers=headers).json()
    second = client.get(f"{MESSAGES}?limit=2&cursor={first['next']}", headers=headers).json()

    assert [len(page["items"]) for page in (first, second)] == [2, 1]
    assert second["next"] is None


def test_reading_one_and_then_all(
    client: TestClient, session: Session, person: Person, headers: dict[str, str]
) -> None:
    for key in ("1", "2", "3"):
        tell(session, person, key=key)
    newest, *_ = client.get(MESSAGES, headers=headers).json()["items"]

    one = client.post(f"{MESSAGES}/{newest['id']}/read", headers=headers)
    after_one = client.get(f"{MESSAGES}/unread", headers=headers).json()
    after_all = client.post(
        f"{MESSAGES}/read", headers=headers, json={"newest_id": newest["id"]}
    ).json()

    assert one.status_code == 204
    assert (after_one, after_all) == ({"unread": 2}, {"unread": 0})


def test_unknown_message_is_not_found(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.post(f"{MESSAGES}/{uuid4()}/read", headers=headers)

    assert answer.status_code == 404
    assert answer.json()["code"] == "notifications.message-not-found"


def test_sign_in_that_is_not_one_hears_the_end_at_once(
    client: TestClient, headers: dict[str, str]
) -> None:
    answer = client.get(EVENTS, headers=headers)

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text == "retry: 5000\n\nevent: end\ndata: {}\n\n"


@pytest.fixture
def signed_in(live_database: Database) -> Principal:
    """Return a worker who has really signed in."""
    with live_database.transaction() as session:
        person = make_worker_person(session)
        principal = make_principal(person.id)
        session.add(
            SignIn(
                family_id=principal.sign_in_family_id,
                person_id=person.id,
                role=Role.WORKER,
                token_hash=new_id().bytes,
                expires_at=now() + timedelta(days=1),
            )
        )
    return principal


@contextmanager
def following(api: Api, headers: dict[str, str]) -> Iterator[Iterator[str]]:
    """Yield the events of an open connection, comments left out."""
    with api.client.stream("GET", EVENTS, headers=headers) as answer:
        assert answer.status_code == 200
        blocks = (line for line in answer.iter_lines() if line.startswith(("event:", "data:")))
        yield blocks


def next_unread(events: Iterator[str]) -> int:
    assert next(events) == "event: unread"
    return int(json.loads(next(events).removeprefix("data: "))["unread"])


def tell_again(database: Database, principal: Principal, key: str) -> None:
    with database.transaction() as session:
        tell(session, session.get_one(Person, principal.person_id), key=key)


def test_news_arrive_while_the_connection_is_open_and_end_with_the_sign_in(
    live_api: Api, live_database: Database, keyring: Keyring, signed_in: Principal
) -> None:
    with following(live_api, bearer(keyring, signed_in)) as events:
        heard = [next_unread(events)]
        tell_again(live_database, signed_in, "1")
        heard.append(next_unread(events))
        with live_database.transaction() as session:
            session.exec(select(Notification)).one().read_at = now()
        heard.append(next_unread(events))
        with live_database.transaction() as session:
            identity.sign_out(session, family_id=signed_in.sign_in_family_id, at=now())

        assert list(events) == ["event: end", "data: {}"]

    assert heard == [0, 1, 0]


def test_fourth_connection_of_a_person_is_refused_until_one_is_given_back(
    live_api: Api, keyring: Keyring, signed_in: Principal
) -> None:
    headers = bearer(keyring, signed_in)
    with ExitStack() as open_ones:
        for _ in range(3):
            next_unread(open_ones.enter_context(following(live_api, headers)))

        refused = live_api.client.get(EVENTS, headers=headers)

    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "60"
    assert _gets_in(live_api.client, headers)


def _gets_in(client: httpx.Client, headers: dict[str, str]) -> bool:
    """Tell whether a place becomes free."""
    for _ in range(200):
        with client.stream("GET", EVENTS, headers=headers) as answer:
            if answer.status_code == 200:
                return True
    return False

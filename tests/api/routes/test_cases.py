"""Complaints and cases over HTTP."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from core.case_enums import Disclosure
from core.enums import Role
from core.keyring import Keyring
from db.base import new_id
from db.models import Person
from tests.factories.cases import add_handlers, make_complaint
from tests.factories.identity import bearer, make_person, make_principal, make_worker_person
from tests.factories.projects import make_project

Headers = dict[str, str]


@pytest.fixture
def person(session: Session) -> Person:
    return make_worker_person(session)


@pytest.fixture
def worker(person: Person, keyring: Keyring) -> Headers:
    return bearer(keyring, make_principal(person.id))


@pytest.fixture
def inspector(session: Session, keyring: Keyring) -> Headers:
    official = make_person(session, name="李监察")
    return bearer(keyring, make_principal(official.id, Role.INSPECTOR, county_code="330106"))


@pytest.fixture
def foreign_inspector(session: Session, keyring: Keyring) -> Headers:
    official = make_person(session, name="周监察")
    return bearer(keyring, make_principal(official.id, Role.INSPECTOR, county_code="330203"))


def test_complaint_travels_from_the_poster_to_a_closed_case(
    client: TestClient, session: Session, inspector: Headers
) -> None:
    project = make_project(session)
    filed = client.post(
        "/v1/complaints",
        json={
            "poster_token": project.poster_token,
            "statement": "没发工资",
            "phone": "19100000001",
        },
    ).json()
    number = filed["number"]

    listed = client.get("/v1/cases?state=received", headers=inspector).json()["items"]
    accepted = client.post(f"/v1/cases/{number}/actions/accept", headers=inspector, json={})
    add_handlers(session, number, make_person(session, name="周监察").id)
    closed = client.post(
        f"/v1/cases/{number}/actions/close",
        headers=inspector,
        json={"note": "工资已付清", "conclusion": "paid", "amount": "5280.00"},
    )
    story = client.post(
        "/v1/complaints/lookup", json={"number": number, "pin": filed["pin"]}
    ).json()

    assert [case["number"] for case in listed] == [number]
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    assert [step["note"] for step in story["steps"]] == ["没发工资", None, "工资已付清"]


def test_case_shows_deadline_and_masked_complainant(
    client: TestClient, session: Session, person: Person, inspector: Headers
) -> None:
    project = make_project(session, name="某安置房工程")
    filed = make_complaint(session, person_id=person.id, project_id=project.id)
    phone = person.phone or ""

    case = client.get(f"/v1/cases/{filed.number}", headers=inspector).json()

    assert case["complainant"] == {
        "person_id": str(person.id),
        "masked_name": "王*明",
        "masked_phone": f"{phone[3:6]}****{phone[-4:]}",
    }
    assert (case["amount"], case["project_name"]) == ("5280.00", "某安置房工程")
    assert case["clocks"][0]["counted"] == [
        "2026-11-03",
        "2026-11-04",
        "2026-11-05",
        "2026-11-06",
        "2026-11-09",
    ]


@pytest.mark.parametrize("disclosure", [Disclosure.SHIELDED, Disclosure.ANONYMOUS])
def test_hidden_complainant_appears_nowhere_in_the_case(
    client: TestClient,
    session: Session,
    person: Person,
    inspector: Headers,
    disclosure: Disclosure,
) -> None:
    filed = make_complaint(session, person_id=person.id, disclosure=disclosure)
    traces = [person.name, str(person.id), "王*明", (person.phone or "")[-4:] + '"']

    listed = client.get("/v1/cases", headers=inspector)
    opened = client.get(f"/v1/cases/{filed.number}", headers=inspector)

    assert opened.json()["complainant"] is None
    assert not [trace for trace in traces if trace in listed.text + opened.text]


def test_case_of_another_county_does_not_exist(
    client: TestClient, session: Session, foreign_inspector: Headers
) -> None:
    number = make_complaint(session).number

    opened = client.get(f"/v1/cases/{number}", headers=foreign_inspector)
    acted = client.post(f"/v1/cases/{number}/actions/accept", headers=foreign_inspector, json={})
    listed = client.get("/v1/cases", headers=foreign_inspector)

    assert (opened.status_code, acted.status_code) == (404, 404)
    assert opened.json()["code"] == acted.json()["code"] == "cases.case-not-found"
    assert listed.json() == {"items": [], "next": None}


def test_cursor_leads_through_all_pages(
    client: TestClient, session: Session, inspector: Headers
) -> None:
    numbers = [make_complaint(session).number for _ in range(3)]

    first = client.get("/v1/cases?limit=2", headers=inspector).json()
    second = client.get(f"/v1/cases?limit=2&cursor={first['next']}", headers=inspector).json()

    seen = [case["number"] for case in first["items"] + second["items"]]
    assert (seen, second["next"]) == (numbers[::-1], None)


def test_step_that_is_not_possible_is_a_conflict_naming_the_possible_ones(
    client: TestClient, session: Session, inspector: Headers
) -> None:
    number = make_complaint(session).number

    answer = client.post(f"/v1/cases/{number}/actions/order_to_pay", headers=inspector, json={})

    assert answer.status_code == 409
    assert answer.json()["allowed"] == [
        "accept",
        "ask_details",
        "refuse",
        "transfer",
        "refer_up",
        "answer_question",
    ]


def test_refusing_without_a_note_is_unprocessable(
    client: TestClient, session: Session, inspector: Headers
) -> None:
    number = make_complaint(session).number

    answer = client.post(f"/v1/cases/{number}/actions/refuse", headers=inspector, json={})

    assert (answer.status_code, answer.json()["code"]) == (422, "cases.note-required")


def test_worker_follows_and_withdraws_the_own_complaint(
    client: TestClient, session: Session, person: Person, worker: Headers
) -> None:
    number = make_complaint(session, person_id=person.id).number

    listed = client.get("/v1/me/complaints", headers=worker).json()
    withdrawn = client.post(
        f"/v1/me/complaints/{number}/actions/withdraw", headers=worker, json={"note": "已拿到钱"}
    )
    story = client.get(f"/v1/me/complaints/{number}", headers=worker).json()

    assert listed["items"][0]["actions"] == ["withdraw", "supplement", "ask_question"]
    assert withdrawn.json()["state"] == "withdrawn"
    assert story["steps"][-1]["note"] == "已拿到钱"


def test_a_field_nobody_knows_is_refused_not_dropped(
    client: TestClient, session: Session, person: Person, worker: Headers
) -> None:
    number = make_complaint(session, person_id=person.id).number

    answer = client.post(
        f"/v1/me/complaints/{number}/actions/supplement",
        headers=worker,
        json={"note": "欠条在这里", "atachments": []},
    )

    assert answer.status_code == 422
    assert "atachments" in str(answer.json()["errors"])


def test_colleagues_complaint_does_not_exist(
    client: TestClient, session: Session, worker: Headers
) -> None:
    number = make_complaint(session, person_id=make_worker_person(session).id).number

    answer = client.get(f"/v1/me/complaints/{number}", headers=worker)

    assert (answer.status_code, answer.json()["code"]) == (404, "cases.complaint-not-found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/cases"),
        ("GET", "/v1/cases/AX26112304271962"),
        ("POST", "/v1/cases/AX26112304271962/actions/accept"),
    ],
)
def test_workers_are_kept_from_the_inspectors_desk(
    client: TestClient, worker: Headers, method: str, path: str
) -> None:
    assert client.request(method, path, headers=worker, json={}).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"statement": "   "},
        {"statement": "x" * 2001},
        {"statement": "没发\x00工资"},
        {"statement": "没发工资", "phone": "12345"},
        {"statement": "没发工资", "poster_token": "'; drop table"},
        {"statement": "没发工资", "disclosure": "secret"},
    ],
)
def test_unfit_complaint_is_unprocessable(client: TestClient, body: dict[str, str]) -> None:
    answer = client.post("/v1/complaints", json={"poster_token": "poster1"} | body)

    assert answer.status_code == 422


def test_unknown_poster_is_not_found(client: TestClient) -> None:
    answer = client.post(
        "/v1/complaints", json={"poster_token": new_id().hex, "statement": "没发工资"}
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "projects.unknown-poster")


def test_wrong_pin_is_answered_like_an_unknown_number(client: TestClient, session: Session) -> None:
    number = make_complaint(session).number

    wrong_pin = client.post("/v1/complaints/lookup", json={"number": number, "pin": "x"})
    unknown = client.post("/v1/complaints/lookup", json={"number": "AX20010100000114", "pin": "x"})

    assert wrong_pin.status_code == unknown.status_code == 404
    assert wrong_pin.json() == unknown.json()

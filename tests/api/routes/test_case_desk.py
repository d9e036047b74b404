"""The desk over HTTP: filing for others, two inspectors, identities, numbers, groups, bureaus."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from core.clock import local_date, now
from core.enums import Role
from core.keyring import Keyring
from identity.principal import Principal
from tests.factories.cases import make_complaint, make_inspector
from tests.factories.identity import bearer, make_person, make_principal, make_worker_person
from tests.factories.projects import make_project

Headers = dict[str, str]


@pytest.fixture
def official(session: Session) -> Principal:
    return make_inspector(session)


@pytest.fixture
def inspector(keyring: Keyring, official: Principal) -> Headers:
    return bearer(keyring, official)


@pytest.fixture
def admin(session: Session, keyring: Keyring) -> Headers:
    return bearer(keyring, make_principal(make_person(session).id, Role.ADMIN))


def test_a_caller_is_written_down_and_known_only_to_those_who_handle_the_case(
    client: TestClient, session: Session, inspector: Headers
) -> None:
    second = make_inspector(session, name="周监察")
    filed = client.post(
        "/v1/cases",
        headers=inspector,
        json={
            "statement": "打电话说没发工资",
            "channel": "phone",
            "county_code": "330106",
            "name": "王某某",
            "phone": "19100000001",
            "months": ["2026-10"],
            "amount": "5280.00",
        },
    ).json()
    path = f"/v1/cases/{filed['number']}"

    early = client.post(f"{path}/unlock", headers=inspector, json={"reason": "核实欠薪金额"})
    client.post(f"{path}/actions/accept", headers=inspector, json={})
    client.post(f"{path}/handlers", headers=inspector, json={"person_id": str(second.person_id)})
    noted = client.post(f"{path}/notes", headers=inspector, json={"text": "先打电话"})
    shown = client.post(f"{path}/unlock", headers=inspector, json={"reason": "核实欠薪金额"})
    looks = client.get(f"{path}/unlocks", headers=inspector).json()["items"]

    assert early.status_code == 403
    assert [one["name"] for one in noted.json()["handlers"]] == ["李监察", "周监察"]
    assert shown.json() == {"name": "王某某", "phone": "+8619100000001"}
    assert [(look["reason"], look["fields"]) for look in looks] == [
        ("核实欠薪金额", ["name", "phone"])
    ]
    assert "王某某" not in noted.text


def test_what_waits_for_the_head_is_named_and_decided(
    client: TestClient, session: Session, keyring: Keyring, inspector: Headers, admin: Headers
) -> None:
    number = make_complaint(session).number
    chief = make_inspector(session, name="陈局长")
    put = client.put(f"/v1/bureaus/330106/heads/{chief.person_id}", headers=admin)
    client.post(f"/v1/cases/{number}/actions/accept", headers=inspector, json={})

    asked = client.post(
        f"/v1/cases/{number}/actions/extend", headers=inspector, json={"note": "要查银行流水"}
    ).json()
    path = f"/v1/cases/{number}/requests/{asked['request_id']}/decision"
    own = client.post(path, headers=inspector, json={"granted": True})
    granted = client.post(path, headers=bearer(keyring, chief), json={"granted": True})

    assert put.status_code == 204
    assert own.status_code == 403
    assert granted.status_code == 200
    file = client.get(f"/v1/cases/{number}", headers=inspector).json()
    assert len(file["clocks"][-1]["counted"]) == 90


def test_a_group_is_listed_opened_and_confirmed(
    client: TestClient, session: Session, inspector: Headers
) -> None:
    project = make_project(session)
    for _ in range(3):
        make_complaint(
            session,
            person_id=make_worker_person(session).id,
            project_id=project.id,
            at=now(),
        )

    (listed,) = client.get("/v1/case-groups", headers=inspector).json()["items"]
    path = f"/v1/case-groups/{listed['id']}"
    confirmed = client.post(f"{path}/confirm", headers=inspector).json()
    board = client.post(
        f"{path}/board", headers=inspector, json={"kind": "on_the_way", "text": "带一人去"}
    ).json()

    assert (listed["people"], confirmed["state"]) == (3, "confirmed")
    assert len(confirmed["members"]) == 3
    assert board["on_the_way"] == ["李监察"]


def test_numbers_of_the_division(client: TestClient, session: Session, inspector: Headers) -> None:
    make_complaint(session, at=now())
    today = f"{local_date(now())}"

    numbers = client.get(
        f"/v1/case-statistics?since={today}&until={today}", headers=inspector
    ).json()

    assert (numbers["received"], numbers["satisfaction"]) == (1, None)


@pytest.mark.parametrize(
    "period", ["since=0001-01-01&until=9999-12-31", "since=2026-11-30&until=2026-11-01"]
)
def test_numbers_of_no_period_are_refused(
    client: TestClient, inspector: Headers, period: str
) -> None:
    assert client.get(f"/v1/case-statistics?{period}", headers=inspector).status_code == 422


@pytest.mark.parametrize(
    "unfit",
    [{"channel": "worker"}, {"channel": "clue"}, {"employer_name": "\u3164"}, {"amount": "0.00"}],
)
def test_an_official_files_only_what_came_by_phone_or_to_the_window(
    client: TestClient, inspector: Headers, unfit: dict[str, str]
) -> None:
    said = {"statement": "没发工资", "county_code": "330106", **unfit}

    assert client.post("/v1/cases", headers=inspector, json=said).status_code == 422


def test_a_silent_bureau_is_shown_until_it_has_a_contact(
    client: TestClient, session: Session, admin: Headers
) -> None:
    number = make_complaint(session).number
    contact = {"name": "值班员", "phone": "19100000001", "is_emergency": True}

    before = client.get("/v1/bureau-alarms", headers=admin).json()["items"]
    client.post("/v1/bureaus/330106/contacts", headers=admin, json=contact)
    after = client.get("/v1/bureaus/330106", headers=admin).json()

    assert [one["case_number"] for one in before] == [number]
    assert (after["is_silent"], after["contacts"][0]["name"]) == (False, "值班员")


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "/v1/bureaus/310000"), ("put", "/v1/bureaus/999999/heads/{person}")],
)
def test_an_unknown_division_has_no_bureau(
    client: TestClient, session: Session, admin: Headers, method: str, path: str
) -> None:
    person = make_person(session)

    answer = client.request(method, path.format(person=person.id), headers=admin)

    assert (answer.status_code, answer.json()["code"]) == (404, "cases.bureau-not-found")


def test_who_came_to_the_window_under_their_name_is_listed_masked(
    client: TestClient, inspector: Headers
) -> None:
    said = {"statement": "没发工资", "county_code": "330106", "name": "王\u202e某某"}
    for disclosure in ("named", "shielded"):
        client.post("/v1/cases", headers=inspector, json=said | {"disclosure": disclosure})

    shielded, named = client.get("/v1/cases", headers=inspector).json()["items"]

    assert named["complainant"]["masked_name"] == "王*某"
    assert shielded["complainant"] is None


def test_declining_takes_a_reason(
    client: TestClient, session: Session, keyring: Keyring, inspector: Headers, admin: Headers
) -> None:
    number = make_complaint(session).number
    chief = make_inspector(session, name="陈局长")
    client.put(f"/v1/bureaus/330106/heads/{chief.person_id}", headers=admin)
    client.post(f"/v1/cases/{number}/actions/accept", headers=inspector, json={})
    asked = client.post(
        f"/v1/cases/{number}/actions/extend", headers=inspector, json={"note": "要查银行流水"}
    ).json()

    declined = client.post(
        f"/v1/cases/{number}/requests/{asked['request_id']}/decision",
        headers=bearer(keyring, chief),
        json={"granted": False},
    )

    assert declined.status_code == 422

"""The last rung of the ladder: who was not reached, the notice sheet, and who told them."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from core.clock import now
from core.enums import NotificationState, Role
from core.keyring import Keyring
from db.models import ToldOtherwise
from notifications.templates import Template
from tests.factories.cases import make_complaint
from tests.factories.identity import bearer, make_person, make_principal
from tests.factories.notifications import make_unreached
from tests.factories.payroll import Site, make_site

S = NotificationState


@pytest.fixture
def inspector(keyring: Keyring, session: Session, site: Site) -> dict[str, str]:
    person = make_person(session, name="某监察")
    return bearer(
        keyring,
        make_principal(person.id, Role.INSPECTOR, county_code=site.project.county_code),
    )


def listed(client: TestClient, site: Site, headers: dict[str, str]) -> list[dict[str, str]]:
    answer = client.get(f"/v1/projects/{site.project.id}/unreached", headers=headers)
    items: list[dict[str, str]] = answer.json()["items"]
    return items


def test_unreached_worker_is_listed_with_the_reason(
    client: TestClient, session: Session, site: Site, manager: dict[str, str]
) -> None:
    make_unreached(session, site)

    (shown,) = listed(client, site, manager)

    assert (shown["topic"], shown["reason"]) == ("工资条改动", "没有手机号")
    assert "*" in shown["masked_name"]
    assert shown["team_name"] == site.team.name
    assert "改过了" not in str(shown)


@pytest.mark.parametrize("template", [Template.COMPLAINT_FILED, Template.CASE_ACCEPTED])
def test_labour_manager_never_learns_who_complained(
    client: TestClient,
    session: Session,
    site: Site,
    manager: dict[str, str],
    template: Template,
) -> None:
    make_unreached(session, site, template=template)

    sheet = client.get(
        f"/v1/projects/{site.project.id}/teams/{site.team.id}/notice-sheet", headers=manager
    )

    assert listed(client, site, manager) == []
    assert "没有要转告的人" in sheet.text


def test_inspector_of_the_county_tells_the_complainant(
    client: TestClient, session: Session, site: Site, inspector: dict[str, str]
) -> None:
    unreached = make_unreached(session, site, template=Template.CASE_ACCEPTED)
    make_unreached(session, site)
    path = "/v1/unreached-complainants"

    (shown,) = client.get(path, headers=inspector).json()["items"]
    told = client.post(f"{path}/{unreached.id}/told", json={"how": "phone_call"}, headers=inspector)

    assert shown["id"] == str(unreached.id)
    assert told.status_code == 201
    assert client.get(path, headers=inspector).json()["items"] == []


@pytest.mark.parametrize(("county_code", "is_theirs"), [("330106", True), ("330102", False)])
def test_complainant_of_no_project_is_on_the_list_of_the_county(
    client: TestClient,
    session: Session,
    inspector: dict[str, str],
    county_code: str,
    *,
    is_theirs: bool,
) -> None:
    phoneless = make_person(session, name="李四")
    make_complaint(session, person_id=phoneless.id, county_code=county_code)

    items = client.get("/v1/unreached-complainants", headers=inspector).json()["items"]

    assert [item["reason"] for item in items] == ["没有手机号"] * is_theirs


@pytest.mark.parametrize(
    ("fate", "is_listed"),
    [
        ((S.FAILED, "twilio", 0), True),
        ((S.SENT, "twilio", 25), True),
        ((S.SENT, "twilio", 23), False),
        ((S.SENT, "console", 25), False),
        ((S.DELIVERED, "twilio", 25), False),
        ((S.PENDING, None, 25), False),
    ],
)
def test_silence_of_a_day_counts_as_not_reached(
    client: TestClient,
    session: Session,
    site: Site,
    manager: dict[str, str],
    *,
    fate: tuple[S, str | None, int],
    is_listed: bool,
) -> None:
    state, gateway, hours = fate
    sent_at = now() - timedelta(hours=hours)
    make_unreached(session, site, state=state, error=None, gateway=gateway, sent_at=sent_at)

    assert bool(listed(client, site, manager)) is is_listed


def test_message_in_a_lost_digest_is_listed_itself(
    client: TestClient, session: Session, site: Site, manager: dict[str, str]
) -> None:
    digest = make_unreached(session, site, template=Template.DIGEST)
    make_unreached(session, site, state=S.MERGED, error=None, digest_id=digest.id)

    (shown,) = listed(client, site, manager)
    assert (shown["topic"], shown["reason"]) == ("工资条改动", "没有手机号")


@pytest.mark.parametrize(
    "said",
    [
        ("aliyun-isv.MOBILE_NUMBER_ILLEGAL malformed_number", "手机号不对"),
        ("twilio-30005 number_not_in_service", "号码已停用"),
        ("twilio-99999 unknown_code", "短信没有送到"),
    ],
)
def test_what_a_gateway_says_is_told_in_everyday_words(
    client: TestClient,
    session: Session,
    site: Site,
    manager: dict[str, str],
    said: tuple[str, str],
) -> None:
    error, reason = said
    make_unreached(session, site, error=error)

    assert [one["reason"] for one in listed(client, site, manager)] == [reason]


def test_nobody_is_told_what_may_still_arrive(
    client: TestClient, session: Session, site: Site, manager: dict[str, str]
) -> None:
    sent = make_unreached(session, site, state=S.SENT, error=None, gateway="twilio", sent_at=now())

    told = client.post(
        f"/v1/projects/{site.project.id}/unreached/{sent.id}/told",
        json={"how": "in_person"},
        headers=manager,
    )

    assert told.json()["code"] == "notifications.not-found"


def test_message_in_a_delivered_digest_is_not_listed(
    client: TestClient, session: Session, site: Site, manager: dict[str, str]
) -> None:
    digest = make_unreached(session, site, template=Template.DIGEST, state=S.DELIVERED)
    make_unreached(session, site, state=S.MERGED, error=None, digest_id=digest.id)

    assert listed(client, site, manager) == []


@pytest.mark.parametrize(
    ("template", "error"),
    [(Template.WAGE_PAID, "opted_out"), (Template.SIGN_IN_CODE, "expired")],
)
def test_what_nobody_has_to_be_told_is_not_listed(
    client: TestClient,
    session: Session,
    site: Site,
    manager: dict[str, str],
    *,
    template: Template,
    error: str,
) -> None:
    make_unreached(session, site, template=template, error=error)

    assert listed(client, site, manager) == []


def test_told_worker_leaves_the_list_and_stays_on_record(
    client: TestClient, session: Session, site: Site, manager: dict[str, str]
) -> None:
    unreached = make_unreached(session, site)
    path = f"/v1/projects/{site.project.id}/unreached/{unreached.id}/told"

    first = client.post(path, json={"how": "in_person", "note": "在食堂说的"}, headers=manager)
    second = client.post(path, json={"how": "in_person"}, headers=manager)

    assert (first.status_code, second.status_code) == (201, 409)
    assert listed(client, site, manager) == []
    told = session.exec(select(ToldOtherwise)).one()
    assert (told.told_by, told.note) == (site.manager.person_id, "在食堂说的")


def test_who_told_whom_cannot_be_changed_later(
    client: TestClient, session: Session, site: Site, manager: dict[str, str]
) -> None:
    unreached = make_unreached(session, site)
    path = f"/v1/projects/{site.project.id}/unreached/{unreached.id}/told"
    client.post(path, json={"how": "in_person"}, headers=manager)

    told = session.exec(select(ToldOtherwise)).one()
    told.note = "别的"
    with pytest.raises(DBAPIError):
        session.flush()


def test_notice_sheet_names_people_and_nothing_else(
    client: TestClient, session: Session, site: Site, manager: dict[str, str]
) -> None:
    make_unreached(session, site)
    make_unreached(session, site, template=Template.WAGE_REJECTED)

    sheet = client.get(
        f"/v1/projects/{site.project.id}/teams/{site.team.id}/notice-sheet", headers=manager
    )

    assert sheet.headers["content-type"].startswith("text/html")
    assert site.team.name in sheet.text
    assert "<td>2</td>" in sheet.text
    for private in ("工资", "投诉", "元", "卡"):
        assert private not in sheet.text


def test_team_of_another_project_has_no_sheet_here(
    client: TestClient, session: Session, site: Site, manager: dict[str, str]
) -> None:
    other = make_site(session)

    answer = client.get(
        f"/v1/projects/{site.project.id}/teams/{other.team.id}/notice-sheet", headers=manager
    )

    assert answer.json()["code"] == "notifications.team-not-found"

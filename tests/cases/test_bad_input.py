"""What people and programs send that they should not, each with its answer."""

import zlib
from io import BytesIO
from struct import pack

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from redis import Redis
from sqlmodel import Session, select

from cases import throttle
from cases.errors import FilingThrottledError
from core.keyring import Keyring
from db.models import Case, Complaint, Project
from identity.principal import Principal
from tests.evidence.test_attachments import pack as zip_of
from tests.factories.identity import bearer
from tests.identity.test_portraits import photograph

PAGE = b"<html><body onload=alert(1)>\xff\xd8\xff</body></html>"


def claim_pixels(width: int, height: int) -> bytes:
    """Return a whole PNG of a few kilobytes whose rows are all black."""
    rows = zlib.compress(bytes((width // 8 + 1) * height), 9)
    chunks = [
        (b"IHDR", pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        (b"IDAT", rows),
        (b"IEND", b""),
    ]
    body = b"".join(
        pack(">I", len(said)) + name + said + pack(">I", zlib.crc32(name + said))
        for name, said in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def upload(client: TestClient, content: bytes, name: str = "x.jpg") -> Response:
    return client.post(
        "/v1/complaint-files",
        files={"file": (name, BytesIO(content), "image/jpeg")},
    )


def complain(client: TestClient, project: Project, **said: object) -> Response:
    body = {"poster_token": project.poster_token, "statement": "十月工资没发", **said}
    return client.post("/v1/complaints", json=body)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (PAGE, "evidence.unknown-attachment"),
        (b"\xff\xd8\xff" + PAGE, "evidence.picture-unreadable"),
        (b"OggS" + bytes(50) + zip_of(b""), "evidence.unknown-attachment"),
        (b"%PDF-1.7\n" + zip_of(b"\n%%EOF\n"), "evidence.unknown-attachment"),
        (claim_pixels(10_000, 10_000), "evidence.too-many-pixels"),
        (claim_pixels(60_000, 60_000), "evidence.too-many-pixels"),
        (photograph()[:2_000], "evidence.picture-unreadable"),
        (b"", "evidence.unknown-attachment"),
    ],
    ids=[
        "html as jpeg",
        "html behind a jpeg mark",
        "polyglot of sound and zip",
        "polyglot of pdf and zip",
        "10,000 x 10,000 png",
        "decompression bomb",
        "half a picture",
        "nothing",
    ],
)
def test_a_malicious_file_is_refused_by_name(client: TestClient, content: bytes, code: str) -> None:
    answer = upload(client, content)

    assert answer.status_code in {413, 422}
    assert answer.json()["code"] == code


def test_what_rides_behind_a_good_picture_is_left_behind(client: TestClient) -> None:
    answer = upload(client, photograph((320, 200)) + zip_of(b""))

    assert answer.status_code == 201
    assert answer.json()["media_type"] == "image/jpeg"


def test_duplicate_taps_are_one_complaint(
    client: TestClient, session: Session, project: Project
) -> None:
    numbers = {complain(client, project, mark="m" * 24).json()["number"] for _ in range(5)}

    assert len(numbers) == len(session.exec(select(Complaint)).all()) == 1


def test_a_site_in_another_province_is_told_who_can_help(
    client: TestClient, session: Session, keyring: Keyring, first: Principal
) -> None:
    answer = client.post(
        "/v1/cases",
        json={"statement": "没发工资", "county_code": "320102"},
        headers=bearer(keyring, first),
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "cases.outside-province")
    assert session.exec(select(Case)).all() == []


def test_a_claim_older_than_two_years_is_taken_and_explained(
    client: TestClient, keyring: Keyring, first: Principal, redis: Redis
) -> None:
    filed = client.post(
        "/v1/cases",
        json={"statement": "没发工资", "county_code": "330106", "months": ["2023-01"]},
        headers=bearer(keyring, first),
    ).json()

    story = client.post(
        "/v1/complaints/lookup", json={key: filed[key] for key in ("number", "pin")}
    )

    assert "两年" in story.json()["hint"]


def test_abusive_text_is_kept_for_the_inspector_and_not_for_the_employer(
    client: TestClient, keyring: Keyring, project: Project, first: Principal
) -> None:
    project.county_code = "330106"
    number = complain(client, project, statement="王八蛋老板不发工资").json()["number"]

    file = client.get(f"/v1/cases/{number}", headers=bearer(keyring, first)).json()

    assert file["statement"] == "王八蛋老板不发工资"
    assert "王八蛋" not in file["quotable"]


def test_of_1000_complaints_a_minute_from_one_address_60_are_taken(redis: Redis) -> None:
    taken = 0
    for _ in range(1_000):
        try:
            throttle.count_filing(redis, address="203.0.113.7")
        except FilingThrottledError:
            continue
        taken += 1

    assert taken == 60
    throttle.count_filing(redis, address="203.0.113.8")


def test_the_flood_is_told_when_to_come_back(
    client: TestClient, redis: Redis, project: Project
) -> None:
    for _ in range(throttle.FILINGS_PER_ADDRESS.amount):
        throttle.count_filing(redis, address="testclient")

    answer = complain(client, project)

    assert (answer.status_code, answer.json()["code"]) == (429, "cases.too-many-complaints")
    assert int(answer.headers["Retry-After"]) > 0


def test_an_illegal_transition_names_the_legal_ones(
    client: TestClient, keyring: Keyring, number: str, first: Principal
) -> None:
    answer = client.post(
        f"/v1/cases/{number}/actions/close",
        json={"note": "付清", "conclusion": "paid"},
        headers=bearer(keyring, first),
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "cases.action-not-allowed")
    assert "accept" in answer.json()["allowed"]


def test_of_two_inspectors_the_second_is_told_what_is_possible_now(
    client: TestClient, keyring: Keyring, number: str, first: Principal, second: Principal
) -> None:
    """One after the other; for the very same moment see `test_concurrency`."""
    answers = [
        client.post(
            f"/v1/cases/{number}/actions/accept", json={}, headers=bearer(keyring, official)
        )
        for official in (first, second)
    ]

    assert [answer.status_code for answer in answers] == [200, 409]
    assert "close" in answers[1].json()["allowed"]


@pytest.mark.parametrize(
    "words",
    ["%", "_", "\\", "'; DROP TABLE complaint; --", "#" * 100, "\u202e", "a" * 100],
)
def test_no_search_words_break_the_list(
    client: TestClient, keyring: Keyring, number: str, first: Principal, words: str
) -> None:
    answer = client.get("/v1/cases", params={"search": words}, headers=bearer(keyring, first))

    assert (answer.status_code, answer.json()["items"]) == (200, [])

"""What is kept of a message: no face, no identity number, and everything else."""

import json
from typing import Any

import pytest

from devices.vendors.redaction import redact_form, redact_json, redact_text
from tests.factories.identity import make_id_number

NUMBER = make_id_number(3)
LETTERED = NUMBER[:-1] + "X"


def digest(number: str) -> str:
    return f"<{number[-1]}>"


@pytest.mark.parametrize(
    "document",
    [
        {"info": {"idCard": NUMBER}},
        {"info": [{"IDCARDNUM": NUMBER}]},
        {"idCardInfo": {"name": "王小明", "no": NUMBER}},
        {"name": f"王小明 {NUMBER}"},
    ],
)
def test_an_identity_number_becomes_its_hash(document: dict[str, Any]) -> None:
    kept = redact_json(document, digest)
    assert NUMBER.encode() not in kept
    assert f"<{NUMBER[-1]}>".encode() in kept


def test_a_card_read_whole_leaves_nothing_but_the_hash() -> None:
    kept = json.loads(redact_json({"idCardInfo": {"name": "王小明", "no": LETTERED}}, digest))
    assert kept == {"idCardInfo": "[hash <X>]"}


@pytest.mark.parametrize(
    "document", [{"pic": "AAAA"}, {"x": "data:image/jpeg;base64,AAAA"}, {"y": "AAAA" * 1_000}]
)
def test_a_picture_becomes_its_length(document: dict[str, str]) -> None:
    assert b"AAAA" not in redact_json(document, digest)


def test_what_is_neither_stays_as_it_was() -> None:
    event = {"serialNo": 1203, "name": "张三", "time": "2026-01-05T07:02:04+08:00", "list": [1.5]}
    assert json.loads(redact_json(event, digest)) == event


def test_a_document_without_bottom_is_cut() -> None:
    deep: dict[str, Any] = {}
    for _ in range(500):
        deep = {"x": deep}
    assert b"too deep" in redact_json(deep, digest)


def test_a_form_stays_a_form() -> None:
    kept = redact_form([("personId", "1"), ("idcardNum", NUMBER), ("imgBase64", "AAAA")], digest)
    assert kept.startswith(b"personId=1&idcardNum=%5Bhash+")
    assert b"AAAA" not in kept


def test_garbage_is_searched_too() -> None:
    kept = redact_text(f"\x00??{NUMBER}??" + "AAAA" * 1_000, digest)
    assert NUMBER.encode() not in kept
    assert len(kept) < 100

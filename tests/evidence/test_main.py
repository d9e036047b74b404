"""``python -m evidence verify``: what it says, and how it ends."""

import json
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from evidence.__main__ import main


def make_zip(**files: str) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def verify(monkeypatch: pytest.MonkeyPatch, path: Path, content: bytes) -> int:
    path.write_bytes(content)
    monkeypatch.setattr(sys, "argv", ["evidence", "verify", str(path)])
    return main()


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b'{"hello": "world"}',
        make_zip(**{"index.html": "<p>"}),
        make_zip(**{"manifest.json": "{}"}),
        make_zip(**{"a.txt": "x"})[:-30] + b"PK\x05\x06" + bytes(18),
    ],
    ids=["empty", "another JSON", "another ZIP", "half a bundle", "a damaged ZIP"],
)
def test_a_file_that_is_neither_is_named_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: bytes,
) -> None:
    assert verify(monkeypatch, tmp_path / "file", content) == 2

    said = capsys.readouterr()
    assert "不是回执，也不是证据包" in said.err
    assert said.out == ""


def test_a_file_that_is_no_document_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(monkeypatch, tmp_path / "file", b"\xff\xd8\xff a photo") == 2
    assert "文件读不出来" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"receipt": "x", "content": {}}).encode(),
        make_zip(**{"manifest.json": "{}", "manifest.jws": "x"}),
    ],
    ids=["receipt", "bundle"],
)
def test_what_a_document_lacks_is_named_without_an_exception(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    content: bytes,
) -> None:
    assert verify(monkeypatch, tmp_path / "file", content) == 1

    said = capsys.readouterr().out
    assert said.startswith("✗ ")
    assert "keys" in said
    assert "Error" not in said

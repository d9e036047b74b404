"""Small files: the old or the new version, for the owner only."""

import stat
from pathlib import Path

import pytest

from gate.state import files


def test_a_written_file_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "pairing.json"

    files.write_json(path, {"token": "t"})

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert files.read_json(path) == {"token": "t"}


def test_a_directory_made_for_others_too_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    files.own_directory(tmp_path)

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_a_draft_left_by_a_power_cut_is_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / "lists.json"
    files.write_json(path, {"version": 1})
    (tmp_path / ".lists.json.draft").write_text('{"versi')

    assert files.read_json(path) == {"version": 1}
    files.write_json(path, {"version": 2})
    assert files.read_json(path) == {"version": 2}


def test_a_failed_write_leaves_the_old_version(tmp_path: Path) -> None:
    path = tmp_path / "lists.json"
    files.write_json(path, {"version": 1})

    with pytest.raises(TypeError):
        files.write_json(path, {"version": object()})

    assert files.read_json(path) == {"version": 1}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_a_damaged_file_is_kept_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lists.json"
    for _ in range(2):
        path.write_bytes(content)
        assert files.read_json(path) is None

    assert not path.exists()
    assert [kept.read_bytes() for kept in tmp_path.glob("lists.json.damaged-*")] == [content] * 2


def test_a_missing_file_is_nothing_special(tmp_path: Path) -> None:
    assert files.read_json(tmp_path / "lists.json") is None

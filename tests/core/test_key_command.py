"""`make keys`: a file made once, a version added ahead of its day, an old one dropped in time."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.key_command import drop, main, rotate
from core.keyring import KIT_LIFE, KeyFileError, load_keyring

TODAY = date(2026, 12, 1)
ONE_DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    load_keyring(path)
    return path


def test_the_command_makes_a_file_once_and_then_only_checks_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "keys.json"
    main([str(path)])
    made = path.read_bytes()
    main([str(path)])
    assert path.read_bytes() == made
    assert "back it up" in capsys.readouterr().out
    path.chmod(0o640)
    with pytest.raises(SystemExit, match="chmod 600"):
        main([str(path)])


@pytest.mark.parametrize("name", ["gate", "holder"])
def test_a_new_version_begins_after_everything_given_out_has_ended(path: Path, name: str) -> None:
    before = json.loads(path.read_text())

    start = rotate(path, name=name, today=TODAY, at_once=False)

    assert start == TODAY + KIT_LIFE
    after = json.loads(path.read_text())
    assert after[name]["1"] == before[name]["1"]
    assert after[name]["2"]["from"] == start.isoformat()
    assert {key for key in after if after[key] != before[key]} == {name}
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_second_rotation_waits_for_the_first(path: Path) -> None:
    rotate(path, name="gate", today=TODAY, at_once=False)

    with pytest.raises(KeyFileError, match="under way"):
        rotate(path, name="gate", today=TODAY + 2 * KIT_LIFE - ONE_DAY, at_once=False)

    rotate(path, name="holder", today=TODAY, at_once=False)
    rotate(path, name="gate", today=TODAY + 2 * KIT_LIFE, at_once=False)
    assert list(load_keyring(path).gate_masters) == [3, 2, 1]


def test_after_a_leak_the_new_version_is_used_today_and_the_old_one_goes(path: Path) -> None:
    rotate(path, name="gate", today=TODAY, at_once=True)
    drop(path, name="gate", version=1, today=TODAY, at_once=True)
    assert load_keyring(path).gate_versions_of(TODAY) == [2]


def test_an_old_version_stays_for_late_uploads(path: Path) -> None:
    start = rotate(path, name="gate", today=TODAY, at_once=False)
    due = start + KIT_LIFE + timedelta(days=89)

    with pytest.raises(KeyFileError, match=due.isoformat()):
        drop(path, name="gate", version=1, today=due - ONE_DAY, at_once=False)

    drop(path, name="gate", version=1, today=due, at_once=False)
    assert list(load_keyring(path).gate_masters) == [2]


@pytest.mark.parametrize("version", [1, 7])
def test_the_newest_and_unknown_versions_are_not_dropped(path: Path, version: int) -> None:
    with pytest.raises(KeyFileError, match="no such old version"):
        drop(path, name="holder", version=version, today=TODAY, at_once=True)


def test_the_fourth_version_wants_the_first_one_gone(path: Path) -> None:
    for days in (0, 1):
        rotate(path, name="gate", today=TODAY + days * ONE_DAY, at_once=True)
    with pytest.raises(KeyFileError, match="drop the oldest"):
        rotate(path, name="gate", today=TODAY, at_once=True)


def test_two_commands_at_once_lose_no_version(path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: rotate(path, name="gate", today=TODAY, at_once=True), range(2)))
    assert list(load_keyring(path).gate_masters) == [3, 2, 1]


def test_the_command_says_from_when_and_until_when(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(path), "--rotate", "gate"])
    said = capsys.readouterr().out
    assert "gate 2" in said
    assert "in use from" in said
    assert "may be dropped from" in said
    with pytest.raises(SystemExit, match="is needed until then"):
        main([str(path), "--drop", "gate:1"])
    main([str(path), "--drop", "gate:1", "--at-once"])
    assert list(load_keyring(path).gate_masters) == [2]


@pytest.mark.parametrize("asked", ["gate", "gate:x", "field:1"])
def test_a_version_is_named_in_full(path: Path, asked: str) -> None:
    with pytest.raises(SystemExit):
        main([str(path), "--drop", asked])

"""The key file: made once, owner only, shared by processes that start together."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.keyring import KeyFileError, generate_keys, load_keyring, main


def test_the_first_run_makes_an_owner_only_file_and_later_runs_read_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "keys.json"
    first = load_keyring(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_keyring(path) == first


def test_processes_that_start_together_agree_on_one_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    with ThreadPoolExecutor(8) as pool:
        keyrings = list(pool.map(lambda _: load_keyring(path), range(8)))
    assert all(keyring == keyrings[0] for keyring in keyrings)
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    load_keyring(path)
    path.chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        load_keyring(path)


@pytest.mark.parametrize("content", ["", "[]", '{"field": {"1": "c2hvcnQ="}}', "not json"])
def test_a_damaged_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.touch(mode=0o600)
    path.write_text(content)
    with pytest.raises(KeyFileError, match="damaged"):
        load_keyring(path)


def test_the_highest_version_is_current(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    document = generate_keys()
    document["gate"]["2"] = generate_keys()["gate"]["1"]
    path.touch(mode=0o600)
    path.write_text(json.dumps(document))
    keyring = load_keyring(path)
    assert keyring.gate_master == keyring.gate_masters[2]
    assert keyring.holder_master == keyring.holder_masters[1]


def test_the_command_makes_a_file_once_and_then_only_checks_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "keys.json"
    main(path)
    made = path.read_bytes()
    main(path)
    assert path.read_bytes() == made
    assert "back it up" in capsys.readouterr().out
    path.chmod(0o640)
    with pytest.raises(SystemExit, match="chmod 600"):
        main(path)

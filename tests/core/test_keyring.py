"""The key file: made once, owner only, shared by processes that start together."""

import json
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.keyring import KIT_LIFE, KeyFile, KeyFileError, Keyring, generate_keys, load_keyring

TODAY = date(2026, 12, 1)
ONE_DAY = timedelta(days=1)


def write_keys(path: Path, **changed: object) -> None:
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps({**generate_keys(), **changed}))
    draft.replace(path)


def rotated(*starts: date) -> Keyring:
    """Return keys whose second and later versions begin on these days."""
    path_less = {version: bytes([version]) * 32 for version in range(1, len(starts) + 2)}
    begins = dict(enumerate(starts, start=2))
    return Keyring(
        gate_masters=path_less,
        holder_masters=path_less,
        fields=None,  # type: ignore[arg-type]
        token_key="",
        receipt_key="",
        gate_starts=begins,
        holder_starts=begins,
    )


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


def test_a_later_version_waits_for_its_first_day() -> None:
    keyring = rotated(TODAY)
    one, two = keyring.gate_masters[1], keyring.gate_masters[2]

    assert keyring.gate_master_on(TODAY - ONE_DAY) == one
    assert keyring.gate_master_on(TODAY) == two
    assert keyring.holder_master_on(TODAY - ONE_DAY) == one
    assert keyring.holder_master_on(TODAY + ONE_DAY) == two


def test_both_versions_are_good_for_as_long_as_a_kit_lives() -> None:
    keyring = rotated(TODAY)

    versions = {n: keyring.gate_versions_of(TODAY + n * ONE_DAY) for n in (-2, -1, 0, 7, 8)}

    assert versions == {-2: [1], -1: [2, 1], 0: [2, 1], 7: [2, 1], 8: [2]}
    assert keyring.holder_masters_of(TODAY) == [bytes([2]) * 32, bytes([1]) * 32]


@given(
    planned=st.integers(0, 400),
    day=st.integers(0, 430),
    issued=st.integers(0, 7),
    late=st.booleans(),
)
def test_whatever_was_given_out_is_good_on_its_day(
    planned: int, day: int, issued: int, *, late: bool
) -> None:
    # `late`: made by a process that had not yet read the new version.
    rotated_on, on = TODAY + planned * ONE_DAY, TODAY + day * ONE_DAY
    keyring = rotated(rotated_on + KIT_LIFE)
    before = replace(keyring, gate_masters={1: keyring.gate_masters[1]}, gate_starts={})
    is_stale = on - issued * ONE_DAY < rotated_on or late

    given_out = (before if is_stale else keyring).gate_master_on(on)

    if on < rotated_on + 2 * KIT_LIFE:
        assert given_out in keyring.gate_masters_of(on)


def test_a_version_without_a_first_day_ends_no_other(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys = generate_keys()["gate"]["1"], generate_keys()["gate"]["1"]
    write_keys(path, gate={"1": keys[0], "2": keys[1]})
    assert load_keyring(path).gate_versions_of(TODAY) == [2, 1]


@pytest.mark.parametrize("versions", [0, 4])
def test_no_code_is_tried_with_more_than_three_keys(tmp_path: Path, versions: int) -> None:
    path = tmp_path / "keys.json"
    write_keys(path, gate={str(n): generate_keys()["gate"]["1"] for n in range(1, versions + 1)})
    with pytest.raises(KeyFileError, match="1 to 3 versions"):
        load_keyring(path)


def test_a_running_process_reads_a_replaced_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    key_file = KeyFile(path)
    first = key_file.keyring
    assert not key_file.refresh()

    write_keys(path)

    assert key_file.refresh()
    assert key_file.keyring == load_keyring(path) != first
    assert not key_file.refresh()


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_text("{")])
def test_a_file_that_went_bad_leaves_the_keys_in_force(
    tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    path = tmp_path / "keys.json"
    key_file = KeyFile(path)
    first = key_file.keyring

    spoil(path)

    with pytest.raises(KeyFileError):
        key_file.refresh()
    assert key_file.keyring is first

import sys
from pathlib import Path

import pytest

from stack import bootstrap
from stack.bootstrap import SetupError


def test_an_old_python_is_told_which_one_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))

    with pytest.raises(SetupError, match=r"Python 3\.11.*3\.9\.2.*>= 3\.11"):
        bootstrap.check_version()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose environment was made from dev.lock."""
    for name, folder in {"VENV": ".venv", "LOCKS": "requirements", "TOOLS": ".tools"}.items():
        monkeypatch.setattr(bootstrap, name, tmp_path / folder)
        (tmp_path / folder).mkdir()
    for lock in ("run", "dev", "bootstrap"):
        (tmp_path / "requirements" / f"{lock}.lock").write_text(f"{lock}==1\n")
    (tmp_path / ".venv" / "bin").mkdir()
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    stamp = bootstrap.stamp_of("dev")
    (tmp_path / ".venv" / ".lock-hash").write_text(stamp)
    return tmp_path


@pytest.mark.parametrize("lock", ["dev", "run"])
def test_what_is_installed_is_not_installed_again(checkout: Path, lock: str) -> None:
    assert bootstrap.is_ready(lock)


def test_a_changed_lock_file_is_installed(checkout: Path) -> None:
    (checkout / "requirements" / "dev.lock").write_text("dev==2\n")

    assert not bootstrap.is_ready("dev")


def test_a_python_that_is_gone_is_replaced(checkout: Path) -> None:
    (checkout / ".venv" / "bin" / "python").unlink()
    (checkout / ".venv" / "bin" / "python").symlink_to(checkout / "gone")

    assert not bootstrap.is_ready("dev")


def test_a_python_without_pip_is_told_so(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(SetupError, match="no pip"):
        bootstrap.check_pip()


def test_a_failed_installation_shows_what_the_tool_said(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", f"{sys.base_prefix}/bin/python3")  # one with pip
    (checkout / "requirements" / "bootstrap.lock").write_text("not a requirement !!\n")
    (checkout / "requirements" / "dev.lock").write_text("dev==2\n")

    with pytest.raises(SetupError, match=r"安装失败[\s\S]*not a requirement"):
        bootstrap.main("dev")

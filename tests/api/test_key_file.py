"""A running process takes up a replaced key file, and keeps its keys when the file went bad."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import app as application
from core.clock import local_date, now
from core.key_command import rotate
from core.keyring import KeyFileError
from core.settings import Settings
from tests.live import wait_until


def test_a_rotated_master_is_in_force_without_a_restart(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "KEY_FILE_SECONDS", 0.01)
    path = tmp_path / "keys.json"
    app = application.create_app(settings.model_copy(update={"keys_file": path}))
    with TestClient(app):
        before = app.state.keyring
        rotate(path, name="gate", today=local_date(now()), at_once=True)
        wait_until(lambda: app.state.keyring is not before)
        assert list(app.state.keyring.gate_masters) == [2, 1]

        renewed = app.state.keyring
        path.write_text("{")
        with pytest.raises(KeyFileError):
            app.state.key_file.refresh()
        assert app.state.keyring is renewed

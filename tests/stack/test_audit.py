"""`make audit` as it is typed, beside a running installation and alone."""

import subprocess
import sys
from pathlib import Path

from core.keyring import load_keyring
from stack import postgres
from stack.children import ROOT
from tests import live

PROGRAM = (
    "import sys; from pathlib import Path; from stack.audit import main;"
    " sys.exit(main(Path(sys.argv[1])))"
)


def run(var: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, str(var)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_without_data_it_says_what_to_do(tmp_path: Path) -> None:
    done = run(tmp_path)

    assert done.returncode == 1
    assert "make run" in done.stderr


def test_it_starts_the_server_that_is_not_up_and_joins_the_one_that_is(var: Path) -> None:
    place = var / "audited"
    load_keyring(place / "keys.json")
    with postgres.running(place / "pg", scratch=True) as server:
        live.migrate(server.url)
        beside = run(place)
    alone = run(place)

    assert (beside.returncode, alone.returncode) == (0, 0), beside.stderr + alone.stderr
    assert "全部相符" in beside.stdout
    assert "全部相符" in alone.stdout

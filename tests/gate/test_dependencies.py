"""What must be installed on a gate's computer: three of our folders and next to nothing else."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOADED = """
import sys, importlib.metadata
import gate.__main__
files = {name: getattr(module, "__file__", None) or "" for name, module in sys.modules.items()}
ours = {name.partition(".")[0] for name, file in files.items() if file.startswith(sys.argv[1])}
tops = {name.partition(".")[0] for name, file in files.items() if "site-packages" in file}
homes = importlib.metadata.packages_distributions()
theirs = {home for top in tops for home in homes[top]}
print(*sorted(ours - tops), "|", *sorted(theirs))
"""


def test_the_program_loads_nothing_that_its_lock_file_does_not_name() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, str(ROOT)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    ours, theirs = (part.split() for part in done.stdout.split("|"))
    lock = (ROOT / "requirements" / "gate.lock").read_text().splitlines()
    locked = {line.partition("==")[0] for line in lock if "==" in line}
    assert ours == ["core", "gate", "qr"]
    assert set(theirs) <= locked
    assert len(locked) <= 5

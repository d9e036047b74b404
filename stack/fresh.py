"""A fresh installation on a free port that leaves nothing behind."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from stack.instance import Instance, Say, free_port, running_instance

ISOLATED = {"ENV": "dev", "SMS__GATEWAY": "console"}
"""Nothing of a real installation's `.env` may reach the outside from here."""


@contextmanager
def fresh_instance(say: Say = print) -> Generator[Instance]:
    """Start an installation of its own, with the demo project, and remove it afterwards.

    Addresses of a real installation in the environment are not used. Raises StackError.
    """
    with (
        tempfile.TemporaryDirectory(prefix="axm-fresh-", ignore_cleanup_errors=True) as directory,
        running_instance(Path(directory), port=free_port(), given=ISOLATED, say=say) as instance,
    ):
        yield instance

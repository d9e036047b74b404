"""Proves that the migrations build exactly the tables of `db/models` and can be taken back."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from stack import postgres
from stack.children import ROOT


def main() -> None:
    """Run every check on a throw-away server; the first failure ends the program."""
    config = Config(ROOT / "alembic.ini")
    heads = ScriptDirectory.from_config(config).get_heads()
    if len(heads) != 1:
        sys.exit(f"migrations: one head is wanted, there are {heads}")
    with (
        tempfile.TemporaryDirectory(prefix="axm-migrations-") as directory,
        postgres.running(Path(directory) / "pg", scratch=True) as server,
    ):
        config.set_main_option("sqlalchemy.url", server.url)
        try:
            command.upgrade(config, "head")
            command.check(config)
            command.downgrade(config, "-1")
            command.upgrade(config, "head")
        except CommandError as error:
            sys.exit(f"migrations: {error}")


if __name__ == "__main__":
    main()

"""Loads the demo project into an empty database and prints how to sign in."""

from core.clock import now
from core.keyring import load_keyring
from core.settings import load_settings
from db.session import Database
from demo.load import describe, is_empty, load_demo


def main() -> None:
    """Load once; a database that holds anything is left alone."""
    settings = load_settings()
    database = Database(settings.database_url, load_keyring(settings.keys_file).fields)
    if is_empty(database):
        load_demo(database, now())
    print(describe())
    database.close()


if __name__ == "__main__":
    main()

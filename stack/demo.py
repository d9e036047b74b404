"""Loads the demo project; a program of its own because it takes the whole product with it."""

from core.clock import now
from core.keyring import load_keyring
from core.settings import load_settings
from db.session import Database
from demo.load import load_demo


def main() -> None:
    """Load into the database that the settings name."""
    settings = load_settings()
    database = Database(settings.database_url, load_keyring(settings.keys_file).fields)
    load_demo(database, now())
    database.close()


if __name__ == "__main__":
    main()

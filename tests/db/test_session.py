from sqlalchemy import text

from core.keyring import Keyring
from db.session import Database


def test_a_connection_the_server_closed_is_replaced(database: Database, keyring: Keyring) -> None:
    pooled = Database(database.url, keyring.fields, pool_size=1)
    with pooled.transaction() as session:
        pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with database.transaction() as session:
        session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})

    with pooled.transaction() as session:
        assert session.execute(text("SELECT pg_backend_pid()")).scalar_one() != pid

    pooled.close()


def test_a_connection_in_order_is_used_again(database: Database, keyring: Keyring) -> None:
    pooled = Database(database.url, keyring.fields, pool_size=2)
    pids = set()

    for _ in range(3):
        with pooled.transaction() as session:
            pids.add(session.execute(text("SELECT pg_backend_pid()")).scalar_one())

    assert len(pids) == 1
    pooled.close()

"""The wave's one statement: what it may cost, whatever PostgreSQL believes of its tables."""

import asyncio
from datetime import datetime, timedelta

from attendance.partitions import partition_name
from attendance.waves import SESSION_SETTINGS, STORE_WAVE
from core.clock import local_date, now
from db.direct import DirectConnection
from db.session import Database


async def _explain(database: Database, *, since: datetime) -> str:
    connection = DirectConnection(database.url, SESSION_SETTINGS)
    plan = await connection.fetch(f"EXPLAIN {STORE_WAVE}", "[]", since)
    await connection.close()
    return "\n".join(line for (line,) in plan)


def test_a_repeated_nonce_is_looked_for_by_its_own_index_even_in_an_empty_table(
    live_database: Database,
) -> None:
    plan = asyncio.run(_explain(live_database, since=now() - timedelta(days=1)))
    by_nonce = "(project_id = scan.project_id) AND (source_id = scan.device_id) AND ((nonce)"
    assert plan.count("on check_in") == plan.count(by_nonce) + 1  # and the insert
    assert "Seq Scan" not in plan


def test_a_repeated_nonce_is_not_looked_for_in_months_before_it_can_lie(
    live_database: Database,
) -> None:
    at = now()
    this_month = partition_name(local_date(at))
    assert this_month in asyncio.run(_explain(live_database, since=at))
    assert this_month not in asyncio.run(_explain(live_database, since=at + timedelta(days=40)))

"""The wave's one statement: what it may cost, whatever PostgreSQL believes of its tables."""

import asyncio

from attendance.waves import SESSION_SETTINGS, STORE_WAVE
from db.direct import DirectConnection
from db.session import Database


def test_a_repeated_nonce_is_looked_for_by_its_own_index_even_in_an_empty_table(
    live_database: Database,
) -> None:
    async def explain() -> str:
        connection = DirectConnection(live_database.url, SESSION_SETTINGS)
        plan = await connection.fetch(f"EXPLAIN {STORE_WAVE}", "[]")
        await connection.close()
        return "\n".join(line for (line,) in plan)

    plan = asyncio.run(explain())
    by_nonce = "(project_id = scan.project_id) AND (source_id = scan.device_id) AND ((nonce)"
    assert plan.count("on check_in") == plan.count(by_nonce) + 1  # and the insert
    assert "Seq Scan" not in plan

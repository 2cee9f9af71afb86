"""A small run of the scenario: three processes, a kill, and a database that is restarted."""

import asyncio

from tests.postgresql import binaries, open_server
from tests.scale_out.run_and_kill import run


async def test_a_few_jobs_of_three_processes() -> None:
    """One of three is killed and the database restarted: each job has one task and one result."""
    binaries()  # skips where there is no PostgreSQL
    with open_server() as server:
        outcome = await run(server, jobs=24, kills=1, seed=3, timeout=240.0, outages=(0.0,))
    assert outcome.broken == []
    assert outcome.kills == 1
    assert outcome.jobs > 0
    await asyncio.sleep(0)

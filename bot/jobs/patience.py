"""How long the database may keep people waiting, and the process when it ends; in seconds."""

import asyncio
import logging
from collections.abc import Set as AbstractSet
from typing import Any

log = logging.getLogger(__name__)

# Discord wants its answer within 3 s (Discord docs: Receiving and Responding); what takes longer
# than this leaves too little of them.
PATIENCE = 1.5
# How long what is late may hold up the end of the process.
FAREWELL = 4.0


async def say_farewell(late: AbstractSet[asyncio.Task[Any]]) -> None:
    """Wait for what is late, and cut off what takes too long even now."""
    if not late:
        return
    waited_for = set(late)
    _, stuck = await asyncio.wait(waited_for, timeout=FAREWELL)
    for task in stuck:
        log.warning("%s took too long and is left to the next start", task.get_name())
        task.cancel()
    await asyncio.gather(*waited_for, return_exceptions=True)

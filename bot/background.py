"""Work that goes on beside everything else: it has a name, an owner, and no silent death."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager

log = logging.getLogger(__name__)

# After an error that nobody foresaw the work waits this long and goes on.
_PAUSE = 5.0


@asynccontextmanager
async def in_background(work: Coroutine[None, None, None], *, name: str) -> AsyncGenerator[None]:
    """Do *work* until the block is left, then cancel it and wait for its end."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def repeat_forever(turn: Callable[[], Awaitable[float]]) -> None:
    """Take one *turn* after another for ever; each returns the seconds to wait after it.

    An error of one turn is the operator's to read, and no reason to stop: a loop that had died
    would be noticed by nobody.
    """
    while True:
        try:
            pause = await turn()
        except Exception:
            log.exception("%s failed and goes on", _name())
            pause = _PAUSE
        await asyncio.sleep(pause)


def _name() -> str:
    task = asyncio.current_task()
    return task.get_name() if task is not None else "background work"

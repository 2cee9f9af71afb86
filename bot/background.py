"""Background work: asyncio tasks with a name, an owner that ends them, and logged errors."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager

log = logging.getLogger(__name__)

# Seconds between an unforeseen error and the next turn: long enough that an error which repeats
# does not fill the log, short enough that one which does not costs little.
PAUSE_AFTER_ERROR = 5.0


@asynccontextmanager
async def in_background(work: Coroutine[None, None, None], *, name: str) -> AsyncGenerator[None]:
    """Run *work* until the block is left, then cancel it and wait for its end."""
    task = asyncio.create_task(work, name=name)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def repeat_forever(
    turn: Callable[[], Awaitable[float]], *, pause_after_error: float = PAUSE_AFTER_ERROR
) -> None:
    """Take one *turn* after another until cancelled; each returns the seconds to wait after it.

    An error that a turn did not expect is logged, and the next turn comes *pause_after_error*
    seconds later. The loop does not end with it: without its loop the bot would still look healthy
    and do nothing.
    """
    while True:
        try:
            pause = await turn()
        except Exception:
            log.exception("%s failed and goes on", _name())
            pause = pause_after_error
        await asyncio.sleep(pause)


def _name() -> str:
    task = asyncio.current_task()
    return task.get_name() if task is not None else "background work"

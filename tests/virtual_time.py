"""Virtual time: an event loop whose time passes only while nothing has work to do."""

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from typing import ParamSpec

_Parameters = ParamSpec("_Parameters")

START = 1_800_000_000.0


class _Selector(selectors.DefaultSelector):
    """Instead of waiting, put the loop's clock forward."""

    def __init__(self, turn: float) -> None:
        super().__init__()
        self.now = 0.0
        self._turn = turn

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        self.now += self._turn
        if not ready:
            if timeout is None:
                raise RuntimeError("the test waits for something that never happens")
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop for code that waits for timers and tasks alone.

    *turn* is how many seconds a turn of the loop takes: none, unless the code under test expects
    the time to pass by itself.
    """

    def __init__(self, turn: float = 0.0) -> None:
        self._virtual = _Selector(turn)
        super().__init__(self._virtual)

    def time(self) -> float:
        """Return the virtual seconds since the start of the loop."""
        return self._virtual.now


def clock() -> float:
    """Return the virtual time as Unix seconds."""
    return START + asyncio.get_running_loop().time()


def in_virtual_time(
    test: Callable[_Parameters, Coroutine[object, object, None]],
) -> Callable[_Parameters, None]:
    """Run a test on a loop of its own in which hours pass at once."""

    @functools.wraps(test)
    def run(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> None:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(test(*args, **kwargs))

    return run

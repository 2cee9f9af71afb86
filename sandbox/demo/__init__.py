"""Demo: the real bot against the two sandboxes, as a page to try or as one run on the terminal."""

import asyncio
import contextlib
import importlib.util
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

NEEDED = {"simcord": "simcord", "PIL": "Pillow"}  # module: name of its package
INSTALL = "in a checkout of the source, `make demo` installs all of it and starts the demo."


def run_page(port: int) -> int:
    """Serve the page on *port* until Ctrl-C or SIGTERM, and return the exit code."""
    if not _is_installed():
        return 2
    from sandbox.demo.interactive import serve  # noqa: PLC0415

    return _run(serve(port))


def run_once(prompt: str, output: Path) -> int:
    """Make one job of each kind, write the channel to *output*, and return the exit code."""
    if not _is_installed():
        return 2
    from sandbox.demo.once import run_once as make_one_of_each  # noqa: PLC0415

    return _run(make_one_of_each(prompt, output))


def run_api(port: int) -> int:
    """Serve the sandbox API alone on *port* (0: any free one), and return the exit code."""
    if not _is_installed():
        return 2
    from sandbox.demo.api_only import serve_api  # noqa: PLC0415

    return _run(serve_api(port))


def _is_installed() -> bool:
    """Whether the extra `demo` is installed; if not, print which command installs it.

    It is absent from the image, and the modules that need it are imported after this.
    """
    missing = [name for module, name in NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        print(f"The demo needs {' and '.join(missing)}: {INSTALL}", file=sys.stderr)  # noqa: T201
    return not missing


def _run(work: Coroutine[Any, Any, int]) -> int:
    """Run *work* until it returns its exit code or a signal ends it, which is no failure."""
    try:
        return asyncio.run(_until_signalled(work))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("\nDemo ended.")  # noqa: T201
        return 0


async def _until_signalled(work: Coroutine[Any, Any, int]) -> int:
    """Run *work*; let SIGTERM end it as Ctrl-C does, so that the bot's process ends with it."""
    task = asyncio.current_task()
    if task is not None:
        with contextlib.suppress(NotImplementedError):  # Windows has no such signal
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work

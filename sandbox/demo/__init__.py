"""Demo: the real bot against the two sandboxes, as a page to try or as one run on the terminal."""

import argparse
import asyncio
import contextlib
import importlib.util
import re
import signal
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

DEFAULT_PORT = 8765
DEFAULT_OUTPUT = Path("demo-output")
NEEDED = {"simcord": "simcord", "PIL": "Pillow"}  # module: name of its package
INSTALL = "in a checkout of the source, `make demo` installs all of it and starts the demo."
HIGHEST_PORT = 65535


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demo and return its exit code; 2 says what to install or how to call it.

    `sandbox` as the first argument runs the sandbox API alone.
    """
    arguments = list(argv if argv is not None else sys.argv[1:])
    is_api_alone = arguments[:1] == ["sandbox"]
    options = _parser(is_api_alone).parse_args(arguments[is_api_alone:])
    missing = [name for module, name in NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        print(f"The demo needs {' and '.join(missing)}: {INSTALL}", file=sys.stderr)  # noqa: T201
        return 2
    # Only now: without the extra these can't be imported.
    from sandbox.demo.api_only import serve_api  # noqa: PLC0415
    from sandbox.demo.interactive import serve  # noqa: PLC0415
    from sandbox.demo.once import run_once  # noqa: PLC0415

    if is_api_alone:
        work = serve_api(options.port)
    elif options.once is not None:
        work = run_once(options.once, options.output)
    else:
        work = serve(options.port)
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        return asyncio.run(_until_signalled(work))
    return 0


async def _until_signalled(work: Coroutine[Any, Any, int]) -> int:
    """Run *work*; let SIGTERM end it as Ctrl-C does, so that the bot's process ends with it."""
    task = asyncio.current_task()
    if task is not None:
        with contextlib.suppress(NotImplementedError):  # Windows has no such signal
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await work


def _port(text: str) -> int:
    """Read a port; argparse turns what is raised into one line and exit code 2."""
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to {HIGHEST_PORT}")
    return int(text)


def _parser(is_api_alone: bool) -> argparse.ArgumentParser:
    if is_api_alone:
        alone = argparse.ArgumentParser(
            prog="python -m bot sandbox", description="Run a sandbox of ModelHunter's API alone."
        )
        alone.add_argument("--port", type=_port, default=0, help="a free one by default")
        return alone
    parser = argparse.ArgumentParser(
        prog="python -m bot demo",
        description="Try the bot without Discord and without ModelHunter: "
        "everything happens on this machine, and nothing costs anything.",
    )
    parser.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, help="of the page (default: %(default)s)"
    )
    parser.add_argument(
        "--once", metavar="PROMPT", help="no page: make one job of each kind, then end"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=DEFAULT_OUTPUT,
        metavar="DIR",
        help="where --once writes the channel and its files (default: %(default)s)",
    )
    return parser

"""Command `demo`: try the bot against the sandboxes, without any account."""

import argparse
import tempfile
from pathlib import Path

from bot.cli.command import Command, end_with, port

_PORT = 8765
_OUTPUT = Path("demo-output")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=port, default=_PORT, help="of the page (default: %(default)s)"
    )
    parser.add_argument(
        "--once", metavar="PROMPT", help="no page: make one job of each kind, then end"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=_OUTPUT,
        metavar="DIR",
        help="where --once writes the channel and its files (default: %(default)s)",
    )


def _run(options: argparse.Namespace) -> int:
    from sandbox import demo

    if options.once is None:
        return demo.run_page(options.port)
    try:
        options.output.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=options.output).close()
    except OSError as error:
        return end_with(
            f"The demo can't write to {options.output} ({error.strerror}):"
            " name another folder with --output."
        )
    return demo.run_once(options.once, options.output)


DEMO = Command(
    name="demo",
    prog="python -m bot demo",
    help="try it without any account",
    description="Try the bot without Discord and without ModelHunter: "
    "everything happens on this machine, and nothing costs anything.",
    run=_run,
    add_arguments=_add_arguments,
)

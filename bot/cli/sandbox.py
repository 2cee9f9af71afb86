"""Command `sandbox`: run the sandbox of ModelHunter's API alone, without bot and Discord."""

import argparse
import errno
import os

from bot.cli.command import Command, end_with, port


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, default=0, help="a free one by default")


def _run(options: argparse.Namespace) -> int:
    from sandbox import demo

    try:
        return demo.run_api(options.port)
    except OSError as error:
        if error.errno not in {errno.EADDRINUSE, errno.EACCES, errno.EPERM}:
            raise
        return end_with(
            f"The sandbox can't listen on port {options.port} ({os.strerror(error.errno)}):"
            " choose another one with --port."
        )


SANDBOX = Command(
    name="sandbox",
    prog="python -m bot sandbox",
    help="run a sandbox of the API alone",
    description="Run a sandbox of ModelHunter's API alone.",
    run=_run,
    add_arguments=_add_arguments,
)

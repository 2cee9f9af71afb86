"""Command `sandbox`: run the sandbox of ModelHunter's API alone, without bot and Discord."""

import argparse

from bot.cli.command import Command, port


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, default=0, help="a free one by default")


def _run(options: argparse.Namespace) -> int:
    from sandbox import demo

    return demo.run_api(options.port)


SANDBOX = Command(
    name="sandbox",
    prog="python -m bot sandbox",
    help="run a sandbox of the API alone",
    description="Run a sandbox of ModelHunter's API alone.",
    run=_run,
    add_arguments=_add_arguments,
)

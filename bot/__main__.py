"""The command line: `python -m bot [run | demo | sandbox]`."""

import argparse
import asyncio
import importlib.util
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from bot.log import configure_logging
from bot.settings import Settings, explain

_EXIT_WRONG = 2
_DEMO_MISSING = (
    "The demo's packages are not installed. Install them with: "
    "pip install 'modelhunter-discord-bot[demo]'"
)


def main(
    argv: Sequence[str] | None = None,
    *,
    allowed_addresses: frozenset[tuple[str, int]] = frozenset(),
) -> int:
    """Run the command and return its exit code: 2 if the operator must change something.

    Results are fetched from public addresses only, and from *allowed_addresses*.
    """
    arguments, rest = _parser().parse_known_args(argv)
    if arguments.command in {"demo", "sandbox"}:
        return _demo(arguments.command, rest)
    if rest:
        _parser().error(f"unrecognized arguments: {' '.join(rest)}")
    return _run(allowed_addresses)


def run() -> None:
    """Be the console script."""
    sys.exit(main())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="modelhunter-bot",
        description="Every image, video and speech model behind ModelHunter.AI as a slash command.",
        epilog="Settings come from the environment or .env; README.md lists them.",
    )
    parser.add_argument(
        "command",
        nargs="?",
        default="run",
        choices=("run", "demo", "sandbox"),
        help="run the bot (default), try it without any account, or run the API's stand-in alone",
    )
    return parser


def _demo(command: str, rest: Sequence[str]) -> int:
    if any(importlib.util.find_spec(name) is None for name in ("simcord", "PIL")):
        return _complain(_DEMO_MISSING)
    # Imported here because its packages are an extra, absent from the image.
    from sandbox import demo  # noqa: PLC0415

    return demo.main([command, *rest] if command == "sandbox" else rest)


def _run(allowed_addresses: frozenset[tuple[str, int]]) -> int:
    # Imported here so that --help and a wrong setting answer at once.
    from bot.app import Outside  # noqa: PLC0415
    from bot.run import TokenRefused, run  # noqa: PLC0415
    from bot.web.server import PortUnusable  # noqa: PLC0415
    from db.errors import DatabaseUnusable  # noqa: PLC0415

    try:
        settings = Settings()
    except ValidationError as error:
        return _complain(explain(error))
    configure_logging(settings.log_level)
    try:
        asyncio.run(run(settings, Outside(allowed_addresses=allowed_addresses)))
    except TokenRefused:
        return _complain("Discord refuses the token: check DISCORD_TOKEN in the Developer Portal.")
    except (DatabaseUnusable, PortUnusable) as error:
        return _complain(str(error))
    return 0


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201 - the one line that the operator reads
    return _EXIT_WRONG


if __name__ == "__main__":
    run()

"""Command `usage`: what jobs have cost, read from the database of a bot that may be running."""

import argparse
import re
from pathlib import Path

from bot.cli.command import Command, end_with

_MONTH = re.compile(r"20[2-9][0-9]-(0[1-9]|1[0-2])", re.ASCII)
_PERIODS = ("today", "7d", "30d")
_VIEWS = ("day", "server", "person", "model")
_MOST_LINES = 50


def _month(text: str) -> str:
    if _MONTH.fullmatch(text) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no month: 2026-11")
    return text


def _server(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 19):
        raise argparse.ArgumentTypeError(f"{text!r} is no server's id: a number of Discord's")
    return int(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < len(text) <= 6 and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of lines")
    return int(text)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", choices=_VIEWS, default="day", help="one line for each (day)")
    days = parser.add_mutually_exclusive_group()
    days.add_argument(
        "--range",
        dest="period",
        choices=_PERIODS,
        default="30d",
        help="the UTC days up to today (30d)",
    )
    days.add_argument("--month", dest="period", type=_month, help="a month: 2026-11")
    parser.add_argument("--server", type=_server, help="one server alone, by its id")
    parser.add_argument(
        "--lines", type=_count, default=_MOST_LINES, help=f"how many lines at most ({_MOST_LINES})"
    )
    parser.add_argument(
        "--csv",
        type=Path,
        metavar="FILE",
        help="write everything there instead, as CSV; - is standard output",
    )
    parser.add_argument("--offline", action="store_true", help="do not ask ModelHunter")


def _run(options: argparse.Namespace) -> int:
    from bot.settings import SettingsError, read_database_url

    try:
        database_url = read_database_url()
    except SettingsError as error:
        return end_with(str(error))

    # Only now: what it needs takes a while to load, and a mistake is answered without it.
    from bot.cli.usage_answer import UsageQuestion, answer

    question = UsageQuestion(
        view=options.by,
        period=options.period,
        server=options.server,
        most_lines=options.lines,
        csv=options.csv,
        asks_api=not options.offline,
    )
    return answer(database_url, question)


USAGE = Command(
    name="usage",
    help="say what jobs have cost, by day, server, person or model",
    description="Say what jobs have cost, from the database of a bot that may be running: it is only read.",
    run=_run,
    add_arguments=_add_arguments,
)

"""Command `status`: show how the running bot is, as its own web address says; needs no account."""

import argparse

from bot.cli.command import Command, end_with


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _run(options: argparse.Namespace) -> int:
    from bot.settings import SettingsError, read_web_settings

    try:
        settings = read_web_settings()
    except SettingsError as error:
        return end_with(str(error))
    if settings.http_port is None:
        return end_with("HTTP_PORT is empty, so no running bot can be asked: set it, and restart.")

    from bot.cli.running_bot import as_json, ask_running_bot, lines_of
    from bot.web.own_address import own_address

    address = own_address(settings.http_host, settings.http_port)
    status = ask_running_bot(address)
    print(as_json(status) if options.json else "\n".join(lines_of(status)))  # noqa: T201 - the answer
    return 0 if status.is_ready else 1


STATUS = Command(
    name="status",
    help="show how the running bot is, and what it has to do",
    description="Show how the running bot is, as /healthz and /readyz on HTTP_HOST and HTTP_PORT say."
    " The exit code is 0 if it is ready.",
    run=_run,
    add_arguments=_add_arguments,
)

"""Command `webhook register`: have ModelHunter send signed webhooks to PUBLIC_URL."""

import argparse

from bot.cli.command import Command, end_with


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["register"], help="register PUBLIC_URL at ModelHunter")
    parser.add_argument(
        "--again", action="store_true", help="also if it was registered before: events may double"
    )


def _run(options: argparse.Namespace) -> int:
    from bot.monitoring.logs import configure_logging
    from bot.settings import SettingsError, read_settings

    try:
        settings = read_settings()
    except SettingsError as error:
        return end_with(str(error))
    if settings.public_url is None:
        return end_with("PUBLIC_URL is not set: name the address at which ModelHunter reaches you.")
    configure_logging(settings.log_level, settings.secrets(), log_format=settings.log_format)

    # Only now: what it needs takes a while to load, and a mistake is answered without it.
    from bot.cli.webhook_registration import register

    return register(settings, settings.public_url, again=options.again)


WEBHOOK = Command(
    name="webhook",
    help="have ModelHunter report the ends of jobs (docs/webhooks.md)",
    description="Register PUBLIC_URL at ModelHunter, which then sends signed webhooks to it.",
    run=_run,
    add_arguments=_add_arguments,
)

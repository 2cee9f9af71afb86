"""Command `doctor`: look at the set-up, and say how each fault is mended."""

import argparse
import asyncio

from bot.cli.command import Command, fail_with


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--channel", type=_id, metavar="ID", help="look at the permissions in this channel too"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="make one job against the sandbox, which is free"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _id(text: str) -> int:
    """Read an id of Discord; argparse makes one line and exit code 2 of what is raised."""
    if not (text.isascii() and text.isdecimal() and 17 <= len(text) <= 20):
        raise argparse.ArgumentTypeError(f"{text!r} is no ID: 17 to 20 digits")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    # Only now: it loads all that the bot does.
    from bot.doctor.examination import Scope, examine
    from bot.doctor.findings import Finding
    from bot.doctor.report import as_json, has_failed, lines_of, summary
    from bot.monitoring.logs import configure_logging
    from bot.settings import Settings

    def show(name: str, finding: Finding) -> None:
        if not options.json:
            print("\n".join(lines_of(name, finding)), flush=True)  # noqa: T201 - the answer

    def settings_read(settings: Settings) -> None:
        # What libraries log is no finding; what is printed is masked by these secrets.
        configure_logging("CRITICAL", settings.secrets())

    scope = Scope(channel=options.channel, dry_job=options.dry_run, settings_read=settings_read)
    try:
        findings = asyncio.run(examine(show, scope))
    except KeyboardInterrupt:
        return fail_with("Stopped before the end.")
    print(as_json(findings) if options.json else f"\n{summary(findings)}")  # noqa: T201 - the answer
    return 1 if has_failed(findings) else 0


DOCTOR = Command(
    name="doctor",
    help="look at the set-up, and say how each fault is mended (docs/doctor.md)",
    description="Look at settings, Discord, ModelHunter, database and machine, and say how each fault is"
    " mended. Nothing is charged, sent or changed; the exit code is 1 if anything has failed.",
    run=_run,
    add_arguments=_add_arguments,
)

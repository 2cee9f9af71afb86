"""Examination: the table of all checks, in the order in which they are made."""

import dataclasses
import functools
from collections.abc import Awaitable, Callable, Iterable, Sequence

from bot.doctor import (
    application_checks,
    command_checks,
    database_checks,
    discord_checks,
    dry_job_check,
    gateway_checks,
    machine_checks,
    modelhunter_checks,
    network_checks,
    permission_checks,
    settings_checks,
    web_checks,
)
from bot.doctor.bench import Bench, open_bench
from bot.doctor.checks import TIMEOUT, Check, Show, blocked, run_checks
from bot.doctor.discord_checks import of_discord
from bot.doctor.findings import Finding
from bot.doctor.modelhunter_checks import of_api
from bot.doctor.reach import TIMEOUT as ANSWER_TIMEOUT
from bot.settings import Settings

SETTINGS = "settings"
_SLOW = 90.0  # seconds, where child processes are started or the whole program is built
_DISCORD = ("token",)
_APPLICATION = ("application",)


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """A check of the table: its name, what it does on the bench, what it needs, its seconds."""

    name: str
    look: Callable[[Bench], Awaitable[Finding]]
    needs: tuple[str, ...] = (SETTINGS,)
    timeout: float = TIMEOUT


CHECKS = (
    Row("servers", settings_checks.check_servers),
    Row("budget", settings_checks.check_budget),
    Row("models", settings_checks.check_models),
    Row("certificates", network_checks.check_certificates),
    Row("proxy", network_checks.check_proxy, ("certificates",)),
    Row("discord", discord_checks.check_reach, ("proxy",)),
    Row("cdn", discord_checks.check_cdn, ("proxy",)),
    Row("token", of_discord(discord_checks.check_token), ("discord",)),
    Row("gateway", of_discord(gateway_checks.check_gateway), _DISCORD),
    Row("application", of_discord(application_checks.check_application), _DISCORD),
    Row("intents", of_discord(application_checks.check_intents), _APPLICATION),
    Row("install", of_discord(application_checks.check_install), _APPLICATION),
    Row("membership", of_discord(application_checks.check_membership), _APPLICATION),
    Row("entry point", of_discord(command_checks.check_entry_point), _APPLICATION),
    Row("commands", of_discord(command_checks.check_commands), ("models", "application"), _SLOW),
    Row("modelhunter", modelhunter_checks.check_reach, ("proxy",)),
    Row("key", of_api(modelhunter_checks.check_key), ("modelhunter",)),
    Row("balance", of_api(modelhunter_checks.check_balance), ("key",)),
    Row("key permissions", of_api(modelhunter_checks.check_permissions), ("key",)),
    Row("clock", network_checks.check_clock),
    Row("database", database_checks.check_database),
    Row("disk", machine_checks.check_disk),
    Row("transcoder", machine_checks.check_transcoder, ("disk",), _SLOW),
    Row("isolation", machine_checks.check_isolation, ("transcoder",), _SLOW),
    Row("web server", web_checks.check_web_server),
    Row("webhooks", web_checks.check_webhooks, ("certificates", "web server")),
)
# Beside the sandbox, so that it needs nothing of the operator's accounts.
DRY_JOB = Row("dry job", dry_job_check.check_dry_job, ("disk",), 180.0)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is looked at: the checks, one channel more, a dry job; and how long answers may take."""

    checks: Sequence[Row] = CHECKS
    channel: int | None = None
    dry_job: bool = False
    answer_timeout: float = ANSWER_TIMEOUT  # seconds
    settings_read: Callable[[Settings], None] = lambda _settings: None  # called as soon as they are


async def examine(show: Show, scope: Scope | None = None) -> dict[str, Finding]:
    """Make all checks, *show* each finding when it is there, and return them by name."""
    scope = scope or Scope()
    read: list[Settings] = []
    found = await run_checks([Check(name=SETTINGS, look=_reading_settings(read))], show)
    if not read:
        return _show_blocked(scope, found, show)
    (settings,) = read
    scope.settings_read(settings)
    rows = [*scope.checks, *_places(settings, scope.channel), *([DRY_JOB] if scope.dry_job else [])]
    async with open_bench(settings, answer_timeout=scope.answer_timeout) as bench:
        return await run_checks(_checks(rows, bench), show, before=found)


def _reading_settings(read: list[Settings]) -> Callable[[], Awaitable[Finding]]:
    """Return the check that puts the settings into *read*, where they can be used."""

    async def look() -> Finding:
        finding, settings = await settings_checks.check_settings()
        if settings is not None:
            read.append(settings)
        return finding

    return look


def _places(settings: Settings, channel: int | None) -> list[Row]:
    """Return the checks of the servers that the settings name, and of one channel."""
    named = set(settings.allowed_guild_ids) | {settings.discord_guild_id} - {None}
    rows = [
        Row(
            f"server {guild_id}",
            of_discord(functools.partial(permission_checks.check_server, guild_id=guild_id)),
            _APPLICATION,
        )
        for guild_id in sorted(filter(None, named))
    ]
    if channel is not None:
        look = functools.partial(permission_checks.check_channel, channel_id=channel)
        rows.append(Row(f"channel {channel}", of_discord(look), _APPLICATION))
    return rows


def _checks(rows: Iterable[Row], bench: Bench) -> Sequence[Check]:
    return [
        Check(
            name=row.name,
            look=functools.partial(row.look, bench),
            needs=row.needs,
            timeout=row.timeout,
        )
        for row in rows
    ]


def _show_blocked(scope: Scope, found: dict[str, Finding], show: Show) -> dict[str, Finding]:
    """Say of every other check that it was not made, as there are no settings to make it with."""
    for row in scope.checks:
        finding = blocked((SETTINGS,), found)
        if finding is not None:
            found[row.name] = finding
            show(row.name, finding)
    return found

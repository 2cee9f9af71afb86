"""Checks of the settings: whether they can be read, and whether they agree with each other."""

import functools
import re
import stat
from pathlib import Path

from bot.catalogue import CatalogueError, Kind, load_catalogue
from bot.doctor.bench import Bench
from bot.doctor.daemon_thread import in_daemon_thread
from bot.doctor.findings import Finding, ok
from bot.doctor.problems import SettingsProblem
from bot.settings import Settings, SettingsError, read_settings

_NAMES = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")
# The sentence about a missing secret, or one that is no whole copy, names that setting alone.
_SECRETS = {
    frozenset({"DISCORD_TOKEN"}): SettingsProblem.TOKEN_SHAPE,
    frozenset({"MODELHUNTER_KEY"}): SettingsProblem.KEY_SHAPE,
}


async def check_settings() -> tuple[Finding, Settings | None]:
    """Read the settings; return None for them where they can't be used."""
    try:
        settings = await in_daemon_thread(read_settings)
    except SettingsError as error:
        return explain(str(error)), None
    return await in_daemon_thread(functools.partial(_check_file, Path(".env"))), settings


def explain(sentence: str) -> Finding:
    """Return what a sentence about settings means. Pure."""
    names = frozenset(_NAMES.findall(sentence.partition(" Set ")[0]))
    return _SECRETS.get(names, SettingsProblem.SETTINGS_WRONG).found(sentence)


def _check_file(path: Path) -> Finding:
    """Look at whether other users may read the file that holds the secrets."""
    if not path.exists():
        return ok("all are readable; there is no .env")
    mode = path.stat().st_mode
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        return SettingsProblem.SETTINGS_OPEN.found(
            f"all are readable; other users may read .env (mode {stat.S_IMODE(mode):o})"
        )
    return ok("all are readable, .env by its owner alone")


async def check_servers(bench: Bench) -> Finding:
    """Look at which servers may use the bot, and whether the commands are among them."""
    allowed, only = bench.settings.allowed_guild_ids, bench.settings.discord_guild_id
    if not allowed:
        return SettingsProblem.ALLOWED_EMPTY.found(
            "every server that the bot is in may spend the budget"
        )
    if only is not None and only not in allowed:
        return SettingsProblem.COMMANDS_ELSEWHERE.found(
            f"the commands are in server {only} alone, where the bot takes no request"
        )
    return ok(f"{len(allowed)} allowed")


async def check_budget(bench: Bench) -> Finding:
    """Look at whether the budget admits anything."""
    if bench.settings.daily_budget_usd == 0:
        return SettingsProblem.BUDGET_ZERO.found("no request is accepted: DAILY_BUDGET_USD is 0")
    return ok(f"${bench.settings.daily_budget_usd} a day")


async def check_models(bench: Bench) -> Finding:
    """Read the catalogue with the operator's choices."""
    defaults = {Kind(kind): name for kind, name in bench.settings.default_models.items()}
    try:
        catalogue = await in_daemon_thread(
            functools.partial(
                load_catalogue, defaults, enabled=bench.settings.enable_undocumented_models
            )
        )
    except CatalogueError as error:
        return SettingsProblem.MODELS_WRONG.found(str(error))
    return ok(f"{len(catalogue.labels())} in the catalogue")

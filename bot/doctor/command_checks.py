"""Checks of the commands: whether Discord has those that the bot would have it know."""

from collections.abc import Sequence

import discord

from bot.discord.command_comparison import Payload, entry_points, is_same
from bot.doctor.bench import Bench
from bot.doctor.findings import Finding, not_checked, ok
from bot.doctor.problems import DiscordProblem

# Discord docs: Entry Point Command Handler Types. The other, 2, is Discord's own.
_HANDLED_BY_BOT = 1


async def check_commands(bench: Bench) -> Finding:
    """Compare what Discord has with what the bot would send it at its next start."""
    only = bench.settings.discord_guild_id
    everywhere = found = await bench.global_commands()
    if only is not None:
        try:
            found = await bench.server_commands()
        except (discord.Forbidden, discord.NotFound):
            return not_checked(f"the bot is not in server {only}", blocked_by=f"server {only}")
    return commands_finding(
        await bench.wanted_commands(), found, everywhere, is_global=only is None
    )


def commands_finding(
    wanted: Sequence[Payload],
    found: Sequence[Payload],
    everywhere: Sequence[Payload],
    *,
    is_global: bool,
) -> Finding:
    """Return how the commands *found* differ from those *wanted*. Pure."""
    ours = _without_entry_points(found)
    if not ours:
        return DiscordProblem.COMMANDS_MISSING.found("Discord has none of the bot's commands")
    if not is_same(wanted, found, is_global=is_global):
        return DiscordProblem.COMMANDS_DIFFER.found(
            f"Discord has {len(ours)}, and they are not those of this version"
        )
    if not is_global and _without_entry_points(everywhere):
        return DiscordProblem.COMMANDS_TWICE.found(
            "they are in the server of DISCORD_GUILD_ID and everywhere: members see them twice"
        )
    return ok(f"Discord has all {len(ours)}{'' if is_global else ', in one server alone'}")


async def check_entry_point(bench: Bench) -> Finding:
    """Look for the command of an activity, which the bot does not answer."""
    return entry_point_finding(await bench.global_commands())


def entry_point_finding(everywhere: Sequence[Payload]) -> Finding:
    """Return whether there is a command that opens an activity, and who answers it. Pure."""
    for command in entry_points(everywhere):
        if command.get("handler", _HANDLED_BY_BOT) == _HANDLED_BY_BOT:
            return DiscordProblem.ENTRY_POINT.found(
                f"{command.get('name')} opens an activity, and the bot is to answer it"
            )
    return ok("none that the bot would have to answer")


def _without_entry_points(commands: Sequence[Payload]) -> list[Payload]:
    names = {(point.get("type"), point.get("name")) for point in entry_points(commands)}
    return [each for each in commands if (each.get("type"), each.get("name")) not in names]

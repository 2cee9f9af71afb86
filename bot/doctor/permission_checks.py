"""Checks of the bot's permissions: in each server that it is to work in, and in one channel."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence

import discord

from bot.discord.interactions.permissions import missing_permissions, permission_name
from bot.discord.invite_link import invite_link
from bot.doctor.bench import Bench
from bot.doctor.findings import Finding, counted, not_checked, ok
from bot.doctor.problems import DiscordProblem

_ENGLISH = "en-US"
_SHOWN = 5  # channels that a finding names
# Where a command can be used and its answer is a message.
_TEXT_LIKE = discord.TextChannel | discord.VoiceChannel | discord.StageChannel
_POSTS = discord.ForumChannel


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ChannelAccess:
    """What the bot lacks in a channel, by Discord's names of the permissions."""

    name: str
    missing: tuple[str, ...]
    is_seen: bool


async def check_server(bench: Bench, guild_id: int) -> Finding:
    """Look at all channels of a server."""
    guild = await _server(bench, guild_id)
    if guild is None:
        return await _not_in(bench, guild_id)
    member = await guild.fetch_member(await bench.bot_id())
    try:
        channels = await guild.fetch_channels()
    except discord.InvalidData:
        return not_checked("it has a channel of a kind that is not known")
    return server_finding(_accesses(channels, member))


def server_finding(accesses: Sequence[ChannelAccess]) -> Finding:
    """Return in how many channels of a server results can be shown. Pure."""
    good = [access for access in accesses if not access.missing]
    bad = [access for access in accesses if access.missing and access.is_seen]
    if accesses and not good:
        names = Counter(name for access in accesses for name in access.missing)
        lacks = ", ".join(name for name, _ in names.most_common())
        return DiscordProblem.NO_USABLE_CHANNEL.found(
            f"results can be shown in none of its {len(accesses)} channels: {lacks} missing"
        )
    if bad:
        shown = "; ".join(f"#{each.name}: {', '.join(each.missing)}" for each in bad[:_SHOWN])
        more = f" and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
        return DiscordProblem.SOME_CHANNELS.found(f"permissions are missing in {shown}{more}")
    hidden = len(accesses) - len(good)
    return ok(
        f"works in {counted(len(good), 'channel')}"
        + (f", and {hidden} are hidden from it" if hidden else "")
    )


async def check_channel(bench: Bench, channel_id: int) -> Finding:
    """Look at one channel, or thread."""
    try:
        fields = await bench.discord.channel(channel_id)
    except (discord.Forbidden, discord.NotFound) as error:
        return DiscordProblem.CHANNEL_UNSEEN.found(f"the bot can't see it (code {error.code})")
    guild_id = fields.get("guild_id")
    guild = None if guild_id is None else await _server(bench, int(str(guild_id)))
    if guild is None:
        return DiscordProblem.CHANNEL_KIND.found("it is no channel of a server that the bot is in")
    allowed = bench.settings.allowed_guild_ids
    if allowed and guild.id not in allowed:
        return DiscordProblem.CHANNEL_NOT_ALLOWED.found(f"it is in server {guild.id}")
    return await _in_channel(bench, guild, channel_id)


async def _in_channel(bench: Bench, guild: discord.Guild, channel_id: int) -> Finding:
    try:
        channel = await guild.fetch_channel(channel_id)
        holder = channel
        if isinstance(channel, discord.Thread):
            holder = await guild.fetch_channel(channel.parent_id)
    except discord.InvalidData:
        return not_checked("it is a channel of a kind that is not known")
    if not isinstance(holder, _TEXT_LIKE | _POSTS):
        return DiscordProblem.CHANNEL_KIND.found(
            f"it is a {channel.type.name}, where nothing is written"
        )
    permissions = holder.permissions_for(await guild.fetch_member(await bench.bot_id()))
    in_thread = isinstance(channel, discord.Thread) or isinstance(holder, _POSTS)
    return channel_finding(permissions, in_thread=in_thread)


def channel_finding(permissions: discord.Permissions, *, in_thread: bool) -> Finding:
    """Return what these permissions mean to a card and its ❌. Pure."""
    lacks = _names(missing_permissions(permissions, in_thread=in_thread))
    if lacks:
        return DiscordProblem.CHANNEL_PERMISSIONS.found(f"missing: {', '.join(lacks)}")
    if not permissions.add_reactions:
        return DiscordProblem.CHANNEL_REACTIONS.found(
            f"missing: {', '.join(_names(['add_reactions']))}"
        )
    return ok("results can be shown, and cancelled by ❌")


async def _server(bench: Bench, guild_id: int) -> discord.Guild | None:
    """Return the server, None if the bot is not in it."""
    try:
        return await bench.discord.client.fetch_guild(guild_id, with_counts=False)
    except (discord.Forbidden, discord.NotFound):
        return None


async def _not_in(bench: Bench, guild_id: int) -> Finding:
    link = invite_link((await bench.application()).id)
    return DiscordProblem.NOT_IN_SERVER.found(f"the bot is not in server {guild_id}", mend=link)


def _accesses(
    channels: Iterable[discord.abc.GuildChannel], member: discord.Member
) -> list[ChannelAccess]:
    found = []
    for channel in channels:
        if isinstance(channel, _TEXT_LIKE | _POSTS):
            permissions = channel.permissions_for(member)
            missing = missing_permissions(permissions, in_thread=isinstance(channel, _POSTS))
            found.append(
                ChannelAccess(
                    name=channel.name,
                    missing=tuple(_names(missing)),
                    is_seen=permissions.view_channel,
                )
            )
    return found


def _names(flags: Iterable[str]) -> list[str]:
    return [permission_name(flag, _ENGLISH) for flag in flags]

"""REST routes that simcord lacks, or answers differently from Discord."""

from collections.abc import Callable
from typing import Any

from simcord.backend import errors, serializers
from simcord.http.router import RequestContext, dispatch

from sandbox.discord.calls import Call
from sandbox.discord.model import Model

NORMAL = 0  # the type of a reaction that is no burst (Discord docs: Get Reactions, reaction types)
Handler = Callable[[Model, Call, dict[str, str]], Any]


def _gateway(model: Model, _call: Call, _names: dict[str, str]) -> Any:
    return {
        "url": model.attachments.base.replace("http", "ws", 1) + "/gateway",
        "shards": model.shards,
        "session_start_limit": {
            "total": 1000,
            "remaining": model.session_starts_left,
            "reset_after": round(model.session_starts_reset_after * 1000),
            "max_concurrency": model.max_concurrency,
        },
    }


def _own_guilds(model: Model, call: Call, _names: dict[str, str]) -> Any:
    """List the servers that the bot is in by id (Discord docs: Get Current User Guilds)."""
    after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 200))
    guilds = [it for it in model.guilds.values() if model.bot_user.id in it.members]
    found = sorted((guild for guild in guilds if guild.id > after), key=lambda guild: guild.id)
    return [{"id": str(guild.id), "name": guild.name} for guild in found[:limit]]


def _application(model: Model, _call: Call, _names: dict[str, str]) -> Any:
    answer = dispatch(model, "GET", "/oauth2/applications/@me")
    guilds = sum(model.bot_user.id in guild.members for guild in model.guilds.values())
    owner = model.users.get(model.owner_id) if model.owner_id else None
    return {
        **answer,
        "owner": answer["owner"] if owner is None else serializers.user_payload(owner),
        "bot_public": False,
        "approximate_guild_count": guilds,
        "interactions_endpoint_url": None,
        "integration_types_config": {"0": {}, "1": {}},
        **model.portal,
    }


def _guild(model: Model, call: Call, names: dict[str, str]) -> Any:
    """Give a guild, if the bot is a member there."""
    if model.bot_user.id not in model.get_guild(int(names["guild"])).members:
        raise errors.missing_access()
    return dispatch(model, call.method, call.path, params=call.query)


def _reaction_users(model: Model, call: Call, names: dict[str, str]) -> Any:
    """List the users of a reaction by id, page by page (Discord docs: Get Reactions)."""
    context = RequestContext(model, names, method=call.method, path=call.path)
    message = context.require_message(
        int(names["channel"]), int(names["message"]), "read_message_history"
    )
    reaction = message.reaction_for(names["emoji"])
    if int(call.query.get("type", NORMAL)) != NORMAL:
        return []
    after = int(call.query.get("after", 0))
    limit = int(call.query.get("limit", 25))
    users = sorted(user for user in (reaction.user_ids if reaction else []) if user > after)
    return [dict(serializers.user_payload(model.get_user(user))) for user in users[:limit]]


def _messages(model: Model, call: Call, names: dict[str, str]) -> Any:
    """List messages as Discord does, where simcord does not (docs: Get Channel Messages).

    After an id come the oldest, and each reaction says whether the bot has it too (`me`).
    """
    channel = int(names["channel"])
    if "after" in call.query:
        after, limit = int(call.query["after"]), int(call.query.get("limit", 50))
        everything = {**call.query, "limit": str(len(model.messages.get(channel, ())))}
        found = dispatch(model, "GET", call.path, params=everything)
        found = [message for message in found if int(message["id"]) > after][-limit:]
    else:
        found = dispatch(model, "GET", call.path, params=call.query)
    return [_with_own_reactions(model, channel, message) for message in found]


def _with_own_reactions(model: Model, channel: int, payload: dict[str, Any]) -> dict[str, Any]:
    message = model.get_message(channel, int(payload["id"]))
    reactions = [
        {**shown, "me": model.bot_user.id in reaction.user_ids}
        for shown, reaction in zip(
            payload["reactions"], filter(lambda it: it.user_ids, message.reactions), strict=True
        )
    ]
    return {**payload, "reactions": reactions}


def _remove_own_reaction(model: Model, call: Call, names: dict[str, str]) -> Any:
    """Remove the bot's reaction; answer Unknown Emoji if there is none."""
    context = RequestContext(model, names, method=call.method, path=call.path)
    message = context.require_message(
        int(names["channel"]), int(names["message"]), "read_message_history"
    )
    if message.reaction_for(names["emoji"]) is None:
        raise errors.unknown_emoji()
    model.set_reaction(message.channel_id, message.id, names["emoji"], model.bot_user.id, False)


def _guild_commands(model: Model, call: Call, names: dict[str, str]) -> Any:
    """Give or overwrite a guild's commands, if the bot is a member there."""
    if model.bot_user.id not in model.get_guild(int(names["guild"])).members:
        raise errors.missing_access()
    return dispatch(model, call.method, call.path, json=call.json, params=call.query)


_COMMANDS = ["applications", "{application}", "guilds", "{guild}", "commands"]
_ROUTES: list[tuple[str, list[str], Handler]] = [
    ("GET", ["gateway"], _gateway),
    ("GET", ["gateway", "bot"], _gateway),
    ("GET", ["users", "@me", "guilds"], _own_guilds),
    ("GET", ["applications", "@me"], _application),
    ("GET", ["guilds", "{guild}"], _guild),
    ("GET", ["oauth2", "applications", "@me"], _application),
    ("GET", _COMMANDS, _guild_commands),
    ("PUT", _COMMANDS, _guild_commands),
    (
        "GET",
        ["channels", "{channel}", "messages", "{message}", "reactions", "{emoji}"],
        _reaction_users,
    ),
    ("GET", ["channels", "{channel}", "messages"], _messages),
    (
        "DELETE",
        ["channels", "{channel}", "messages", "{message}", "reactions", "{emoji}", "@me"],
        _remove_own_reaction,
    ),
]


def own_route(call: Call) -> tuple[Handler, dict[str, str]] | None:
    """Return the handler for a call that does not go to simcord's own, with its path's names."""
    segments = call.path.strip("/").split("/")
    for method, template, handler in _ROUTES:
        if method != call.method or len(template) != len(segments):
            continue
        pairs = list(zip(template, segments, strict=True))
        if all(part.startswith("{") or part == segment for part, segment in pairs):
            return handler, {part[1:-1]: seg for part, seg in pairs if part.startswith("{")}
    return None

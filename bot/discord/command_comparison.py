"""Command comparison: whether Discord has the commands that the bot wants it to have. Pure.

Discord gives back more than it was sent: ids, versions, defaults that were left out, and lists in
another order. So two commands are the same if they say the same, and a field that is absent says
what its empty value says (Discord docs: Application Commands, Application Command Object).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

Payload = Mapping[str, object]

# The command of an activity, which Discord adds itself and does not let a bulk overwrite remove
# (error 50240).
PRIMARY_ENTRY_POINT = 4
_CHAT_INPUT = 1

# What Discord alone decides, and what it has deprecated in favour of `contexts` and of
# `default_member_permissions`.
_NOT_OURS = frozenset(
    {
        "id",
        "application_id",
        "guild_id",
        "version",
        "name_localized",
        "description_localized",
        "dm_permission",
        "default_permission",
    }
)
# Valid for global commands alone; what Discord says of them for a server's is its own business.
_GLOBAL_ONLY = frozenset({"contexts", "integration_types"})
# What a bulk overwrite takes of a command that is sent back unchanged.
_SENT_BACK = (
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "type",
    "options",
    "handler",
    "contexts",
    "integration_types",
    "default_member_permissions",
    "nsfw",
)


def is_same(wanted: Sequence[Payload], found: Sequence[Payload], *, is_global: bool) -> bool:
    """Whether *found*, without entry points, says the same as *wanted*, in any order."""
    ignored = _NOT_OURS if is_global else _NOT_OURS | _GLOBAL_ONLY
    ours = [command for command in found if not _is_entry_point(command)]
    return _by_name(wanted, ignored) == _by_name(ours, ignored)


def entry_points(found: Sequence[Payload]) -> list[dict[str, object]]:
    """Return the entry points among *found*, as a bulk overwrite must send them back."""
    return [
        {key: command[key] for key in _SENT_BACK if command.get(key) is not None}
        for command in found
        if _is_entry_point(command)
    ]


def fingerprint(found: Sequence[Payload]) -> str:
    """Return what changes when any of these commands is changed, removed or made anew."""
    names = sorted(
        [str(command.get(key)) for key in ("type", "name", "id", "version")] for command in found
    )
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()


def _is_entry_point(command: Payload) -> bool:
    return command.get("type") == PRIMARY_ENTRY_POINT


def _by_name(commands: Sequence[Payload], ignored: frozenset[str]) -> list[str]:
    return sorted(
        json.dumps(_essence({"type": _CHAT_INPUT, **command}, ignored), sort_keys=True, default=str)
        for command in commands
    )


def _essence(value: object, ignored: frozenset[str]) -> object:
    """Return *value* without what is ignored, and without what is as good as absent."""
    if isinstance(value, Mapping):
        kept = {
            str(key): _essence(item, ignored) for key, item in value.items() if key not in ignored
        }
        # Permissions are a decimal text from Discord, and a number from discord.py.
        if kept.get("default_member_permissions") is not None:
            kept["default_member_permissions"] = str(kept["default_member_permissions"])
        return {key: item for key, item in kept.items() if not _is_empty(item)}
    if isinstance(value, list | tuple):
        items = [_essence(item, ignored) for item in value]
        # Contexts, channel types and the like are sets; options have an order, which is shown.
        return items if any(isinstance(item, dict) for item in items) else sorted(items, key=str)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _is_empty(value: object) -> bool:
    """Whether a field with this value says what an absent one does; 0 is a limit like any other."""
    return value is None or value is False or value in ("", [], {})

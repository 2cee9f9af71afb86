"""Interaction payloads as Discord sends them, built from what a user does."""

from collections.abc import Mapping
from typing import Any

from simcord import interactions
from simcord.backend.errors import SetupError
from simcord.backend.models import Interaction, Message
from simcord.components import walk_components
from simcord.enums import SELECT_TYPES, AppCommandType, ComponentType, OptionType

from sandbox.discord.forms import store_upload
from sandbox.discord.model import Model
from sandbox.discord.rules import Limits

OptionValue = str | int | float | bool | tuple[str, bytes]  # a tuple is an attachment
LINK, PREMIUM = 5, 6


def find_command(
    model: Model, name: str, *, user_id: int, channel_id: int, kind: int = AppCommandType.CHAT_INPUT
) -> dict[str, Any] | None:
    """Return the command of that name (its first word) which this user sees in this channel."""
    root_name = name.split(maxsplit=1)[0] if kind == AppCommandType.CHAT_INPUT else name
    visible = model.visible_commands(user_id=user_id, channel_id=channel_id, type=kind)
    found = [command for command in visible if command["name"] == root_name]
    return next((c for c in found if c.get("guild_id")), found[0] if found else None)


def slash_data(
    model: Model,
    command: dict[str, Any],
    name: str,
    options: Mapping[str, OptionValue],
) -> dict[str, Any]:
    """Build the data of a slash command.

    Raises:
        SetupError: the options are not what the command declares; Discord's client would not send it.
    """
    leaf, nesting = interactions.walk_to_subcommand(command, name.split()[1:])
    accepted = interactions.check_options(name, leaf, dict(options))
    resolved: dict[str, Any] = {}
    built = []
    for option in leaf.get("options") or []:
        if option["name"] not in accepted:
            continue
        value = accepted[option["name"]]
        if option["type"] == OptionType.ATTACHMENT:
            filename, content = value
            value = store_upload(model, filename, content, resolved)
        built.append({"name": option["name"], "type": option["type"], "value": value})
    data = _command_data(command, interactions.nest_options(command, nesting, built))
    return {**data, "resolved": resolved} if resolved else data


def autocomplete_data(
    command: dict[str, Any], name: str, option: str, typed: str, others: Mapping[str, OptionValue]
) -> dict[str, Any]:
    """Build the data of a user typing into *option*; other options may be incomplete."""
    leaf, nesting = interactions.walk_to_subcommand(command, name.split()[1:])
    declared = {item["name"]: item for item in leaf.get("options") or []}
    if option not in declared or not declared[option].get("autocomplete"):
        raise SetupError(f"option {option!r} of /{name} completes nothing")
    accepted = interactions.check_options(name, leaf, dict(others), partial=True)
    built = [
        {"name": key, "type": declared[key]["type"], "value": value}
        for key, value in accepted.items()
        if key != option and declared[key]["type"] != OptionType.ATTACHMENT
    ]
    focused = {"name": option, "type": declared[option]["type"], "value": typed, "focused": True}
    return _command_data(command, interactions.nest_options(command, nesting, [*built, focused]))


def menu_data(command: dict[str, Any], target: dict[str, Any]) -> dict[str, Any]:
    """Build the data of a command chosen from a message's menu."""
    return {
        "id": command["id"],
        "name": command["name"],
        "type": AppCommandType.MESSAGE,
        "target_id": target["id"],
        "resolved": {"messages": {target["id"]: target}},
    }


def button_data(message: Message, button: str) -> dict[str, Any]:
    """Build the data of a tap on the button with that label, emoji or custom id."""
    found = [
        component
        for component in walk_components(message.components)
        if component.get("type") == ComponentType.BUTTON
        and button
        in (
            component.get("label"),
            component.get("custom_id"),
            (component.get("emoji") or {}).get("name"),
        )
    ]
    component = _usable(found, button)
    if component.get("style") in (LINK, PREMIUM):
        raise SetupError(f"button {button!r} sends nothing to the bot")
    return _component_data(component)


def select_data(message: Message, values: list[str], custom_id: str | None) -> dict[str, Any]:
    """Build the data of a choice in a message's select menu."""
    found = [
        component
        for component in walk_components(message.components)
        if component.get("type") in SELECT_TYPES and custom_id in (None, component["custom_id"])
    ]
    component = _usable(found, custom_id or "the menu")
    offered = {option["value"] for option in component.get("options") or []}
    if not set(values) <= offered:
        raise SetupError(f"{values} is not among {sorted(offered)}")
    if not component.get("min_values", 1) <= len(values) <= component.get("max_values", 1):
        raise SetupError(f"{len(values)} values are too few or too many")
    return {**_component_data(component), "values": values}


def interaction_payload(
    model: Model,
    limits: Limits,
    *,
    kind: int,
    channel_id: int,
    user_id: int,
    data: dict[str, Any],
    is_user_install: bool = False,
) -> tuple[Interaction, dict[str, Any]]:
    """Create an interaction and the INTERACTION_CREATE that announces it."""
    guild_id = model.get_channel(channel_id).guild_id
    record, payload = interactions.base_payload(
        model, type=kind, channel_id=channel_id, guild_id=guild_id, user_id=user_id, data=data
    )
    record.initial_response_deadline = model.iso_after(limits.answer_within)
    record.expires_at = model.iso_after(limits.token_lifetime)
    payload["attachment_size_limit"] = limits.advertised_upload or limits.upload
    if is_user_install:
        payload["authorizing_integration_owners"] = {"1": str(user_id)}
    elif guild_id is not None:
        payload["authorizing_integration_owners"] = {"0": str(guild_id)}
    else:
        payload["authorizing_integration_owners"] = {"0": "0"}
    model.integration_owners[record.id] = payload["authorizing_integration_owners"]
    return record, payload


def is_user_install(owners: Mapping[str, str]) -> bool:
    """Whether the app is installed for the user alone, by Authorizing Integration Owners."""
    return set(owners) == {"1"}


def _command_data(command: dict[str, Any], options: list[dict[str, Any]]) -> dict[str, Any]:
    data = {
        "id": command["id"],
        "name": command["name"],
        "type": command.get("type", AppCommandType.CHAT_INPUT),
        "options": options,
    }
    if command.get("guild_id"):
        data["guild_id"] = command["guild_id"]
    return data


def _usable(found: list[dict[str, Any]], name: str) -> dict[str, Any]:
    if len(found) != 1:
        raise SetupError(f"{len(found)} components are called {name!r}")
    if found[0].get("disabled"):
        raise SetupError(f"{name!r} is disabled")
    return found[0]


def _component_data(component: dict[str, Any]) -> dict[str, Any]:
    data = {"custom_id": component["custom_id"], "component_type": component["type"]}
    if component.get("id") is not None:
        data["id"] = component["id"]
    return data

"""Page actions: what a user does on the page, carried out as the same act on Discord."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from simcord import interactions
from simcord.backend.errors import BackendError, SetupError
from simcord.enums import AppCommandType, OptionType

from sandbox.discord.commands import OptionValue, find_command
from sandbox.discord.people import Person
from sandbox.discord.server import SandboxDiscord

Json = dict[str, Any]
Action = Callable[[SandboxDiscord, Person, Json], Awaitable[Json]]
UNANSWERED = "The application did not respond"
TIMEOUT = 4.0  # seconds until the page shows that; Discord allows 3


async def act(discord: SandboxDiscord, person: Person, page_request: Json) -> Json:
    """Carry out a page's request, and return its result, or `error` with a sentence."""
    action = _ACTIONS.get(page_request.get("do", ""))
    if action is None:
        return {"error": f"unknown action {page_request.get('do')!r}"}
    try:
        return await action(discord, person, page_request)
    except TimeoutError:
        return {"error": UNANSWERED}
    except SetupError as error:
        return {"error": str(error)}
    except BackendError as error:
        return {"error": error.message}


async def _slash(discord: SandboxDiscord, person: Person, page_request: Json) -> Json:
    channel = int(page_request["channel"])
    options = _options(
        discord, person, channel, page_request["name"], page_request["options"], is_partial=False
    )
    invocation = await person.begin(channel, page_request["name"], options)
    await invocation.answer(TIMEOUT)
    return {}


async def _autocomplete(discord: SandboxDiscord, person: Person, page_request: Json) -> Json:
    channel = int(page_request["channel"])
    others = _options(
        discord, person, channel, page_request["name"], page_request["options"], is_partial=True
    )
    others.pop(page_request["option"], None)
    choices = await person.autocomplete(
        channel, page_request["name"], page_request["option"], page_request["typed"], **others
    )
    return {"choices": choices}


async def _click(_discord: SandboxDiscord, person: Person, page_request: Json) -> Json:
    await person.begin_click(int(page_request["message"]), page_request["button"]).answer(TIMEOUT)
    return {}


async def _select(_discord: SandboxDiscord, person: Person, page_request: Json) -> Json:
    await person.select(
        int(page_request["message"]), *page_request["values"], custom_id=page_request["menu"]
    )
    return {}


async def _menu(_discord: SandboxDiscord, person: Person, page_request: Json) -> Json:
    await person.menu(int(page_request["message"]), page_request["name"])
    return {}


async def _react(_discord: SandboxDiscord, person: Person, page_request: Json) -> Json:
    change = person.react if page_request["is_on"] else person.unreact
    await change(int(page_request["message"]), page_request["emoji"])
    return {}


async def _delete(_discord: SandboxDiscord, person: Person, page_request: Json) -> Json:
    await person.delete(int(page_request["message"]))
    return {}


async def _say(_discord: SandboxDiscord, person: Person, page_request: Json) -> Json:
    await person.say(int(page_request["channel"]), page_request["content"])
    return {}


def _options(
    discord: SandboxDiscord,
    person: Person,
    channel: int,
    name: str,
    typed: Mapping[str, Any],
    *,
    is_partial: bool,
) -> dict[str, OptionValue]:
    """Convert typed options to the types that the command declares."""
    command = find_command(
        discord.model,
        name,
        user_id=person.id,
        channel_id=channel,
        kind=AppCommandType.CHAT_INPUT,
    )
    if command is None:
        raise SetupError(f"there is no command /{name}")
    leaf, _ = interactions.walk_to_subcommand(command, name.split()[1:])
    values: dict[str, OptionValue] = {}
    for option in leaf.get("options") or []:
        if option["name"] not in typed:
            continue
        try:
            values[option["name"]] = _value(name, option, typed[option["name"]])
        except SetupError:
            if not is_partial:
                raise
    return values


def _value(name: str, option: Json, typed: Any) -> OptionValue:
    if option["type"] == OptionType.ATTACHMENT:
        return str(typed["filename"]), base64.b64decode(typed["data"])
    value: OptionValue = interactions.parse_option_input(name, option, typed)
    return value


_ACTIONS: dict[str, Action] = {
    "slash": _slash,
    "autocomplete": _autocomplete,
    "click": _click,
    "select": _select,
    "menu": _menu,
    "react": _react,
    "delete": _delete,
    "say": _say,
}

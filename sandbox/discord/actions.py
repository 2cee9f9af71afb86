"""Page actions: what a user does on the page, carried out as the same act on Discord."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from simcord import interactions
from simcord.backend.errors import BackendError, SetupError
from simcord.enums import AppCommandType, OptionType

from sandbox.discord.commands import OptionValue, find_command
from sandbox.discord.forms import File, FormValue
from sandbox.discord.invocations import Answer
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
    return _shown(await invocation.answer(TIMEOUT))


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
    invocation = person.begin_click(int(page_request["message"]), page_request["button"])
    return _shown(await invocation.answer(TIMEOUT))


async def _select(_discord: SandboxDiscord, person: Person, page_request: Json) -> Json:
    answer = await person.select(
        int(page_request["message"]), *page_request["values"], custom_id=page_request["menu"]
    )
    return _shown(answer)


async def _menu(_discord: SandboxDiscord, person: Person, page_request: Json) -> Json:
    invocation = await person.begin_menu(int(page_request["message"]), page_request["name"])
    return _shown(await invocation.answer(TIMEOUT))


async def _submit(_discord: SandboxDiscord, person: Person, page_request: Json) -> Json:
    form = Answer(int(page_request["form"]), "modal")
    values = {name: _form_value(value) for name, value in page_request["values"].items()}
    filled = {name: value for name, value in values.items() if value is not None}
    return _shown(await person.begin_submit(form, filled).answer(TIMEOUT))


async def _react(_discord: SandboxDiscord, person: Person, page_request: Json) -> Json:
    change = person.react if page_request["is_on"] else person.unreact
    await change(int(page_request["message"]), page_request["emoji"])
    return {}


async def _delete(_discord: SandboxDiscord, person: Person, page_request: Json) -> Json:
    await person.delete(int(page_request["message"]))
    return {}


async def _say(_discord: SandboxDiscord, person: Person, page_request: Json) -> Json:
    files = [_file(typed) for typed in page_request.get("files", ())]
    await person.say(int(page_request["channel"]), page_request["content"], files)
    return {}


def _shown(answer: Answer) -> Json:
    """Return what the page is to open: the form that the bot answered with, if it did."""
    if answer.form is None:
        return {}
    return {"form": {**answer.form, "interaction": str(answer.interaction_id)}}


def _form_value(typed: Any) -> FormValue | None:
    """Convert what the page has of a field: a text, a switch, choices, or files."""
    if isinstance(typed, list) and typed and isinstance(typed[0], dict):
        return [_file(each) for each in typed]
    value: FormValue | None = typed
    return value


def _file(typed: Json) -> File:
    return str(typed["filename"]), base64.b64decode(typed["data"])


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
        return _file(typed)
    value: OptionValue = interactions.parse_option_input(name, option, typed)
    return value


_ACTIONS: dict[str, Action] = {
    "slash": _slash,
    "autocomplete": _autocomplete,
    "click": _click,
    "select": _select,
    "menu": _menu,
    "submit": _submit,
    "react": _react,
    "delete": _delete,
    "say": _say,
}

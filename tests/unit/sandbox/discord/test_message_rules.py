"""The simulated Discord refuses what Discord refuses, with Discord's codes."""

from typing import Any

import pytest
from simcord.backend.errors import BackendError

from sandbox.discord import Person
from sandbox.discord.calls import Call, Upload
from sandbox.discord.commands import interaction_payload
from sandbox.discord.server import SandboxDiscord

COMMAND, BUTTON, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
MESSAGE, DEFERRED_UPDATE, UPDATE, CHOICES, FORM = 4, 6, 7, 8, 9


@pytest.fixture
def discord() -> SandboxDiscord:
    """Return a Discord that is not served."""
    return SandboxDiscord()


def _call(method: str, path: str, json: Any = None, *, files: int = 0, **query: str) -> Call:
    uploads = [Upload(name=f"{n}.png", size=1) for n in range(files)]
    return Call(time=0, method=method, path=path, json=json, query=query, uploads=uploads)


def _refusal(discord: SandboxDiscord, call: Call) -> tuple[int, int] | None:
    try:
        discord.rules.check(call)
    except BackendError as error:
        return error.status, error.code
    return None


def _message(discord: SandboxDiscord, channel: int | None = None) -> str:
    """Return the path of a message of the bot."""
    place = channel or discord.channel
    message = discord.model.create_message(place, discord.bot_id, "hello")
    return f"/channels/{place}/messages/{message.id}"


def _interaction(discord: SandboxDiscord, kind: int, **options: bool) -> tuple[str, str]:
    """Return the paths of the callback and of the webhook of an interaction."""
    robin = Person.join(discord, "Robin")
    record, _ = interaction_payload(
        discord.model,
        discord.limits,
        kind=kind,
        channel_id=discord.channel,
        user_id=robin.id,
        data={"name": "video", "type": 1},
        **options,
    )
    application = discord.model.application_id
    return (
        f"/interactions/{record.id}/{record.token}/callback",
        f"/webhooks/{application}/{record.token}",
    )


@pytest.mark.parametrize(
    ("kept", "new", "code"), [(0, 10, None), (0, 11, 30015), (9, 1, None), (9, 2, 30015)]
)
def test_ten_files_a_message(
    discord: SandboxDiscord, kept: int, new: int, code: int | None
) -> None:
    """A message has ten files at most, those that an edit keeps included."""
    listed = [{"id": str(1000 + n)} for n in range(kept)] + [{"id": n} for n in range(new)]
    call = _call("PATCH", _message(discord), {"attachments": listed}, files=new)
    refused = _refusal(discord, call)
    assert (refused and refused[1]) == code


@pytest.mark.parametrize(
    ("archived", "locked", "method", "part", "refused"),
    [
        (False, True, "PATCH", "", None),
        (True, False, "PATCH", "", (400, 50083)),
        (True, False, "PUT", "/reactions/x/@me", (400, 50083)),
        (True, False, "DELETE", "/reactions/x/@me", (400, 50083)),
        (True, False, "GET", "", None),
        (True, False, "POST", None, None),
        (True, True, "POST", None, (403, 160005)),
    ],
)
def test_archived_threads(
    discord: SandboxDiscord,
    archived: bool,
    locked: bool,
    method: str,
    part: str | None,
    refused: tuple[int, int] | None,
) -> None:
    """Nothing is edited in an archived thread; a new message opens it again unless it is locked."""
    thread = discord.model.create_thread(discord.channel, "foxes", discord.bot_id)
    path = _message(discord, thread.id)
    assert thread.thread_metadata is not None
    thread.thread_metadata.archived, thread.thread_metadata.locked = archived, locked
    path = path.rpartition("/")[0] if part is None else path + part
    assert _refusal(discord, _call(method, path)) == refused


@pytest.mark.parametrize("as_number", [True, False])
@pytest.mark.parametrize(
    ("exists", "must_exist", "code"),
    [(True, True, None), (False, True, 50035), (False, False, None)],
)
def test_replies_to_nothing(
    discord: SandboxDiscord, *, as_number: bool, exists: bool, must_exist: bool, code: int | None
) -> None:
    """A reply must have a message to reply to, unless it says otherwise; its id may be a number."""
    path, _, message = _message(discord).rpartition("/")
    number = int(message) + (0 if exists else 1)
    reference = {
        "message_id": number if as_number else str(number),
        "fail_if_not_exists": must_exist,
    }
    refused = _refusal(discord, _call("POST", path, {"message_reference": reference}))
    assert (refused and refused[1]) == code


def test_replies_without_permission(discord: SandboxDiscord) -> None:
    """A reply needs the permission to read the channel's history."""
    path, _, message = _message(discord).rpartition("/")
    discord.forbid_bot(discord.channel, read_message_history=True)
    call = _call("POST", path, {"message_reference": {"message_id": message}})
    assert _refusal(discord, call) == (403, 160002)


def test_twenty_kinds_of_reactions(discord: SandboxDiscord) -> None:
    """The twenty-first kind is refused, one more of a kind is not."""
    path = _message(discord)
    channel, message = discord.channel, int(path.rpartition("/")[2])
    for n in range(20):
        discord.model.add_reaction(channel, message, f"x{n}", discord.bot_id)
    assert _refusal(discord, _call("PUT", f"{path}/reactions/x3/@me")) is None
    assert _refusal(discord, _call("PUT", f"{path}/reactions/y/@me")) == (400, 30010)


def test_a_blocked_reaction(discord: SandboxDiscord) -> None:
    """The bot can't react to a message of a user who has blocked it, but to its own it can."""
    robin = Person.join(discord, "Robin")
    said = discord.model.create_message(discord.channel, robin.id, "hello")
    path = f"/channels/{discord.channel}/messages/{said.id}/reactions/x/@me"
    assert _refusal(discord, _call("PUT", path)) is None
    robin.block_bot()
    assert _refusal(discord, _call("PUT", path)) == (403, 90001)
    assert _refusal(discord, _call("PUT", f"{_message(discord)}/reactions/x/@me")) is None


def test_direct_messages_need_a_server_in_common(discord: SandboxDiscord) -> None:
    """A user whom the bot meets nowhere any more gets no message, unless they have the app."""
    robin = Person.join(discord, "Robin")
    call = _call("POST", f"/channels/{robin.dm_channel}/messages", {"content": "x"})
    assert _refusal(discord, call) is None
    discord.kick_bot(discord.guild)
    assert _refusal(discord, call) == (403, 50278)
    elsewhere = discord.create_guild("Elsewhere")
    assert _refusal(discord, call) == (403, 50278)
    discord.model.add_member(elsewhere, robin.id)
    assert _refusal(discord, call) is None
    robin.close_dms()
    assert _refusal(discord, call) == (403, 50007)


def test_direct_messages_reach_users_who_installed_the_app(discord: SandboxDiscord) -> None:
    """An app that a user has for themselves needs no server."""
    _interaction(discord, COMMAND, is_user_install=True)
    discord.kick_bot(discord.guild)
    (user,) = (it for it in discord.model.users.values() if it.global_name == "Robin")
    channel = discord.model.get_dm_channel(user.id).id
    call = _call("POST", f"/channels/{channel}/messages", {"content": "x"})
    assert _refusal(discord, call) is None


@pytest.mark.parametrize(
    ("limit", "code"), [("1", None), ("100", None), ("0", 50035), ("101", 50035)]
)
def test_users_of_a_reaction(discord: SandboxDiscord, limit: str, code: int | None) -> None:
    """Users of a reaction come a hundred at a time."""
    refused = _refusal(discord, _call("GET", f"{_message(discord)}/reactions/x", limit=limit))
    assert (refused and refused[1]) == code


@pytest.mark.parametrize(
    ("kind", "answer", "code"),
    [
        (COMMAND, MESSAGE, None),
        (BUTTON, MESSAGE, None),
        (COMMAND, CHOICES, 50035),
        (AUTOCOMPLETE, MESSAGE, 50035),
        (AUTOCOMPLETE, CHOICES, None),
    ],
)
def test_answers_fit_interactions(
    discord: SandboxDiscord, kind: int, answer: int, code: int | None
) -> None:
    """Choices answer typing alone, and nothing else does."""
    callback, _ = _interaction(discord, kind)
    refused = _refusal(discord, _call("POST", callback, {"type": answer, "data": {}}))
    assert (refused and refused[1]) == code


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ([("a", "a")] * 25, None),
        ([("a", "a")] * 26, 50035),
        ([("", "a")], 50035),
        ([("a" * 100, "a" * 100)], None),
        ([("a" * 101, "a")], 50035),
        ([("a", "a" * 101)], 50035),
    ],
)
def test_choices_of_autocompletion(
    discord: SandboxDiscord, choices: list[tuple[str, str]], code: int | None
) -> None:
    """There are 25 choices at most, each of 100 characters."""
    callback, _ = _interaction(discord, AUTOCOMPLETE)
    listed = [{"name": name, "value": value} for name, value in choices]
    body = {"type": CHOICES, "data": {"choices": listed}}
    refused = _refusal(discord, _call("POST", callback, body))
    assert (refused and refused[1]) == code


@pytest.mark.parametrize(
    ("kind", "answer", "text", "is_on_message", "is_allowed"),
    [
        (COMMAND, FORM, "", False, True),
        (BUTTON, FORM, "x" * 4000, True, True),
        (BUTTON, FORM, "x" * 4001, True, False),
        (SUBMIT, FORM, "", True, False),
        (SUBMIT, UPDATE, "", True, True),
        (SUBMIT, UPDATE, "", False, False),
        (COMMAND, DEFERRED_UPDATE, "", False, False),
        (BUTTON, DEFERRED_UPDATE, "", True, True),
    ],
)
def test_forms_and_updates_fit_interactions(
    discord: SandboxDiscord,
    kind: int,
    answer: int,
    text: str,
    is_on_message: bool,
    is_allowed: bool,
) -> None:
    """A form is no answer to a form, holds 4,000 characters, and updates need a message."""
    callback, _ = _interaction(discord, kind)
    if is_on_message:
        discord.model.interactions[int(callback.split("/")[2])].source_message_id = 1
    label = {"type": 18, "label": "Prompt", "component": {"type": 4, "value": text}}
    body = {"type": answer, "data": {"components": [label] if answer == FORM else []}}
    refusal = _refusal(discord, _call("POST", callback, body))
    assert refusal == (None if is_allowed else (400, 50035))


def test_the_webhook_begins_with_the_answer(discord: SandboxDiscord) -> None:
    """An interaction that was not answered has no webhook yet."""
    _, webhook = _interaction(discord, COMMAND)
    call = _call("GET", f"{webhook}/messages/@original")
    assert _refusal(discord, call) == (404, 10015)
    next(iter(discord.model.interactions.values())).responded = True
    assert _refusal(discord, call) is None


@pytest.mark.parametrize(("is_user_install", "code"), [(True, 40094), (False, None)])
def test_five_follow_up_messages(
    discord: SandboxDiscord, *, is_user_install: bool, code: int | None
) -> None:
    """An app that is installed by the user alone has five follow-up messages; edits are none."""
    _, webhook = _interaction(discord, COMMAND, is_user_install=is_user_install)
    record = next(iter(discord.model.interactions.values()))
    record.responded = True
    record.followup_ids.extend(range(5))
    refused = _refusal(discord, _call("POST", webhook, {"content": "x"}))
    assert (refused and refused[1]) == code
    assert _refusal(discord, _call("PATCH", f"{webhook}/messages/@original", {})) is None

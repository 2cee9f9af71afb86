"""Commands are the same when they say the same, however Discord writes them."""

import pytest

from bot.discord.command_comparison import entry_points, is_same

Command = dict[str, object]

WANTED: Command = {
    "name": "video",
    "description": "Make a video",
    "type": 1,
    "options": [
        {"name": "prompt", "type": 3, "required": True, "max_length": 2000, "min_length": 0},
        {"name": "seed", "type": 4, "required": False, "min_value": 1},
    ],
    "nsfw": False,
    "dm_permission": True,
    "default_member_permissions": None,
    "contexts": [0, 1, 2],
    "integration_types": [0, 1],
}
# The same, as Discord answers it.
OPTIONS: list[Command] = [
    {
        "type": 3,
        "name": "prompt",
        "required": True,
        "max_length": 2000,
        "min_length": 0,
        "name_localized": "prompt",
    },
    {"type": 4, "name": "seed", "min_value": 1.0},
]
FOUND: Command = {
    "id": "1",
    "application_id": "5",
    "version": "9",
    "default_permission": True,
    "name": "video",
    "name_localizations": None,
    "description": "Make a video",
    "description_localizations": None,
    "type": 1,
    "options": OPTIONS,
    "contexts": [2, 1, 0],
    "integration_types": [1, 0],
    "nsfw": False,
}


def test_commands_as_discord_gives_them_back_are_the_same() -> None:
    """What Discord adds, leaves out or puts in another order is no difference."""
    other = {**FOUND, "name": "cancel", "options": []}
    assert is_same([WANTED], [FOUND], is_global=True)
    assert is_same([{"name": "cancel", **_without(WANTED)}, WANTED], [FOUND, other], is_global=True)


def _without(command: Command) -> Command:
    return {key: value for key, value in command.items() if key not in {"name", "options"}}


@pytest.mark.parametrize(
    "change",
    [
        {"name": "film"},
        {"description": "Make a film"},
        {"type": 3},
        {"options": []},
        {"nsfw": True},
        {"contexts": [0]},
        {"integration_types": [0]},
        {"default_member_permissions": "0"},
        {"default_member_permissions": "8"},
        {"name_localizations": {"de": "film"}},
    ],
    ids=str,
)
def test_a_difference_that_members_notice_is_one(change: Command) -> None:
    """A changed word or place makes two commands differ."""
    assert not is_same([WANTED], [{**FOUND, **change}], is_global=True)


@pytest.mark.parametrize(
    "change",
    [
        {"required": False},
        {"max_length": 100},
        {"min_length": 1},
        {"autocomplete": True},
        {"choices": [{"name": "a", "value": "a"}]},
    ],
    ids=str,
)
def test_a_difference_in_an_option_is_one(change: Command) -> None:
    """So does a changed limit of an option, and another order of the options."""
    prompt, seed = OPTIONS
    changed: Command = {**FOUND, "options": [{**prompt, **change}, seed]}
    assert not is_same([WANTED], [changed], is_global=True)
    turned: Command = {**FOUND, "options": [seed, prompt]}
    assert not is_same([WANTED], [turned], is_global=True)


def test_a_missing_or_an_additional_command_is_a_difference() -> None:
    """None may be absent, and none may be left of an earlier version."""
    assert not is_same([WANTED], [], is_global=True)
    assert not is_same([], [FOUND], is_global=True)
    assert not is_same([WANTED], [FOUND, {**FOUND, "name": "old"}], is_global=True)


def test_contexts_of_a_servers_commands_are_no_difference() -> None:
    """Contexts are valid for global commands alone, so Discord need not give them back."""
    found = {key: value for key, value in FOUND.items() if key != "contexts"}
    assert is_same([WANTED], [found], is_global=False)
    assert not is_same([WANTED], [found], is_global=True)


def test_entry_points_are_no_difference_and_are_sent_back() -> None:
    """The command of an activity is none of ours, and is sent back as a bulk overwrite takes it."""
    launch: Command = {"id": "7", "version": "1", "name": "launch", "type": 4, "handler": 2}
    assert is_same([WANTED], [FOUND, launch], is_global=True)
    assert entry_points([FOUND, launch]) == [{"name": "launch", "type": 4, "handler": 2}]

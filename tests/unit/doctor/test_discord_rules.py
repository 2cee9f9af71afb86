"""What the checks of Discord make of an answer."""

from collections.abc import Mapping

import discord
import pytest

from bot.discord.client import bot_intents
from bot.discord.invite_link import PERMISSIONS
from bot.doctor.application import Application
from bot.doctor.application_checks import (
    application_finding,
    install_finding,
    intents_finding,
)
from bot.doctor.command_checks import commands_finding, entry_point_finding
from bot.doctor.gateway_checks import starts_finding
from bot.doctor.permission_checks import ChannelAccess, channel_finding, server_finding
from bot.doctor.problems import DiscordProblem, Problem

FLAGS = [1 << bit for bit in (12, 13, 14, 15, 18, 19)]


def application(**fields: object) -> Application:
    """Return an application as the Developer Portal has it at first."""
    return Application.model_validate({"id": "1", "name": "Bot", **fields})


@pytest.mark.parametrize("flag", FLAGS)
def test_a_privileged_intent_is_needed_or_not(flag: int) -> None:
    """The bot needs none; each that is on is named, and one that it needed and lacks would be."""
    assert intents_finding(0, bot_intents()).problem is None
    assert intents_finding(flag, bot_intents()).problem == DiscordProblem.INTENTS_UNUSED.code
    off = intents_finding(flag, discord.Intents.all())
    assert off.problem == DiscordProblem.INTENTS_OFF.code
    assert off.seen.count("Intent") == 2


def test_all_privileged_intents_that_are_needed_may_be_on() -> None:
    """What is needed and on is no problem."""
    assert intents_finding(sum(FLAGS), discord.Intents.all()).problem is None


def test_other_flags_of_an_application_are_no_intents() -> None:
    """A verified or embedded application is none with a privileged intent."""
    others = ~sum(FLAGS) & 0xFFFFFFFF
    assert intents_finding(others, bot_intents()).problem is None


def test_a_public_bot_is_a_failure_where_every_server_may_spend() -> None:
    """Public and for everyone costs money; public with a list of servers is untidy."""
    public = application(bot_public=True)
    assert application_finding(public, is_open=True).problem == DiscordProblem.PUBLIC_AND_OPEN.code
    assert application_finding(public, is_open=False).problem == DiscordProblem.PUBLIC.code
    assert application_finding(application(), is_open=True).problem is None


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, None),
        ({"integration_types_config": {"0": {}, "1": {}}}, None),
        ({"integration_types_config": {"0": None}}, None),
        ({"integration_types_config": {"1": {}}}, DiscordProblem.GUILD_INSTALL_OFF),
        ({"integration_types_config": {}}, DiscordProblem.GUILD_INSTALL_OFF),
        (
            {"install_params": {"scopes": ["bot"], "permissions": "0"}},
            DiscordProblem.INSTALL_LINK_SHORT,
        ),
        (
            {
                "install_params": {
                    "scopes": ["bot", "applications.commands"],
                    "permissions": str(PERMISSIONS.value | 8),
                }
            },
            None,
        ),
    ],
)
def test_an_install_link_asks_for_enough(
    fields: Mapping[str, object], problem: Problem | None
) -> None:
    """A link of the portal has both scopes and each permission, or there is none."""
    found = install_finding(application(**fields))
    assert found.problem == (problem.code if problem else None)


@pytest.mark.parametrize(
    ("count", "problem"),
    [
        ({"remaining": 11, "reset_after": 1}, None),
        ({"remaining": 10, "reset_after": 60000}, DiscordProblem.STARTS_SPENT),
        ({"remaining": 0, "reset_after": 60000}, DiscordProblem.STARTS_SPENT),
        (None, None),
        ({"remaining": "many"}, None),
    ],
)
def test_starts_that_are_left(count: object, problem: Problem | None) -> None:
    """The last ten are those that the bot leaves alone; an odd answer is no problem."""
    assert starts_finding(count).problem == (problem.code if problem else None)


ONE = {"name": "video", "type": 1, "description": "Make a video"}
TWO = {"name": "image", "type": 1, "description": "Make an image"}
POINT = {"name": "launch", "type": 4, "description": "", "handler": 1}


@pytest.mark.parametrize(
    ("found", "everywhere", "is_global", "problem"),
    [
        ([ONE, TWO], [ONE, TWO], True, None),
        ([TWO, ONE, POINT], [TWO, ONE, POINT], True, None),
        ([], [], True, DiscordProblem.COMMANDS_MISSING),
        ([POINT], [POINT], True, DiscordProblem.COMMANDS_MISSING),
        ([ONE], [ONE], True, DiscordProblem.COMMANDS_DIFFER),
        ([ONE, {**TWO, "description": "x"}], [], False, DiscordProblem.COMMANDS_DIFFER),
        ([ONE, TWO], [], False, None),
        ([ONE, TWO], [POINT], False, None),
        ([ONE, TWO], [ONE], False, DiscordProblem.COMMANDS_TWICE),
    ],
)
def test_commands_are_compared(
    found: list[dict[str, object]],
    everywhere: list[dict[str, object]],
    is_global: bool,
    problem: Problem | None,
) -> None:
    """None, others, or the same twice; the command of an activity is none of them."""
    finding = commands_finding([ONE, TWO], found, everywhere, is_global=is_global)
    assert finding.problem == (problem.code if problem else None)


def test_an_activity_that_discord_opens_is_no_problem() -> None:
    """Only a command that the bot would have to answer is."""
    assert entry_point_finding([ONE]).problem is None
    assert entry_point_finding([{**POINT, "handler": 2}]).problem is None
    assert entry_point_finding([POINT]).problem == DiscordProblem.ENTRY_POINT.code


def access(*missing: str, is_seen: bool = True) -> ChannelAccess:
    """Return what the bot lacks in a channel."""
    return ChannelAccess(name="general", missing=missing, is_seen=is_seen)


@pytest.mark.parametrize(
    ("accesses", "problem"),
    [
        ([], None),
        ([access()], None),
        ([access(), access("View Channel", is_seen=False)], None),
        ([access(), access("Attach Files")], DiscordProblem.SOME_CHANNELS),
        ([access("Attach Files")], DiscordProblem.NO_USABLE_CHANNEL),
        ([access("View Channel", is_seen=False)], DiscordProblem.NO_USABLE_CHANNEL),
    ],
)
def test_a_server_has_channels_where_results_can_be_shown(
    accesses: list[ChannelAccess], problem: Problem | None
) -> None:
    """A channel that is hidden from the bot is the operator's choice, unless all are."""
    assert server_finding(accesses).problem == (problem.code if problem else None)


@pytest.mark.parametrize("in_thread", [False, True])
def test_a_channel_gives_what_the_invite_asks_for(in_thread: bool) -> None:
    """Each permission of the invite that matters there is missed where it is not given."""
    assert channel_finding(PERMISSIONS, in_thread=in_thread).problem is None
    for name, given in PERMISSIONS:
        if not given or name == ("send_messages" if in_thread else "send_messages_in_threads"):
            continue
        without = discord.Permissions(PERMISSIONS.value)
        without.update(**{name: False})
        expected = (
            DiscordProblem.CHANNEL_REACTIONS
            if name == "add_reactions"
            else DiscordProblem.CHANNEL_PERMISSIONS
        )
        assert channel_finding(without, in_thread=in_thread).problem == expected.code

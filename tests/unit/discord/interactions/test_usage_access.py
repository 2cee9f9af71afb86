"""Whose usage a user may see: a server's own with Manage Server, all of it for the operator."""

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.interactions.errors import NotManagingServer, NotTheOperator
from bot.discord.interactions.usage_access import operators_of, server_to_show

OPERATOR, MEMBER, HERE = 7, 11, 22
MANAGING = discord.Permissions(manage_guild=True)
NOTHING = discord.Permissions.none()
EVERYTHING_BUT = discord.Permissions(discord.Permissions.all().value & ~MANAGING.value)


def application(*, team: object = None) -> discord.AppInfo:
    """Return what the login has shown of the application."""
    made = SimpleNamespace(owner=SimpleNamespace(id=OPERATOR), team=team)
    return cast(discord.AppInfo, made)


def use(user: int, guild: int | None, permissions: discord.Permissions) -> discord.Interaction[Any]:
    """Return an interaction of that user there."""
    made = SimpleNamespace(
        user=SimpleNamespace(id=user),
        guild_id=guild,
        permissions=permissions,
        client=SimpleNamespace(application=application()),
    )
    return cast(discord.Interaction[Any], made)


@pytest.mark.parametrize(
    ("user", "guild", "permissions", "shown"),
    [
        (MEMBER, HERE, MANAGING, HERE),
        (OPERATOR, HERE, MANAGING, HERE),
        (OPERATOR, HERE, NOTHING, HERE),
        (OPERATOR, None, EVERYTHING_BUT, None),
        (OPERATOR, None, NOTHING, None),
    ],
)
def test_these_may_see(
    user: int, guild: int | None, permissions: discord.Permissions, shown: int | None
) -> None:
    """In a server only that server is shown, to the operator too."""
    assert server_to_show(use(user, guild, permissions)) == shown


@pytest.mark.parametrize(
    ("guild", "permissions", "refusal"),
    [
        (HERE, NOTHING, NotManagingServer),
        (HERE, EVERYTHING_BUT, NotManagingServer),
        (None, MANAGING, NotTheOperator),
        (None, discord.Permissions.all(), NotTheOperator),
    ],
)
def test_these_may_not(
    guild: int | None, permissions: discord.Permissions, refusal: type[Exception]
) -> None:
    """Permissions count in the server alone, as Discord grants all of them in direct messages."""
    with pytest.raises(refusal):
        server_to_show(use(MEMBER, guild, permissions))


@given(st.integers(1), st.none() | st.integers(1), st.integers(0, 2**40))
def test_all_of_it_is_the_operators(user: int, guild: int | None, permissions: int) -> None:
    """No other user, in no place and with no permission, is shown more than that server."""
    try:
        shown = server_to_show(use(user, guild, discord.Permissions(permissions)))
    except (NotManagingServer, NotTheOperator):
        assert user != OPERATOR
        return
    assert shown == guild
    assert shown is not None or user == OPERATOR


def test_of_a_team_those_who_may_change_the_application_are_operators() -> None:
    """A read-only member of the team is none, nor is the team's own user."""
    role = discord.TeamMemberRole
    members = [
        SimpleNamespace(id=1, role=role.admin),
        SimpleNamespace(id=2, role=role.developer),
        SimpleNamespace(id=3, role=role.read_only),
    ]
    team = SimpleNamespace(members=members, owner_id=4)
    assert operators_of(application(team=team)) == {1, 2, 4}


def test_before_the_login_there_is_no_operator() -> None:
    """What is not known lets none in."""
    assert operators_of(None) == frozenset()

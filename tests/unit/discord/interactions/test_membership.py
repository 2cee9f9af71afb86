"""Membership: which answers of Discord say that a user is no member."""

from types import SimpleNamespace

import discord
import pytest

from bot.discord.interactions.membership import is_member_of_any, says_no_member
from tests.unit.discord.interactions.fake_interactions import GUILD, PERSON, a_client


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (404, 10007, True),
        (404, 10004, True),
        (404, 10013, True),
        (403, 50001, True),
        # An accident on the way proves nothing.
        (404, 0, False),
        (403, 0, False),
        (403, 40333, False),
        (401, 0, False),
        (400, 0, False),
        (500, 0, False),
    ],
)
def test_what_says_that_a_user_is_no_member(status: int, code: int, expected: bool) -> None:
    """Only Discord's own code for it says so; any other failure is no answer."""
    response = SimpleNamespace(status=status, reason="")
    error = discord.HTTPException(response, {"code": code, "message": ""})
    assert says_no_member(error) is expected


async def test_a_server_without_the_bot_has_no_members() -> None:
    """Of a server that the bot is not in, it can't know a member."""
    assert not await is_member_of_any(a_client(), [GUILD], PERSON)
    assert not await is_member_of_any(a_client(), [], PERSON)

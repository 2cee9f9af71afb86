"""A token is known by its shape before anything is sent to Discord."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings.discord_token import application_id
from sandbox.discord.server import TOKEN
from tests.unit.settings.test_values import refused

ID = 123456789012345678


def begin(text: str) -> str:
    """Return a token's first part that holds this text."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@given(st.integers(10**16, 10**20 - 1))
def test_a_token_names_its_application(number: int) -> None:
    """The first part is the application's id, with or without its padding."""
    assert application_id(f"{begin(str(number))}.GaBcDe.{'x' * 38}") == number


@pytest.mark.parametrize(
    "token",
    [
        "abc",
        "MTIz...abc",
        "MTIz.a.abc",  # base64 of 123
        f"{begin(str(ID))}.a",
        f"{begin(str(ID))}.a.b.c",
        f"{begin(str(ID))}..b",
        f"{begin(str(ID))}.a.",
        f"{begin('an-application')}.a.b",
        f"{begin(chr(0xFF11) * 18)}.a.b",
        f"{begin('9' * 30)}.a.b",
        f"Bot.{TOKEN}",
        str(ID),
        "0123456789abcdef0123456789abcdef",  # an application's public key, or its client secret
        "river_live_0123456789abcdef",
        "a.b.c",
    ],
)
def test_what_is_no_token_is_named_and_not_repeated(token: str) -> None:
    """A token without three parts, or without an id in the first, is refused without the network."""
    assert application_id(token) is None
    said = refused(discord_token=token)
    assert said.startswith("DISCORD_TOKEN is no bot's token")
    assert token not in said

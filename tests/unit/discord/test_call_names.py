"""Calls to Discord have few names, whatever their addresses hold."""

import pytest
import yarl
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.call_names import CALL_NAMES, call_name

API = "https://discord.com/api/v10"


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "/interactions/1/secret/callback", "answer"),
        ("POST", "/webhooks/1/secret", "follow_up"),
        ("PATCH", "/webhooks/1/secret/messages/@original", "edit_answer"),
        ("GET", "/webhooks/1/secret/messages/@original", "find_answer"),
        ("DELETE", "/webhooks/1/secret/messages/@original", "delete_answer"),
        ("POST", "/channels/1/messages", "send"),
        ("PATCH", "/channels/1/messages/2", "edit"),
        ("DELETE", "/channels/1/messages/2", "delete"),
        ("GET", "/channels/1/messages?around=3&limit=100", "read"),
        ("PUT", "/channels/1/messages/2/reactions/%E2%9D%8C/@me", "reaction"),
        ("GET", "/channels/1/messages/2/reactions/%E2%9D%8C?limit=100", "reaction"),
        ("PUT", "/applications/1/commands", "commands"),
        ("GET", "/gateway/bot", "login"),
        ("GET", "/users/@me", "login"),
        ("GET", "/oauth2/applications/@me", "login"),
        ("GET", "/guilds/1/members/2", "other"),
        ("GET", "/channels/1", "other"),
    ],
)
def test_calls_are_named_by_their_purpose(method: str, path: str, name: str) -> None:
    """Each call that the bot makes has the name that the dashboard shows."""
    assert call_name(method, yarl.URL(API + path)) == name


def test_the_connection_to_the_gateway_has_a_name() -> None:
    """The connection by which events come is no call of the API."""
    assert call_name("GET", yarl.URL("wss://gateway.discord.gg/?v=10&encoding=json")) == "gateway"


def test_calls_through_a_proxy_have_the_same_names() -> None:
    """An address of an operator's own proxy names calls as Discord's does."""
    url = yarl.URL("http://proxy:8080/api/v10/channels/1/messages")
    assert call_name("POST", url) == "send"


@given(st.text(), st.text())
def test_call_names_are_few(method: str, path: str) -> None:
    """No address makes a name of its own, which would be a time series of its own."""
    url = yarl.URL.build(scheme="https", host="discord.com", path="/api/v10/" + path)
    assert call_name(method, url) in CALL_NAMES

"""Calls to the API have few names, whatever their addresses hold."""

import pytest
import yarl
from hypothesis import given
from hypothesis import strategies as st

from bot.modelhunter.call_names import CALL_NAMES, call_names_at

API = "https://api.modelhunter.ai/api/v1"


@pytest.mark.parametrize("address", [API, API + "/", "http://127.0.0.1:9/below/a/path"])
@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "vidu/text-to-video", "create"),
        ("GET", "tasks", "list"),
        ("GET", "tasks?limit=100&cursor=abc", "list"),
        ("GET", "tasks/task_abc", "task"),
        ("DELETE", "tasks/task_abc", "cancel"),
        ("POST", "files/upload-url", "upload"),
        ("POST", "files/abc/complete", "upload"),
        ("GET", "balance", "balance"),
        ("POST", "webhooks", "webhook"),
        ("GET", "nothing", "other"),
    ],
)
def test_api_calls_are_named_by_their_purpose(
    address: str, method: str, path: str, name: str
) -> None:
    """Each call that the client makes has the name that the dashboard shows, at any address."""
    url = yarl.URL(f"{address.rstrip('/')}/{path}")
    assert call_names_at(address)(method, url) == name


@given(st.text(), st.text())
def test_api_call_names_are_few(method: str, path: str) -> None:
    """No address makes a name of its own, which would be a time series of its own."""
    url = yarl.URL.build(scheme="https", host="api.modelhunter.ai", path="/api/v1/" + path)
    assert call_names_at(API)(method, url) in CALL_NAMES

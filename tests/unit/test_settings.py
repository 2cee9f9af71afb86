"""A wrong setting is reported before anything starts, in one line, without its value."""

import pytest
from pydantic import ValidationError

from bot.settings import Settings, explain

URL = "https://api.modelhunter.ai/api/v1"


def settings(**changes: str) -> Settings:
    """Return settings of nothing but these."""
    given = {"discord_token": "t0ken", "modelhunter_key": "river_live_0", **changes}
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["discord_token", "modelhunter_key"])
@pytest.mark.parametrize("value", ["river_live_ab…", "abc def", "abc\ndef", "ключ", "a\x00b"])
def test_a_damaged_secret_is_named(name: str, value: str) -> None:
    """A secret that no header can carry is named and not repeated."""
    with pytest.raises(ValidationError) as caught:
        settings(**{name: value})
    said = explain(caught.value)
    assert said.startswith(f"{name.upper()} is no whole copy")
    assert value not in said


@pytest.mark.parametrize("value", [" t0ken ", "MTIz.a-b_c.d", "river_live_A-Z/+="])
def test_a_printable_secret_is_taken(value: str) -> None:
    """Any printable secret is taken, without the blanks around it."""
    assert settings(discord_token=value).discord_token.get_secret_value() == value.strip()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.modelhunter.ai",
        "https://",
        "https:///api/v1",
        "http://[bad",
        "http://here:port",
        "http://here:0",
        "ftp://here",
        "https://api modelhunter.ai",
    ],
)
def test_an_address_without_a_host_is_named(url: str) -> None:
    """An address without a host, or that is none, is named at the start."""
    with pytest.raises(ValidationError) as caught:
        settings(modelhunter_url=url)
    assert explain(caught.value).startswith("MODELHUNTER_URL must be an address such as https://")


@pytest.mark.parametrize("url", [URL, f"{URL}/", "http://127.0.0.1:8080/api/v1", "http://[::1]:1"])
def test_an_address_that_is_taken(url: str) -> None:
    """An address with a host is taken, without its last slash."""
    assert settings(modelhunter_url=url).modelhunter_url == url.rstrip("/")


def test_an_empty_http_host_is_this_machine() -> None:
    """An empty address, which would mean all of them, opens the port to this machine alone."""
    assert settings(http_host="").http_host == "127.0.0.1"

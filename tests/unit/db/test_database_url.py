"""An address of the database is understood, or refused in one sentence without its text."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.engines.database_url import parse_database_url
from db.errors import DatabaseUnusable

REFUSED = {
    # The slips that are made most.
    "sqlite://data/bot.db": "three slashes",
    "sqlite://data": "three slashes",
    "sqlite://bot:secret@/data/bot.db": "three slashes",
    "sqlite://:memory:": "not an address",
    "sqlite:data/bot.db": "not an address",
    "sqlite:/data/bot.db": "not an address",
    "data/bot.db": "not an address",
    "secret": "not an address",
    "": "not an address",
    " ": "not an address",
    "postgresql://bot:secret@host:port/bot": "not an address",
    'postgresql://bot:secret@host/bot"': "belongs to no name",
    "postgresql://bot:secret@host/bot,": "belongs to no name",
    "postgresql://bot:secret@host/bot#mine": "belongs to no name",
    "postgresql://bot:secret@<host>/bot": "belongs to no name",
    "postgres://bot:secret@host/bot;": "belongs to no name",
    "mysql://here/there": "'mysql'",
    "sqlite3:///data/bot.db": "'sqlite3'",
    # What SQLite or its driver would take for something else.
    "sqlite:///data/bot.db?timeout=abc": "timeout=",
    "sqlite:///data/bot.db?timeout=5": "timeout=",
    "sqlite:///data/bot.db?mode=ro": "mode=",
    "sqlite:///file:bot.db?uri=true": "uri=",
    "sqlite:///file:bot.db": "belongs to no path",
    # What is no file.
    "sqlite:///": "names a folder",
    "sqlite:////": "names a folder",
    "sqlite:///data/": "names a folder",
    "sqlite:///data/.": "names a folder",
    "sqlite:///..": "names a folder",
    # What was left on the value.
    'sqlite:///"data/bot.db"': "belongs to no path",
    "sqlite:///data/bot.db # here": "belongs to no path",
    "sqlite:///data/bot.db#here": "belongs to no path",
    "sqlite:///data/bot.db ": "belongs to no path",
    "sqlite:///data/bot\n.db": "belongs to no path",
    # A home that there is not.
    "sqlite:///~no-such-user/bot.db": "~",
    "sqlite:///data/~/bot.db": "~",
    "sqlite:////~/bot.db": "~",
}


@pytest.mark.parametrize("address", REFUSED)
def test_an_odd_database_url_is_refused_in_one_sentence(address: str) -> None:
    """What the address has wrong is named, and neither it nor its password is repeated."""
    with pytest.raises(DatabaseUnusable) as refused:
        parse_database_url(address)
    said = str(refused.value)
    assert REFUSED[address] in said
    assert said.startswith("DATABASE_URL ")
    assert "secret" not in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("sqlite:///data/bot.db", "data/bot.db"),
        ("sqlite:////data/bot.db", "/data/bot.db"),
        ("sqlite+aiosqlite:///data/bot.db", "data/bot.db"),
        ("sqlite:///my data/bot.db", "my data/bot.db"),
        ("sqlite:///../bot.db", "../bot.db"),
    ],
)
def test_a_database_url_of_a_file(address: str, path: str) -> None:
    """A path is taken as it is."""
    assert parse_database_url(address).path == Path(path)


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_url_in_memory(address: str) -> None:
    """A database that is no file is one on purpose."""
    assert parse_database_url(address).is_in_memory


def test_a_home_in_a_database_url_is_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `~` is the home of the bot's user, and never a folder of that name."""
    monkeypatch.setenv("HOME", "/home/bot")
    found = parse_database_url("sqlite:///~/bot.db")
    assert found.path == Path("/home/bot/bot.db")
    assert found.url.database == "/home/bot/bot.db"


@given(st.text(max_size=40), st.sampled_from(["", "sqlite://", "sqlite:///", "postgresql://"]))
def test_any_database_url_is_understood_or_refused(text: str, scheme: str) -> None:
    """Whatever is written there, the answer is a database or a sentence, and no file is made."""
    before = set(os.listdir())
    try:
        found = parse_database_url(scheme + text)
    except DatabaseUnusable:
        pass
    else:
        assert found.path is None or not any(part.startswith("~") for part in found.path.parts)
    assert set(os.listdir()) == before


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_both_names_of_postgresql_are_understood(scheme: str) -> None:
    """Some hosts write `postgres://`, as libpq takes it too."""
    found = parse_database_url(f"{scheme}://bot:secret@db.example:5433/bot?sslmode=require")
    assert found.url.get_backend_name() == "postgresql"
    assert (found.url.host, found.url.port, found.path) == ("db.example", 5433, None)

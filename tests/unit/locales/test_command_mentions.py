"""Commands in sentences become mentions once their ids are known."""

from collections.abc import Generator

import pytest

from bot.discord.command_sync import _ids
from bot.locales.answer_texts import JOB_UNKNOWN
from bot.locales.command_mentions import Filling, known_commands
from bot.locales.translate import translate


@pytest.fixture
def ids() -> Generator[dict[str, int]]:
    """Have the ids of two commands known."""
    known = {"jobs": 7, "forget": 8}
    known_commands.learn(known)
    yield known
    known_commands.learn({})


def test_a_command_is_a_mention_once_its_id_is_known(ids: dict[str, int]) -> None:
    """Discord's clients make `</name:id>` clickable; a command without a known id is plain."""
    assert f"</forget:{ids['forget']}>" in translate(JOB_UNKNOWN, "en-US")
    assert "</jobs:7> lists" in translate(JOB_UNKNOWN, "en-US")
    assert known_commands.mention("video") == "/video"


def test_a_command_is_plain_text_before_the_sync() -> None:
    """Before Discord has told the ids, the sentence reads as it did."""
    assert "deleted with /forget). /jobs lists" in translate(JOB_UNKNOWN, "en-US")


def test_only_commands_are_filled_in_by_themselves() -> None:
    """A placeholder without a value that is no command is a mistake."""
    with pytest.raises(KeyError):
        "{left}".format_map(Filling())


def test_ids_are_those_of_slash_commands() -> None:
    """Menus and Discord's own entry point have names too; what is odd is left out."""
    found: list[dict[str, object]] = [
        {"id": "1", "name": "video", "type": 1},
        {"id": "2", "name": "jobs"},
        {"id": "3", "name": "launch", "type": 4},
        {"id": "x", "name": "image", "type": 1},
        {"name": "models", "type": 1},
    ]
    assert _ids(found) == {"video": 1, "jobs": 2}

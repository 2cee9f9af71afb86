"""Commands are sent with what the catalogues have for them, and as before where they have nothing."""

from pathlib import Path

import pytest

from bot.discord import client
from bot.discord.client import GenerationBot
from bot.discord.command_translator import command_translator
from bot.locales.command_texts import COMMAND_NAMES, COMMANDS, OPTION_NAMES, OPTIONS
from bot.locales.translate import Catalogues
from bot.monitoring.health import Health
from db.engines.engine import open_database
from db.repositories.key_values import KeyValues
from tests.unit.discord.every_cog import idle_cogs
from tests.unit.locales.catalogues import Translation, write_catalogue

APPLICATION = 5
GERMAN: dict[str, Translation] = {
    COMMANDS["video"].english: "Aus einem Prompt ein Video machen",
    OPTIONS["seed"].english: "Eine Zahl",
    "seed": "startwert",
    "video": "film",
}
Payload = list[dict[str, object]]


class Sent:
    """What Discord was sent, the newest last."""

    def __init__(self) -> None:
        self.payloads: list[Payload] = []
        self._commands: Payload = []

    async def take(self, _application: int, payload: Payload) -> Payload:
        """Take all commands, as Discord does."""
        self.payloads.append(payload)
        self._commands = [
            {**command, "id": str(number), "version": "1"}
            for number, command in enumerate(payload, start=100)
        ]
        return self._commands

    async def give(self, _application: int) -> Payload:
        """Return the commands, without their translations."""
        hidden = {"name_localizations", "description_localizations"}
        return [
            {key: value for key, value in command.items() if key not in hidden}
            for command in self._commands
        ]


async def start(key_values: KeyValues, sent: Sent) -> GenerationBot:
    """Start the bot with its real commands, up to what it sends to Discord."""
    bot = GenerationBot(key_values, Health(), guild_id=None)
    bot._connection.application_id = APPLICATION
    bot.http.bulk_upsert_global_commands = sent.take  # type: ignore[method-assign, assignment]
    bot.http.get_global_commands = sent.give  # type: ignore[method-assign, assignment]
    for cog in idle_cogs():
        await bot.add_cog(cog)
    await bot.setup_hook()
    return bot


async def payloads(folders: list[Path], monkeypatch: pytest.MonkeyPatch) -> list[Payload]:
    """Return what is sent when the bot is started once with the catalogues of each folder."""
    sent = Sent()
    async with open_database("sqlite://") as store:
        for folder in folders:
            monkeypatch.setattr(client, "bundled", Catalogues(folder))
            bot = await start(KeyValues(store), sent)
            await bot.close()
    return sent.payloads


def command(payload: Payload, name: str) -> dict[str, object]:
    """Return the command of that name."""
    return next(each for each in payload if each["name"] == name)


def option(payload: Payload, command_name: str, name: str) -> dict[str, object]:
    """Return the option of that name."""
    options = command(payload, command_name)["options"]
    assert isinstance(options, list)
    found: dict[str, object] = next(each for each in options if each["name"] == name)
    return found


async def test_commands_without_catalogues_are_sent_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without any catalogue Discord gets what the commands themselves say, and nothing more."""
    ((*sent,),) = await payloads([tmp_path], monkeypatch)
    assert sorted(str(each["name"]) for each in sent) == sorted(COMMANDS)
    assert not any("localizations" in key for each in sent for key in each)
    assert command(sent, "video")["description"] == COMMANDS["video"].english
    assert option(sent, "video", "seed")["description"] == OPTIONS["seed"].english


async def test_names_and_descriptions_of_commands_are_translated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands and options are sent in English, with each translation beside it."""
    write_catalogue(tmp_path, "de", GERMAN)
    ((*sent,),) = await payloads([tmp_path], monkeypatch)
    video, seed = command(sent, "video"), option(sent, "video", "seed")

    assert video["name_localizations"] == {"de": "film"}
    assert video["description_localizations"] == {"de": "Aus einem Prompt ein Video machen"}
    assert (seed["name"], seed["name_localizations"]) == ("seed", {"de": "startwert"})
    assert seed["description_localizations"] == {"de": "Eine Zahl"}
    assert command(sent, "jobs")["description_localizations"] == {}


async def test_a_changed_translation_of_a_command_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A translation that came or changed is sent at the next start, and only then."""
    none, first, second = tmp_path / "none", tmp_path / "first", tmp_path / "second"
    write_catalogue(first, "de", GERMAN)
    write_catalogue(second, "de", {**GERMAN, "video": "kurzfilm"})
    sent = await payloads([none, first, first, second, second], monkeypatch)

    names = [command(each, "video").get("name_localizations") for each in sent]
    assert names == [None, {"de": "film"}, {"de": "kurzfilm"}]


@pytest.mark.parametrize("name", ["Film", "ein film", "f" * 33, "film!"])
async def test_a_command_name_that_discord_refuses_stays_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """One bad name would have Discord refuse every command, so it is left out and logged."""
    write_catalogue(tmp_path, "de", {**GERMAN, "video": name})
    ((*sent,),) = await payloads([tmp_path], monkeypatch)

    assert command(sent, "video")["name_localizations"] == {}
    assert option(sent, "video", "seed")["name_localizations"] == {"de": "startwert"}
    assert "does not fit a command: video" in caplog.text


async def test_a_command_description_that_is_too_long_stays_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A description has at most 100 characters (Discord docs: Application Commands)."""
    write_catalogue(tmp_path, "de", {COMMANDS["jobs"].english: "j" * 101})
    ((*sent,),) = await payloads([tmp_path], monkeypatch)

    assert command(sent, "jobs")["description_localizations"] == {}


async def test_every_name_of_a_command_is_a_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A translator finds the name and the description of each command and option."""
    ((*sent,),) = await payloads([tmp_path], monkeypatch)
    options = {str(it["name"]) for each in sent for it in _options(each)}

    assert {str(each["name"]) for each in sent} == {it.english for it in COMMAND_NAMES}
    assert options == {it.english for it in OPTION_NAMES}
    assert (options, len(sent)) == (set(OPTIONS), len(COMMANDS))


def _options(payload: dict[str, object]) -> list[dict[str, object]]:
    options = payload["options"]
    assert isinstance(options, list)
    return options


def test_translator_exists_only_with_catalogues(tmp_path: Path) -> None:
    """Without catalogues discord.py is given no translator, so that it adds nothing."""
    assert command_translator(Catalogues(tmp_path)) is None
    write_catalogue(tmp_path, "de", GERMAN)
    assert command_translator(Catalogues(tmp_path)) is not None

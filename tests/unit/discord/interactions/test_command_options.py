"""Each option of a command is one class, which suggests what the chosen model takes."""

import inspect
from unittest.mock import create_autospec

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot.catalogue import load_catalogue
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.attachments import VIDEO_FILES
from bot.discord.interactions.autocomplete import Autocomplete
from bot.discord.interactions.command_options import ChosenOption, ModelOptionTransformer, described
from bot.discord.interactions.generation_requests import GenerationRequests
from bot.locales.command_texts import OPTIONS
from cogs.generate import Generate
from db.records import JobKind
from tests.unit.discord.interactions.fake_interactions import a_client, in_guild

POLICY = AccessPolicy(allowed_guild_ids=frozenset(), allow_adult=False)


def client_with(cog: commands.Cog) -> discord.Client:
    """Return a client that knows the cog's commands."""
    client = a_client()
    tree = app_commands.CommandTree(client)
    for command in cog.get_app_commands():
        tree.add_command(command)
    return client


def generate() -> Generate:
    """Return the cog, of which nothing is submitted."""
    requests = create_autospec(GenerationRequests)
    return Generate(requests, Autocomplete(load_catalogue(), POLICY))


@pytest.mark.parametrize("kind", list(JobKind))
async def test_each_option_of_a_command_suggests_values(kind: JobKind) -> None:
    """Options suggest what `Autocomplete` has for their names, but not the prompt, files and switches."""
    cog = generate()
    data = {"id": "9", "type": 1, "name": kind.value, "options": []}
    asking = in_guild(type=4, data=data, client=client_with(cog))
    command = asking.command
    assert isinstance(command, app_commands.Command)
    for name, parameter in command._params.items():
        if name in {"prompt", "text", "private", "spoiler", *VIDEO_FILES}:
            assert parameter.autocomplete is None
            continue
        assert parameter.autocomplete is not None
        if name == "model":
            expected = cog.autocomplete.models(kind, "", str(asking.locale))
        elif name == "options":
            expected = cog.autocomplete.more(asking, kind, "")
        else:
            expected = cog.autocomplete.values(asking, kind, name, "")
        assert await parameter.autocomplete(asking, "") == expected


async def test_an_option_is_handed_on_with_its_name() -> None:
    """What was chosen is handed on as it was typed; the catalogue reads it."""
    chosen = await ModelOptionTransformer("seed").transform(in_guild(), " 7 ")
    assert chosen == ChosenOption("seed", " 7 ")


async def test_an_option_of_a_cog_without_autocomplete() -> None:
    """An option on a command that can't suggest anything is the programmer's error."""

    class Bare(commands.Cog):
        @app_commands.command(description="x")
        async def video(self, interaction: discord.Interaction) -> None:
            """Do nothing."""

    client = client_with(Bare())
    asking = in_guild(type=4, data={"id": "9", "type": 1, "name": "video"}, client=client)
    with pytest.raises(TypeError):
        await ModelOptionTransformer("seed").autocomplete(asking, "")


def test_every_option_is_described() -> None:
    """Descriptions are taken by the parameters' names, and one without a text is refused."""
    for command in Generate.__cog_app_commands__:
        assert isinstance(command, app_commands.Command)
        assert {it.name: it.description for it in command.parameters} == {
            name: OPTIONS[name].english
            for name in list(inspect.signature(command.callback).parameters)[2:]
        }

    async def odd(_self: object, _interaction: discord.Interaction, unheard_of: str) -> None:
        """Do nothing."""

    with pytest.raises(KeyError):
        described(odd)


@pytest.mark.parametrize(
    ("name", "prompt", "longest"),
    [("video", "prompt", 5000), ("image", "prompt", 2000), ("speech", "text", 5000)],
)
def test_discord_counts_the_characters_of_a_prompt(name: str, prompt: str, longest: int) -> None:
    """A prompt may be as long as any model of its kind reads it, and its client counts."""
    commands_by_name = {it.name: it for it in Generate.__cog_app_commands__}
    command = commands_by_name[name]
    assert isinstance(command, app_commands.Command)
    assert command._params[prompt].to_dict()["max_length"] == longest

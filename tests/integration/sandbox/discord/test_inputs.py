"""What users hand in: files of commands, forms, and messages from their menus."""

import io

import aiohttp
import pytest
from PIL import Image
from simcord.backend.errors import BackendError, SetupError

from sandbox.bot_process import BotProcess
from sandbox.discord import Person, SandboxDiscord
from sandbox.discord.cdn import SIGNED_FOR
from sandbox.discord.forms import FormValue
from sandbox.discord.invocations import Answer


def picture() -> bytes:
    """Make a picture of 64 by 32 pixels."""
    file = io.BytesIO()
    Image.new("RGB", (64, 32)).save(file, "PNG")
    return file.getvalue()


FOX = ("my fox!.png", picture())
SEEN = "my_fox.png image/png 64x32 True True"


def said(answer: Answer) -> str:
    """Return the text of an answer."""
    assert answer.message is not None
    return answer.message.content


async def test_a_command_takes_a_file_which_can_be_fetched_for_a_day(
    discord: SandboxDiscord, bot: BotProcess, session: aiohttp.ClientSession
) -> None:
    """The file has a plain name, its size in pixels and a signed address."""
    robin = Person.join(discord, "Robin")
    answer = await robin.slash(discord.channel, "inspect", file=FOX)
    assert answer.message is not None, bot.output()
    done = await discord.until_message(answer.message.id, lambda m: bool(m.content))
    url, seen = done.content.split("\n")
    assert seen == SEEN
    async with session.get(url) as found:
        assert (found.status, await found.read()) == (200, FOX[1])
    async with session.get(url.replace("is=", "is=1")) as forged:
        assert forged.status == 404
    now = discord.clock()
    discord.model.attachments._clock = lambda: now + SIGNED_FOR + 1
    async with session.get(url) as gone:
        assert (gone.status, await gone.text()) == (404, "This content is no longer available.")


async def test_a_removed_file_is_gone(
    discord: SandboxDiscord, session: aiohttp.ClientSession
) -> None:
    """The files of messages can be removed, as when their message is deleted."""
    robin = Person.join(discord, "Robin")
    message = await robin.say(discord.channel, "look", [FOX])
    url = message.attachments[0]["url"]
    async with session.get(url) as found:
        assert found.status == 200
    discord.model.attachments.remove(url)
    async with session.get(url) as gone:
        assert gone.status == 404


async def test_after_a_deleted_deferred_answer_comes_a_private_one(
    discord: SandboxDiscord, bot: BotProcess
) -> None:
    """The follow-up message is one of its own, and can be private after a public deferral."""
    robin = Person.join(discord, "Robin")
    await robin.slash(discord.channel, "reject", file=FOX)
    await discord.changes.until(
        lambda: [m.content for m in robin.sees()] == ["no my_fox.png"], 15, "the refusal"
    )
    assert robin.sees()[0].is_ephemeral, bot.output()
    assert discord.messages() == []


async def test_a_form_is_sent_as_it_was_filled_in(discord: SandboxDiscord, bot: BotProcess) -> None:
    """What the user does not change is sent as it was."""
    robin = Person.join(discord, "Robin")
    form = await robin.slash(discord.channel, "create")
    assert form.form is not None, bot.output()
    assert said(await robin.submit(form)) == "a fox | ['kling-2'] | [] | False"
    form = await robin.slash(discord.channel, "create")
    changed: dict[str, FormValue] = {
        "Prompt": "a cat",
        "Model": ["veo-3"],
        "Image": [FOX, FOX],
        "Private": True,
    }
    expected = f"a cat | ['veo-3'] | {[SEEN, SEEN]} | True"
    assert said(await robin.submit(form, changed)) == expected
    assert discord.rest.gaps == []


async def test_a_form_from_a_button_can_change_its_message(
    discord: SandboxDiscord, bot: BotProcess
) -> None:
    """The form carries the message, and its answer may be the message's edit."""
    robin = Person.join(discord, "Robin")
    offered = await robin.slash(discord.channel, "offer")
    assert offered.message is not None, bot.output()
    form = await robin.click(offered.message, "Edit")
    answer = await robin.submit(form, {"prompt": "a cat"})
    assert answer.message is not None
    assert answer.message.id == offered.message.id
    assert answer.message.content == "a cat | ['kling-2'] | [] | False"


async def test_a_form_is_checked_as_discords_client_checks_it(
    discord: SandboxDiscord, bot: BotProcess
) -> None:
    """An empty required field, an unknown one or a strange choice are not sent, nor another's form."""
    robin, sam = Person.join(discord, "Robin"), Person.join(discord, "Sam")
    form = await robin.slash(discord.channel, "create")
    refused: list[dict[str, FormValue]] = [
        {"Prompt": ""},
        {"Nothing": "x"},
        {"Model": ["x"]},
        {"Image": [FOX] * 3},
    ]
    for values in refused:
        with pytest.raises(SetupError):
            robin.begin_submit(form, values)
    with pytest.raises(SetupError, match="no form open"):
        sam.begin_submit(form)
    assert discord.rest.gaps == [], bot.output()


async def test_a_message_menu_carries_the_message(discord: SandboxDiscord, bot: BotProcess) -> None:
    """The bot reads the words and files of the message whose menu was used."""
    robin, sam = Person.join(discord, "Robin"), Person.join(discord, "Sam")
    message = await sam.say(discord.channel, "my cat", [("cat.png", picture())])
    answer = await robin.menu(message, "Animate")
    assert answer.message is not None, bot.output()
    assert answer.message.content == "Sam: my cat ['cat.png image/png 64x32 False True']"
    assert answer.message.is_ephemeral


async def test_who_may_not_attach_files_sends_none(discord: SandboxDiscord) -> None:
    """A member's message with files needs Attach Files."""
    robin = Person.join(discord, "Robin")
    stored = discord.model.get_guild(discord.guild)
    stored.roles[discord.guild].permissions &= ~(1 << 15)
    with pytest.raises(BackendError):
        await robin.say(discord.channel, "look", [FOX])
    await robin.say(discord.channel, "look")

"""Menus of messages (Apps): a message's files as the input of something new, for who uses the menu."""

import pytest
from simcord.backend.models import Message

from bot.locales.button_texts import BUTTON_ANIMATE
from bot.locales.form_texts import FORM_PROMPT, FORM_REFERENCES
from bot.locales.menu_texts import (
    CHOICE_GONE,
    MENU_ANIMATE,
    MENU_EDIT_IMAGE,
    MENU_MAKE_AGAIN,
    MENU_REFERENCE,
    NO_MEDIA_THERE,
    NO_PICTURE_THERE,
    NOT_MADE_HERE,
)
from db.records import JobState
from sandbox.discord import Person, SeenMessage
from sandbox.discord.commands import OptionValue
from sandbox.discord.forms import form_fields
from sandbox.discord.invocations import Answer
from sandbox.modelhunter import Script
from tests.end_to_end.checks import says
from tests.end_to_end.test_inputs import FOX, picture
from tests.end_to_end.world import World

BADGER = ("badger.png", picture(500, 500))
SPEECH = ("hello.mp3", b"ID3")


async def _private_card(world: World, person: Person, form: Answer) -> SeenMessage:
    """Send the form with a prompt, and return the private card that answers it."""
    assert form.kind == "modal"
    begun = person.begin_submit(form, {FORM_PROMPT.english: "it runs"})
    assert (await begun.answer()).kind == "deferred"
    await world.until(lambda: _is_card(begun.look().message), "the card")
    card = begun.look().message
    assert card is not None
    assert card.is_ephemeral
    return card


def _is_card(message: SeenMessage | None) -> bool:
    return message is not None and bool(message.embeds)


@pytest.mark.usefixtures("bot")
async def test_a_members_picture_is_animated_by_another(world: World) -> None:
    """The video is the presser's own, private, and begins with the picture."""
    world.api.scripts.next(Script.quick(0))
    mo = Person.join(world.discord, "Mo")
    said = await mo.say(world.discord.channel, "look", [FOX])
    form = await world.robin.menu(said, MENU_ANIMATE.english)
    card = await _private_card(world, world.robin, form)
    assert "`fox.png`" in card.words
    await world.until_state(card, JobState.DELIVERED)
    (task,) = world.api.tasks.values()
    assert task.capability == "image-to-video"
    assert world.messages() == [said]


@pytest.mark.usefixtures("bot")
async def test_an_image_of_the_bots_is_changed(world: World) -> None:
    """The bot's own results are messages like any other, and the form says what is to be changed."""
    world.api.scripts.next(Script.quick(0), Script.quick(0))
    done = await world.until_done(await world.ask("image"))
    form = await world.robin.menu(done, MENU_EDIT_IMAGE.english)
    card = await _private_card(world, world.robin, form)
    await world.until_state(card, JobState.DELIVERED)
    assert [task.capability for task in world.api.tasks.values()] == [
        "text-to-image",
        "image-to-image",
    ]


@pytest.mark.usefixtures("bot")
async def test_the_button_of_a_finished_image(world: World) -> None:
    """*Animate* under a card opens the form with its picture, for any user."""
    world.api.scripts.next(Script.quick(0))
    done = await world.until_done(await world.ask("image"))
    mo = Person.join(world.discord, "Mo")
    form = await mo.click(done, BUTTON_ANIMATE.english)
    assert form.kind == "modal"


async def test_one_of_several_is_chosen_after_a_restart(world: World) -> None:
    """The private menu shows each file, and works in a process that has never seen the message."""
    async with world.bot():
        said = await world.robin.say(world.discord.channel, "both", [FOX, SPEECH, BADGER])
        asked = (await world.robin.menu(said, MENU_ANIMATE.english)).message
        assert asked is not None
        assert asked.is_ephemeral
        assert [embed["title"] for embed in asked.embeds] == ["1. fox.png", "2. badger.png"]
    world.api.scripts.next(Script.quick(0))
    async with world.bot():
        form = await world.robin.select(asked, "2:image")
        card = await _private_card(world, world.robin, form)
        assert "`badger.png`" in card.words


@pytest.mark.usefixtures("bot")
async def test_a_reference_is_what_its_kind_is(world: World) -> None:
    """A picture, a video or a sound goes into the slot of its kind."""
    said = await world.robin.say(world.discord.channel, "listen", [FOX, SPEECH])
    asked = (await world.robin.menu(said, MENU_REFERENCE.english)).message
    assert asked is not None
    assert [embed["title"] for embed in asked.embeds] == ["1. fox.png", "2. hello.mp3"]
    # No model takes a sound alone, so that the form takes what it is to be used with.
    form = await world.robin.select(asked, "2:audio")
    assert form.kind == "modal"
    assert FORM_REFERENCES.english in form_fields(form.form or {})


@pytest.mark.usefixtures("bot")
async def test_the_menu_in_direct_messages(world: World) -> None:
    """A picture that was sent to the bot can be used there too."""
    world.api.scripts.next(Script.quick(0))
    said = await world.robin.say(world.robin.dm_channel, "look", [FOX])
    form = await world.robin.menu(said, MENU_ANIMATE.english)
    card = await _private_card(world, world.robin, form)
    await world.until_state(card, JobState.DELIVERED)


@pytest.mark.usefixtures("bot")
async def test_a_message_without_media_says_so(world: World) -> None:
    """Text is nothing to begin with, and the sentence says what is looked for."""
    said = await world.robin.say(world.discord.channel, "no picture", [SPEECH])
    plain = await world.robin.say(world.discord.channel, "nothing")
    for message, menu, sentence in (
        (said, MENU_ANIMATE, NO_PICTURE_THERE),
        (plain, MENU_EDIT_IMAGE, NO_PICTURE_THERE),
        (plain, MENU_REFERENCE, NO_MEDIA_THERE),
        (plain, MENU_MAKE_AGAIN, NOT_MADE_HERE),
    ):
        answer = (await world.robin.menu(message, menu.english)).message
        assert answer is not None
        assert answer.is_ephemeral
        assert says(answer.content, sentence)


@pytest.mark.usefixtures("bot")
async def test_a_result_is_made_again_by_another(world: World) -> None:
    """The same request, on the account of who uses the menu, and private."""
    world.api.scripts.next(Script.quick(0), Script.quick(0))
    done = await world.until_done(await world.ask("image"))
    mo = Person.join(world.discord, "Mo")
    card = (await mo.menu(done, MENU_MAKE_AGAIN.english)).message
    assert card is not None
    assert card.is_ephemeral
    assert f"<@{mo.id}>" in card.words or card.interaction_id in world.saved_ids()
    await world.until_state(card, JobState.DELIVERED)
    first, second = (task.request for task in world.api.tasks.values())
    assert (first.text, first.model) == (second.text, second.model)


@pytest.mark.usefixtures("bot")
async def test_what_was_made_of_anothers_file_is_not_made_again(world: World) -> None:
    """Nobody else's: a file that was handed in is its member's alone."""
    world.api.scripts.next(Script.quick(0), Script.quick(0))
    request: dict[str, OptionValue] = {"prompt": "it runs", "image": FOX}
    begun = await world.robin.begin(world.discord.channel, "video", request)
    await begun.answer()
    await world.until(lambda: _is_card(begun.look().message), "the card")
    card = begun.look().message
    assert card is not None
    done = await world.until_done(card)
    mo = Person.join(world.discord, "Mo")
    answer = (await mo.menu(done, MENU_MAKE_AGAIN.english)).message
    assert answer is not None
    assert says(answer.content, NOT_MADE_HERE)
    assert len(world.api.tasks) == 1


@pytest.mark.usefixtures("bot")
async def test_a_reply_to_a_card_is_no_result(world: World) -> None:
    """What a member replies to a card shows nothing of the bot's."""
    world.api.scripts.next(Script.quick(0))
    done = await world.until_done(await world.ask("image"))
    reply = world.discord.model.create_message(
        world.discord.channel,
        world.robin.id,
        "nice",
        reference={"message_id": str(done.id), "channel_id": str(world.discord.channel)},
    )
    answer = (await world.robin.menu(int(reply.id), MENU_MAKE_AGAIN.english)).message
    assert answer is not None
    assert says(answer.content, NOT_MADE_HERE)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("forge", ["no such file", "another use", "a public message"])
async def test_a_forged_choice_opens_nothing(world: World, forge: str) -> None:
    """A choice counts only on the private menu of this program, for a file that it shows."""
    said = await world.robin.say(world.discord.channel, "both", [FOX, BADGER])
    asked = (await world.robin.menu(said, MENU_ANIMATE.english)).message
    assert asked is not None
    stored = world.discord.stored(asked.id)
    assert stored is not None
    if forge == "a public message":
        stored = await _with_menu(world, stored)
    menu = stored.components[0]["components"][0]
    if forge == "no such file":
        menu["options"][0]["value"] = "7:image"
    if forge == "another use":
        menu["custom_id"] = "choose_medium:99"
    answer = await world.robin.select(int(stored.id), menu["options"][0]["value"])
    assert answer.kind == "message"
    assert answer.message is not None
    assert answer.message.is_ephemeral
    if forge != "a public message":
        assert says(answer.message.content, CHOICE_GONE)
    assert len(world.api.tasks) == 0


async def _with_menu(world: World, menu: Message) -> Message:
    """Return a public message of the bot's that carries the same menu."""
    return world.discord.model.create_message(
        world.discord.channel,
        world.discord.bot_id,
        "",
        embeds=menu.embeds,
        components=menu.components,
    )

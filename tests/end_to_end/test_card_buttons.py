"""The buttons under a finished card: Again, Download and Delete, wherever the card is."""

import pytest
from simcord.enums import ChannelType

from bot.discord.cards.card_buttons import ButtonAction
from bot.locales.answer_texts import (
    DELETE_DONE,
    DELETE_DONE_OF_ANOTHER,
    DELETE_KEPT,
    DELETE_QUESTION,
    DELETE_REFUSED,
    JOB_UNKNOWN,
    NOT_YOURS_TO_DELETE,
    NOT_YOURS_TO_REPEAT,
    SERVER_NOT_ALLOWED,
    STILL_RUNNING,
    TOO_MANY_RUNNING,
)
from bot.locales.button_texts import (
    BUTTON_AGAIN,
    BUTTON_DELETE,
    BUTTON_DELETE_NOW,
    BUTTON_DOWNLOAD,
    BUTTON_GENERATE,
    BUTTON_KEEP_CARD,
)
from bot.locales.card_texts import SENT_AS_REPLY
from db.records import JobState
from sandbox.discord import Answer, Person, SeenMessage
from sandbox.modelhunter import Script
from tests.end_to_end.checks import says
from tests.end_to_end.held_jobs import BY_BOT, BY_TOKEN, about_to_upload, has_link
from tests.end_to_end.world import PROMPT, World, title_of

PLACES = ("channel", "thread", "forum post", "direct messages")
AGAIN = BUTTON_AGAIN.english
DOWNLOAD = BUTTON_DOWNLOAD.english
DELETE_NOW = BUTTON_DELETE_NOW.english


def place_of(world: World, name: str) -> int:
    """Return a new place of that name."""
    model, channel = world.discord.model, world.discord.channel
    match name:
        case "thread":
            return int(model.create_thread(channel, "foxes", world.robin.id).id)
        case "forum post":
            forum = model.create_channel(world.discord.guild, "forum", type=ChannelType.FORUM)
            return int(model.create_thread(forum.id, "foxes", world.robin.id).id)
        case "direct messages":
            return world.robin.dm_channel
    return channel


async def finished(
    world: World,
    place: int | None = None,
    *,
    command: str = "image",
    is_user_install: bool = False,
    **options: str | bool,
) -> SeenMessage:
    """Ask for something and return its card with the result."""
    world.api.scripts.next(Script.quick(0))
    begun = await world.robin.begin(
        place or world.discord.channel,
        command,
        {"prompt": PROMPT, **options},
        is_user_install=is_user_install,
    )
    card = (await begun.answer()).message
    assert card is not None
    done = await world.until_done(card)
    # What the card shows is saved after Discord has taken it.
    await world.until(lambda: world.saved_states()[-1] == "delivered", "the result to be saved")
    return done


def pressed_id(card: SeenMessage, action: ButtonAction) -> str:
    """Return the custom_id of the button of *card* that does this."""
    (found,) = [it.custom_id for it in card.buttons if str(it.custom_id).startswith(f"{action}:")]
    return str(found)


async def press_delete(person: Person, card: SeenMessage) -> Answer:
    """Press Delete."""
    return await person.click(card, BUTTON_DELETE.english)


def shown(answer: Answer) -> SeenMessage:
    """Return the message that answers."""
    assert answer.message is not None
    return answer.message


def forge(world: World, message: SeenMessage, custom_id: str) -> None:
    """Put a button with this custom_id onto a message, as a forged press would name it."""
    stored = world.discord.stored(message.id)
    assert stored is not None
    button = {"type": 2, "style": 1, "label": "Free", "custom_id": custom_id}
    stored.components = [{"type": 1, "components": [button]}]


@pytest.mark.parametrize("name", PLACES)
async def test_the_buttons_of_a_card_after_a_restart(world: World, name: str) -> None:
    """Again makes another one on a card of its own, and Delete takes the first away, in any place."""
    place = place_of(world, name)
    async with world.bot():
        card = await finished(world, place)
    async with world.bot():
        world.api.scripts.next(Script.quick(0))
        again = shown(await world.robin.click(card, AGAIN))
        assert again.id != card.id
        await world.until_done(again)
        assert len(world.api.tasks) == 2
        asked = shown(await press_delete(world.robin, card))
        if name == "direct messages":
            assert asked.id == card.id
            await world.robin.click(asked, DELETE_NOW)
        else:
            assert asked.is_ephemeral
            assert says(asked.content, DELETE_QUESTION)
            await world.robin.click(asked, DELETE_NOW)
            await world.discord.until_message(asked.id, lambda it: says(it.content, DELETE_DONE))
            assert world.discord.message(asked.id).buttons == []
        await world.until(lambda: world.discord.find(card.id) is None, "the card to be gone")
        assert [it.id for it in world.robin.sees(place) if title_of(it)] == [again.id]
        assert world.saved_states() == ["delivered", "delivered"]


async def test_a_deleted_result_stays_in_jobs(world: World) -> None:
    """Delivered is more than succeeded: a result whose card was deleted is still a press away."""
    async with world.bot():
        card = await finished(world)
        await world.robin.click(shown(await press_delete(world.robin, card)), DELETE_NOW)
        await world.until(lambda: world.messages() == [], "the card to be gone")
        await has_link(world, world.discord.channel)
    async with world.bot():
        await has_link(world, world.discord.channel)
        assert world.messages() == []


async def test_a_card_is_kept(world: World) -> None:
    """A no to the question deletes nothing, and neither does no answer."""
    async with world.bot():
        card = await finished(world)
        asked = shown(await press_delete(world.robin, card))
        await world.robin.click(asked, BUTTON_KEEP_CARD.english)
        assert says(world.discord.message(asked.id).content, DELETE_KEPT)
        assert world.discord.message(card.id).buttons == card.buttons


@pytest.mark.parametrize("private", [True, False])
async def test_a_card_that_only_a_press_can_delete(world: World, private: bool) -> None:
    """An ephemeral or user-installed card asks in place of its buttons, and the press deletes it."""
    async with world.bot():
        card = await finished(world, is_user_install=not private, private=private)
        asked = shown(await press_delete(world.robin, card))
        assert asked.id == card.id
        assert len(asked.attachments) == 1
        kept = shown(await world.robin.click(asked, BUTTON_KEEP_CARD.english))
        assert kept.buttons == card.buttons
        await press_delete(world.robin, card)
    async with world.bot():
        await world.robin.click(card, DELETE_NOW)
        await world.until(lambda: world.discord.find(card.id) is None, "the card to be gone")
        await has_link(world, world.discord.channel)


async def test_the_buttons_of_a_card_for_others(world: World) -> None:
    """Only the requester's: others fetch the result, and neither make another one nor delete it."""
    sam = Person.join(world.discord, "Sam")
    async with world.bot():
        card = await finished(world)
        assert says(shown(await sam.click(card, AGAIN)).content, NOT_YOURS_TO_REPEAT)
        assert says(shown(await press_delete(sam, card)).content, NOT_YOURS_TO_DELETE)
        link = shown(await sam.click(card, DOWNLOAD))
        await world.discord.until_message(link.id, lambda it: "http" in it.words)
        assert len(world.api.tasks) == 1
        assert world.discord.find(card.id) is not None


async def test_a_moderator_deletes_a_card(world: World) -> None:
    """Only the requester's: a member with Manage Messages there deletes a card too."""
    mo = Person.join(world.discord, "Mo", may_manage_messages=True)
    async with world.bot():
        card = await finished(world)
        asked = shown(await press_delete(mo, card))
        await mo.click(asked, DELETE_NOW)
        await world.discord.until_message(
            asked.id, lambda it: says(it.content, DELETE_DONE_OF_ANOTHER)
        )
        assert world.messages() == []


async def test_forged_deletions_are_refused(world: World) -> None:
    """Only the requester's: a forged button deletes neither its job's card nor the one it is on."""
    sam = Person.join(world.discord, "Sam")
    async with world.bot():
        card = await finished(world, private=True)
        other = await finished(world)
        job = pressed_id(card, ButtonAction.DELETE).partition(":")[2]
        theirs = pressed_id(other, ButtonAction.DELETE).partition(":")[2]
        bait = shown(await sam.slash(world.discord.channel, "jobs"))
        words = ("delete_card", "delete_now", "keep_card")
        for custom_id in [f"{word}:{number}" for word in words for number in (job, theirs)]:
            forge(world, bait, custom_id)
            refused = shown(await sam.click(bait, custom_id))
            assert says(refused.content, NOT_YOURS_TO_DELETE), custom_id
        # The requester's own forgery, on the card of another job.
        for word in words:
            forge(world, other, f"{word}:{job}")
            refused = shown(await world.robin.click(other, f"{word}:{job}"))
            assert says(refused.content, JOB_UNKNOWN), word
        assert world.discord.find(card.id) is not None
        assert world.discord.find(other.id) is not None


async def test_a_running_card_is_not_deleted(world: World) -> None:
    """A forged Delete cancels nothing: it says how a running job is ended."""
    world.api.scripts.next(Script.endless())
    async with world.bot():
        card = await world.until_offered(await world.ask())
        forge(world, card, f"delete_card:{card.interaction_id}")
        refused = shown(await world.robin.click(card, f"delete_card:{card.interaction_id}"))
        assert says(refused.content, STILL_RUNNING)
        assert world.discord.find(card.id) is not None


async def test_a_reply_with_the_result_is_deleted_with_its_card(world: World) -> None:
    """Deleting takes away both messages that show a result, by the button of either."""
    async with world.bot():
        card = await about_to_upload(world)
        for path in (BY_TOKEN, BY_BOT):
            world.discord.faults.add("PATCH", path, status=400, code=50083)
        world.release_answers()
        card = await world.discord.until_message(
            card.id, lambda it: SENT_AS_REPLY.english in it.words
        )
        (_, reply) = world.messages()
        asked = shown(await press_delete(world.robin, reply))
        await world.robin.click(asked, DELETE_NOW)
        await world.until(lambda: world.messages() == [], "both messages to be gone")
        await has_link(world, world.discord.channel)


async def test_a_deletion_that_discord_refuses_is_explained(world: World) -> None:
    """Truthful: what Discord does not let the bot delete stays, and the requester reads who can."""
    async with world.bot():
        card = await finished(world)
        world.discord.faults.add("DELETE", BY_BOT, status=400, code=50083)
        asked = shown(await press_delete(world.robin, card))
        await world.robin.click(asked, DELETE_NOW)
        await world.until(
            lambda: any(says(it.content, DELETE_REFUSED) for it in world.robin.sees()), "the reason"
        )
        assert world.discord.find(card.id) is not None
        await world.robin.click(asked, DELETE_NOW)
        await world.until(lambda: world.messages() == [], "the card to be gone")


async def test_again_draws_another_seed(world: World) -> None:
    """A requester who chose a seed gets another one with Again, and who chose none is given none."""
    async with world.bot():
        for seed in (None, 42):
            chosen = "" if seed is None else f"seed={seed}"
            card = await finished(world, command="video", model="viduq3-turbo", options=chosen)
            world.api.scripts.next(Script.quick(0))
            await world.until_done(shown(await world.robin.click(card, AGAIN)))
            first, second = list(world.api.tasks.values())[-2:]
            sent = [task.request.input.get("seed") for task in (first, second)]
            assert sent[0] == seed
            assert (sent[1] is None) is (seed is None)
            assert sent[1] != seed or seed is None


async def test_again_keeps_every_limit(world: World) -> None:
    """Again is a new request: allowed servers, running jobs and the price question hold for it."""
    async with world.bot():
        card = await finished(world)
    async with world.bot(ALLOWED_GUILD_IDS="123456789012345678"):
        refused = shown(await world.robin.click(card, AGAIN))
        assert says(refused.content, SERVER_NOT_ALLOWED)
    async with world.bot(CONFIRM_ABOVE_USD="0.0001"):
        asked = shown(await world.robin.click(card, AGAIN))
        assert asked.is_ephemeral
        assert len(world.api.tasks) == 1
        world.api.scripts.next(Script.quick(0))
        await world.until_done(shown(await world.robin.click(asked, BUTTON_GENERATE.english)))
    async with world.bot(MAX_RUNNING_PER_USER="1"):
        world.api.scripts.next(Script.endless())
        running = await world.until_offered(shown(await world.robin.click(card, AGAIN)))
        refused = shown(await world.robin.click(card, AGAIN))
        assert says(refused.content, TOO_MANY_RUNNING)
        assert len(world.api.tasks) == 3
        assert world.discord.find(running.id) is not None


async def test_again_of_a_private_job_is_private(world: World) -> None:
    """Quiet and safe: another one of a private result is as private."""
    async with world.bot():
        card = await finished(world, private=True)
        world.api.scripts.next(Script.quick(0))
        again = shown(await world.robin.click(card, AGAIN))
        assert again.is_ephemeral
        await world.until_done(again)
        assert world.messages() == []


async def test_cards_of_the_version_before_are_not_drawn_again(world: World) -> None:
    """A start edits no finished card, however differently this version would draw it."""
    async with world.bot():
        card = await finished(world)
        await world.until(lambda: world.saved_states() == ["delivered"], "the job to end")
    world.forget_looks()
    edits = len(world.discord.calls_to("PATCH", "/*"))
    async with world.bot():
        await world.until_done(await finished(world))
        await world.until_state(card, JobState.DELIVERED)
        after = [
            it for it in world.discord.calls_to("PATCH", "/*")[edits:] if str(card.id) in it.path
        ]
        assert after == []

"""Cancelling: by whom, by what, and what becomes of it at the API."""

import pytest

from bot.locales.answer_texts import (
    CANCEL_TAKEN,
    NOT_YOUR_JOB,
    NOT_YOURS_TO_CANCEL,
    NOTHING_TO_CANCEL,
)
from bot.locales.button_texts import BUTTON_CANCEL
from bot.locales.card_texts import (
    CANCEL_REFUSED,
    CANCEL_TOO_LATE,
    CANCELLED_BY_MODERATOR,
    CANCELLED_BY_REQUESTER,
    CANCELLING,
)
from db.records import JobState
from sandbox.discord import Person, SeenMessage
from sandbox.modelhunter import Script, Step
from tests.end_to_end.checks import assert_only_card, assert_playable, says
from tests.end_to_end.world import CANCEL, World

pytestmark = pytest.mark.usefixtures("bot")


async def _running(world: World) -> tuple[SeenMessage, str]:
    """Ask for something that runs for ever; return its card, with ❌ under it, and its task."""
    world.api.scripts.next(Script.endless())
    card = await world.ask()
    await world.until_offered(card)
    (task,) = await world.until_tasks(1)
    return await world.until_following(card), task.id


async def test_the_requester_cancels_by_reaction(world: World) -> None:
    """Only the requester's: ❌ by the requester cancels at the API, and then the bot takes its own off."""
    card, task = await _running(world)
    await world.robin.react(card, CANCEL)
    ended = await world.until_state(card, JobState.CANCELLED)
    assert CANCELLED_BY_REQUESTER.english.format(person=f"<@{world.robin.id}>") in ended.words
    assert world.api.status(task) == "cancelled"
    tidy = await world.discord.until_message(card.id, lambda it: it.reactions[CANCEL] == 1)
    assert tidy.attachments == []
    assert_only_card(world, card)


async def test_a_reaction_of_another_user_cancels_nothing(world: World) -> None:
    """Only the requester's: ❌ by a user who may not cancel changes nothing."""
    card, task = await _running(world)
    await Person.join(world.discord, "Sam").react(card, CANCEL)
    # Events arrive in order: when the moderator's tap has worked, the stranger's has not.
    moderator = Person.join(world.discord, "Mo", may_manage_messages=True)
    await moderator.react(card, CANCEL)
    ended = await world.until_state(card, JobState.CANCELLED)
    assert CANCELLED_BY_MODERATOR.english.format(person=f"<@{moderator.id}>") in ended.words
    assert world.api.status(task) == "cancelled"
    assert len(world.api.calls("DELETE")) == 1


async def test_the_bots_own_reaction_cancels_nothing(world: World) -> None:
    """Only the requester's: the ❌ that the bot puts under the card itself cancels nothing."""
    world.api.scripts.next(Script.quick(2))
    card = await world.ask()
    await world.until_offered(card)
    done = await world.until_done(card)
    assert done.reactions == {}
    assert len(world.api.calls("DELETE")) == 0


async def test_another_emoji_cancels_nothing(world: World) -> None:
    """Only the requester's: only ❌ cancels."""
    world.api.scripts.next(Script.quick(2))
    card = await world.ask()
    await world.robin.react(card, "\N{THUMBS UP SIGN}")
    await world.until_done(card)
    assert len(world.api.calls("DELETE")) == 0


async def test_the_cancel_command_cancels_the_callers_job(world: World) -> None:
    """Only the requester's: /cancel ends the caller's own job and finds nothing of other users'."""
    card, task = await _running(world)
    refused = await Person.join(world.discord, "Sam").slash(world.discord.channel, "cancel")
    assert refused.message is not None
    assert says(refused.message.content, NOTHING_TO_CANCEL)
    taken = await world.robin.slash(world.discord.channel, "cancel")
    assert taken.message is not None
    assert says(taken.message.content, CANCEL_TAKEN)
    assert taken.message.is_ephemeral
    await world.until_state(card, JobState.CANCELLED)
    assert world.api.status(task) == "cancelled"


async def test_the_cancel_command_refuses_another_users_job(world: World) -> None:
    """Only the requester's: /cancel with the number of another user's job is refused."""
    card, task = await _running(world)
    sam = Person.join(world.discord, "Sam")
    refused = await sam.slash(world.discord.channel, "cancel", job=str(card.interaction_id))
    assert refused.message is not None
    assert says(refused.message.content, NOT_YOUR_JOB)
    assert world.api.status(task) != "cancelled"


@pytest.mark.parametrize("is_last_word", [True, False])
async def test_a_cancel_that_comes_too_late(world: World, is_last_word: bool) -> None:
    """Truthful: a task that can't be cancelled any more is delivered, and the card says so."""
    steps = (Step(0, "running", 10), Step(3.5, "succeeded"))
    world.api.scripts.next(Script(steps=steps, cancellable=False))
    card = await world.ask()
    await world.until_tasks(1)
    if is_last_word:
        # The API answers 409 and is then asked what became of the task.
        await world.robin.react(card, CANCEL)
    else:
        await world.robin.slash(world.discord.channel, "cancel")
    done = await world.until_state(card, JobState.DELIVERED)
    assert CANCEL_TOO_LATE.english in done.words
    assert [call.status for call in world.api.calls("DELETE")] == [409]
    await assert_playable(done)
    assert_only_card(world, card)


async def test_a_reaction_after_a_refused_cancel(world: World) -> None:
    """Truthful: a refused cancel takes the bot's own ❌ away, and another's ❌ changes nothing."""
    world.api.scripts.next(Script(steps=(Step(0, "running"),), cancellable=False), Script.endless())
    card = await world.ask()
    await world.until_offered(card)
    await world.until_following(card)
    await world.robin.react(card, CANCEL)
    await world.discord.until_message(card.id, lambda it: CANCEL_REFUSED.english in it.words)
    await world.discord.until_message(card.id, lambda it: it.reactions[CANCEL] == 1)
    moderator = Person.join(world.discord, "Mo", may_manage_messages=True)
    await moderator.react(card, CANCEL)
    # Events arrive in order: when the tap under another card has worked, this one has been seen.
    other = await world.ask()
    await world.until_offered(other)
    await world.robin.react(other, CANCEL)
    await world.until_state(other, JobState.CANCELLED)
    assert "Traceback" not in world.words()
    assert CANCEL_REFUSED.english in world.discord.message(card.id).words


async def test_a_reaction_before_the_api_answers_is_kept(world: World) -> None:
    """One task per job: a request to cancel during the POST is carried out once there is a task."""
    world.hold_answer("POST", "/*/text-to-video")
    world.api.scripts.next(Script.endless())
    card = await world.ask()
    (task,) = await world.until_tasks(1)
    await world.robin.react(card, CANCEL)
    await world.until_title(card, CANCELLING[JobState.SUBMITTING].title.english)
    world.release_answers()
    await world.until_state(card, JobState.CANCELLED)
    assert world.api.status(task.id) == "cancelled"
    assert len(world.api.tasks) == 1


async def test_a_reaction_after_the_end_does_nothing(world: World) -> None:
    """Truthful: ❌ under a finished card changes neither the card nor the task."""
    world.api.scripts.next(Script.quick(0), Script.quick(0))
    card = await world.until_done(await world.ask())
    await world.robin.react(card, CANCEL)
    # A second job comes and goes, so the tap has been seen by then.
    await world.until_done(await world.ask())
    assert world.discord.message(card.id).embeds == card.embeds
    assert len(world.api.calls("DELETE")) == 0


async def test_a_cancel_button_where_the_bot_may_not_react(world: World) -> None:
    """Only the requester's: without the right to react the card has a Cancel button, with the same rules."""
    world.discord.forbid_bot(world.discord.channel, add_reactions=True)
    world.api.scripts.next(Script.endless())
    card = await world.until_following(await world.ask())
    assert card.reactions == {}
    (task,) = await world.until_tasks(1)
    refused = await Person.join(world.discord, "Sam").click(card, BUTTON_CANCEL.english)
    assert refused.message is not None
    assert says(refused.message.content, NOT_YOURS_TO_CANCEL)
    assert world.api.status(task.id) != "cancelled"
    moderator = Person.join(world.discord, "Mo", may_manage_messages=True)
    await moderator.click(card, BUTTON_CANCEL.english)
    ended = await world.until_state(card, JobState.CANCELLED)
    assert BUTTON_CANCEL.english not in [button.label for button in ended.buttons]
    assert world.api.status(task.id) == "cancelled"


async def test_a_deleted_card_cancels_its_job(world: World) -> None:
    """One card per job: deleting the card of a running job cancels it, and nothing takes its place."""
    card, task = await _running(world)
    await Person.join(world.discord, "Mo", may_manage_messages=True).delete(card)
    await world.until_api_status(task, "cancelled")
    world.api.scripts.next(Script.quick(0))
    other = await world.until_done(await world.ask())
    assert [message.id for message in world.messages()] == [other.id]

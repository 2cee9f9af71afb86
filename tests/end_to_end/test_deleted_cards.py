"""A card that is deleted is never replaced, and cancels its job if that still runs."""

import json

import pytest

from sandbox.discord import Person
from tests.end_to_end.held_jobs import BY_BOT, BY_TOKEN, about_to_upload, has_link, running
from tests.end_to_end.world import World, title_of

# Discord docs: Error Messages, and Create Message, fail_if_not_exists.
NOTHING_TO_REPLY_TO = {
    "code": 50035,
    "message": "Invalid Form Body",
    "errors": {
        "message_reference": {
            "_errors": [{"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}]
        }
    },
}
pytestmark = pytest.mark.usefixtures("bot")


async def test_a_card_deleted_before_delivery_is_not_replaced(world: World) -> None:
    """A deleted card is never replaced: its finished result waits in /jobs."""
    card = await about_to_upload(world)
    await Person.join(world.discord, "Mo", may_manage_messages=True).delete(card)
    world.release_answers()
    await world.until(lambda: world.saved_states() == ["linked"], "the result to be kept")
    assert world.messages() == []
    assert world.robin.sees(world.robin.dm_channel) == []
    await has_link(world, world.discord.channel)


async def test_a_card_deleted_before_its_reply_is_not_replied_to(world: World) -> None:
    """A deleted card is never replaced, also by a reply: Discord knows nothing to reply to."""
    await about_to_upload(world)
    for path in (BY_TOKEN, BY_BOT):
        world.discord.faults.add("PATCH", path, status=400, code=50083)
    world.discord.faults.add(
        "POST",
        "/channels/*/messages",
        status=400,
        body=json.dumps(NOTHING_TO_REPLY_TO),
        headers={"Content-Type": "application/json"},
        times=None,
    )
    world.release_answers()
    await world.until(lambda: world.saved_states() == ["linked"], "the result to be kept")
    assert len(world.discord.calls_to("POST", "/channels/*/messages")) == 1
    assert world.robin.sees(world.robin.dm_channel) == []


async def test_a_card_deleted_in_bulk_cancels_its_job(world: World) -> None:
    """A deleted card cancels its running job at the API, also when a moderator clears the channel."""
    card, task = await running(world)
    world.discord.model.bulk_delete_messages(world.discord.channel, [card.id])
    await world.until_api_status(task, "cancelled")
    assert world.messages() == []


@pytest.mark.parametrize("is_thread", [False, True])
async def test_a_deleted_channel_cancels_its_jobs(world: World, is_thread: bool) -> None:
    """A card that went with its channel or thread cancels its job, though nothing was to be edited."""
    model = world.discord.model
    if is_thread:
        place = int(model.create_thread(world.discord.channel, "foxes", world.robin.id).id)
    else:
        place = world.discord.create_channel("foxes")
    _, task = await running(world, place)
    model.delete_channel(place)
    await world.until_api_status(task, "cancelled")
    await world.until(lambda: world.saved_states() == ["cancelled"], "the job to end")
    assert [it for it in world.messages() if title_of(it)] == []
    assert world.robin.sees(world.robin.dm_channel) == []

"""Jobs held at one place: their result on its way, or their task without news."""

from db.records import JobState
from sandbox.discord import SeenMessage
from sandbox.modelhunter import Script, Step
from tests.end_to_end.world import PROMPT, RESULTS, World

BY_TOKEN = "/webhooks/*/messages/*"
BY_BOT = "/channels/*/messages/*"


async def about_to_upload(world: World) -> SeenMessage:
    """Ask for something whose result is held on its way from the API to the bot."""
    world.hold_answer("GET", RESULTS)
    world.api.scripts.next(Script.quick(0))
    card = await world.ask()
    await world.until_state(card, JobState.DELIVERING)
    return card


async def running(world: World, place: int | None = None) -> tuple[SeenMessage, str]:
    """Ask for something of which the API says nothing new any more, so that no edit is due."""
    world.api.scripts.next(Script(steps=(Step(0, "running", 50),)))
    answer = await world.robin.slash(place or world.discord.channel, "video", prompt=PROMPT)
    assert answer.message is not None
    await world.until_offered(answer.message)
    (task,) = await world.until_tasks(1)
    card = await world.discord.until_message(answer.message.id, lambda it: "50%" in it.words)
    return card, task.id


async def has_link(world: World, place: int) -> None:
    """Check that /jobs offers a fresh link to the only result."""
    answer = await world.robin.slash(place, "jobs")
    assert answer.message is not None
    (button,) = answer.message.buttons
    link = await world.robin.click(answer.message, button.label)
    assert link.message is not None
    assert link.message.is_ephemeral or place == world.robin.dm_channel

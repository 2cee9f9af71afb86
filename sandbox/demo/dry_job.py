"""Dry job: one image by the real bot against the two sandboxes, followed to its end; nothing is shown."""

from sandbox.demo.endings import has_ended, shows_one
from sandbox.demo.world import open_world
from sandbox.modelhunter.script import Script

_PROMPT = "a fox in the snow"
_TIMEOUT = 60.0  # seconds that the job may take


async def make_dry_job() -> str | None:
    """Return what is wrong with how the job ended, None if its result is on its card.

    Raises:
        BotEndedError: The bot ended before it was connected.
        TimeoutError: It did not connect, or the job did not end, in time.
    """
    async with open_world() as world:
        world.api.scripts.next(Script.quick(1.0))
        answer = await world.robin.slash(world.discord.channel, "image", prompt=_PROMPT)
        if answer.message is None:
            return "the command was not answered by a message"
        card = await world.discord.until_message(answer.message.id, has_ended, _TIMEOUT)
        return shows_one("image/")(card)

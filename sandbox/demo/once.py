"""One job of each kind, watched to its end without anybody's hands."""

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

from sandbox.demo.endings import Ending, has_ended, is_cancelled, is_link_or_small_file, shows_one
from sandbox.demo.recording import record
from sandbox.demo.terminal_report import Storyteller
from sandbox.demo.world import World, open_world
from sandbox.discord import SeenMessage
from sandbox.modelhunter import NewTask, Script

SETTLING = 5.0  # seconds
TIMEOUT = 120.0  # seconds a job may take
TOO_BIG = 12 * 1024 * 1024
CANCEL = "❌"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One job of the play."""

    name: str
    command: str
    text: str
    ending: Ending
    is_cancelled: bool = False


def parts(prompt: str) -> list[Part]:
    """Return the jobs, each with the ending it should have."""
    return [
        Part(name="video", command="video", text=prompt, ending=shows_one("video/")),
        Part(name="image", command="image", text=prompt, ending=shows_one("image/")),
        Part(name="speech", command="speech", text=prompt, ending=shows_one("audio/")),
        Part(
            name="too big",
            command="video",
            text=f"{prompt}, in great detail",
            ending=is_link_or_small_file,
        ),
        Part(
            name="cancelled",
            command="video",
            text=f"{prompt}, without end",
            ending=is_cancelled,
            is_cancelled=True,
        ),
    ]


def fates(otherwise: Callable[[NewTask], Script]) -> Callable[[NewTask], Script]:
    """Decide by the prompt which task gets too big and which never ends."""

    def choose(task: NewTask) -> Script:
        if task.text.endswith("in great detail"):
            return Script.too_big(TOO_BIG, seconds=4)
        if task.text.endswith("without end"):
            return Script.endless()
        return otherwise(task)

    return choose


async def play(prompt: str, output: Path) -> int:
    """Play every part, write what came of it to *output*, and return 0 if all ended as they should."""
    async with open_world({"MAX_RUNNING_PER_USER": "10"}) as world:
        world.api.scripts.choose = fates(world.api.scripts.choose)
        storyteller = Storyteller(world.discord, time.time)
        whole = parts(prompt)
        cards = await asyncio.gather(*(_play_part(world, storyteller, part) for part in whole))
        results = [_judge(part, card, storyteller) for part, card in zip(whole, cards, strict=True)]
        await _let_reactions_settle(world)
        page = await record(world, output)
        storyteller.say("demo", f"the channel is in {page}")
        return 0 if all(results) else 1


async def _play_part(world: World, storyteller: Storyteller, part: Part) -> SeenMessage | None:
    option = "text" if part.command == "speech" else "prompt"
    answer = await world.robin.slash(world.discord.channel, part.command, **{option: part.text})
    if answer.message is None:
        return None
    card = answer.message.id
    storyteller.follow(card, part.name)
    try:
        if part.is_cancelled:
            await _cancel(world, card)
        return await world.discord.until_message(card, has_ended, TIMEOUT)
    except TimeoutError:
        return world.discord.find(card)


async def _cancel(world: World, card: int) -> None:
    """Wait until the job runs and the bot offers to cancel, then tap."""
    await world.discord.until_message(
        card, lambda message: CANCEL in message.reactions and "%" in message.words, TIMEOUT
    )
    await world.robin.react(card, CANCEL)


async def _let_reactions_settle(world: World) -> None:
    """Give the bot a moment to take its own reactions off, as it does after an end."""

    def is_settled() -> bool:
        seen = world.discord.messages(viewer=world.discord.bot_id)
        return not any(reaction["me"] for m in seen for reaction in m.payload["reactions"])

    with contextlib.suppress(TimeoutError):
        await world.discord.changes.until(is_settled, SETTLING, "the bot's reactions")


def _judge(part: Part, card: SeenMessage | None, storyteller: Storyteller) -> bool:
    problem = "there is no card" if card is None else part.ending(card)
    if problem:
        storyteller.say(part.name, f"did NOT end as it should: {problem}")
    return problem is None

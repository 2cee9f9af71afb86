"""One run of the demo without a browser: a job of each kind, followed to its end."""

import asyncio
import contextlib
import dataclasses
import time
from http import HTTPStatus
from pathlib import Path

from sandbox.demo.endings import (
    Ending,
    has_ended,
    has_failed,
    is_cancelled,
    is_link_or_small_file,
    shows_one,
)
from sandbox.demo.recording import record
from sandbox.demo.scripts_by_prompt import ENDLESS, FAILING, TOO_BIG, scripts_by_prompt
from sandbox.demo.terminal_report import TerminalReport
from sandbox.demo.world import World, open_world
from sandbox.discord import SeenMessage
from sandbox.modelhunter.webhook_faults import WebhookKind

SETTLING = 5.0  # seconds for the bot to take its reactions off
TIMEOUT = 120.0  # seconds a job may take
CANCEL = "❌"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DemoJob:
    """A job of the run, and the ending that it should have."""

    name: str
    command: str
    text: str
    ending: Ending
    is_cancelled: bool = False


def demo_jobs(prompt: str) -> list[DemoJob]:
    """Return the jobs, each with the ending it should have."""
    return [
        DemoJob(name="video", command="video", text=prompt, ending=shows_one("video/")),
        DemoJob(name="image", command="image", text=prompt, ending=shows_one("image/")),
        DemoJob(name="speech", command="speech", text=prompt, ending=shows_one("audio/")),
        DemoJob(
            name="too big",
            command="video",
            text=f"{prompt}, {TOO_BIG}",
            ending=is_link_or_small_file,
        ),
        DemoJob(name="failed", command="video", text=f"{prompt} {FAILING}", ending=has_failed),
        DemoJob(
            name="cancelled",
            command="video",
            text=f"{prompt}, {ENDLESS}",
            ending=is_cancelled,
            is_cancelled=True,
        ),
    ]


async def run_once(prompt: str, output: Path) -> int:
    """Run every job, write the channel to *output*, and return 0 if all ended as they should."""
    async with open_world({"MAX_RUNNING_PER_USER": "10"}) as world:
        world.api.scripts.choose = scripts_by_prompt(world.api.scripts.choose)
        report = TerminalReport(world.discord, time.time)
        jobs = demo_jobs(prompt)
        cards = await asyncio.gather(*(_run_job(world, report, job) for job in jobs))
        results = [_is_right(job, card, report) for job, card in zip(jobs, cards, strict=True)]
        await _let_reactions_settle(world)
        report.write("demo", _webhooks_sent(world))
        page = await record(world, output)
        report.write("demo", f"the channel is in {page}")
        if (picture := page.with_suffix(".png")).exists():
            report.write("demo", f"a picture of it is in {picture}")
        return 0 if all(results) else 1


async def _run_job(world: World, report: TerminalReport, job: DemoJob) -> SeenMessage | None:
    option = "text" if job.command == "speech" else "prompt"
    answer = await world.robin.slash(world.discord.channel, job.command, **{option: job.text})
    if answer.message is None:
        return None
    card = answer.message.id
    report.follow(card, job.name)
    try:
        if job.is_cancelled:
            await _cancel(world, card)
        return await world.discord.until_message(card, has_ended, TIMEOUT)
    except TimeoutError:
        return world.discord.find(card)


async def _cancel(world: World, card: int) -> None:
    """Wait until the job runs and the bot offers to cancel, then react."""
    await world.discord.until_message(
        card, lambda message: CANCEL in message.reactions and "%" in message.words, TIMEOUT
    )
    await world.robin.react(card, CANCEL)


def _webhooks_sent(world: World) -> str:
    """Say how many webhooks the API has sent, and what the bot has answered."""
    sent = world.api.webhooks.sent
    signed = sum(webhook.kind == WebhookKind.SIGNED for webhook in sent)
    taken = sum(webhook.status == HTTPStatus.OK for webhook in sent)
    return f"{len(sent)} webhooks reported ends, {signed} of them signed; the bot has taken {taken}"


async def _let_reactions_settle(world: World) -> None:
    """Give the bot a moment to take its own reactions off, as it does after each ending."""

    def is_settled() -> bool:
        seen = world.discord.messages(viewer=world.discord.bot_id)
        return not any(reaction["me"] for m in seen for reaction in m.payload["reactions"])

    with contextlib.suppress(TimeoutError):
        await world.discord.changes.until(is_settled, SETTLING, "the bot's reactions")


def _is_right(job: DemoJob, card: SeenMessage | None, report: TerminalReport) -> bool:
    problem = "there is no card" if card is None else job.ending(card)
    if problem:
        report.write(job.name, f"did NOT end as it should: {problem}")
    return problem is None

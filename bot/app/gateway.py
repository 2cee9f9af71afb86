"""The gateway's half: answers commands, buttons and reactions, and accepts jobs."""

import dataclasses
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager

import aiohttp
import discord

from bot.app.admission import build_admission
from bot.app.background import Background
from bot.app.commands import add_commands
from bot.app.shared import Shared
from bot.background import in_background, repeat_forever
from bot.discord.client import GenerationBot
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.session_watch import SessionWatch
from bot.jobs.admission.answer_deadline import AnswerDeadline
from bot.jobs.admission.intake import JobIntake
from bot.urgent_first import UrgentFirst
from cogs.card_events import CardEvents


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The bot with its commands, built and not yet connected."""

    bot: GenerationBot
    intake: JobIntake
    policy: AccessPolicy
    deadline: AnswerDeadline
    session_watch: SessionWatch

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Do the gateway's background work until the block is left.

        That is: own database calls that missed their answer's deadline, have Discord know the
        commands after an attempt that failed, and count sessions.
        """
        async with (
            self.deadline.running(),
            self.session_watch.running(),
            in_background(repeat_forever(self.bot.sync_again), name="command sync"),
        ):
            yield


async def build_gateway(
    shared: Shared, background: Background, downloads: aiohttp.ClientSession
) -> Gateway:
    """Build the gateway's half: add the commands, the buttons and the listeners to the bot."""
    bot = shared.connections.bot
    admission = build_admission(shared, downloads)
    await add_commands(shared, admission)
    bot.add_listener(_expecting_answers(shared.answers_first), "on_interaction")
    await bot.add_cog(
        CardEvents(
            bot.has_session_of,
            background.reactions,
            background.missed_reactions,
            shared.actions,
        )
    )
    return Gateway(
        bot=bot,
        intake=admission.intake,
        policy=admission.policy,
        deadline=admission.deadline,
        session_watch=_build_session_watch(shared),
    )


def _build_session_watch(shared: Shared) -> SessionWatch:
    bot = shared.connections.bot
    return SessionWatch(
        bot,
        bot.starts.sessions,
        shared.health,
        monotonic=shared.runtime.monotonic,
        interval=shared.runtime.session_interval,
    )


def _expecting_answers(
    answers_first: UrgentFirst,
) -> Callable[[discord.Interaction], Coroutine[object, object, None]]:
    """Return a listener that has other work give way to the answer of each interaction."""

    async def expect(interaction: discord.Interaction) -> None:
        answers_first.expect(interaction.response.is_done)

    return expect

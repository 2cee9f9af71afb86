"""The gateway's half: answers commands, buttons and reactions, and accepts jobs."""

import dataclasses
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager

import aiohttp
import discord

from bot.app.admission import build_admission
from bot.app.commands import add_commands
from bot.app.shared import Shared
from bot.background import in_background, repeat_forever
from bot.discord.client import GenerationBot
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.cancel_reactions import CancelReactions
from bot.discord.interactions.missed_reactions import MissedReactions
from bot.discord.interactions.reaction_pages import ReactionPages
from bot.discord.session_watch import SessionWatch
from bot.jobs.admission.answer_deadline import AnswerDeadline
from bot.jobs.admission.intake import JobIntake
from bot.urgent_first import UrgentFirst
from cogs.card_events import CardEvents
from db.repositories.claims import Claims


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The bot with its commands, built and not yet connected."""

    bot: GenerationBot
    intake: JobIntake
    policy: AccessPolicy
    deadline: AnswerDeadline
    missed_reactions: MissedReactions
    session_watch: SessionWatch

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Do the gateway's background work until the block is left.

        That is: own database calls that missed their answer's deadline, read ❌ that no event has
        brought, have Discord know the commands after an attempt that failed, and count sessions.
        """
        async with (
            self.deadline.running(),
            self.missed_reactions.running(),
            self.session_watch.running(),
            in_background(repeat_forever(self.bot.sync_again), name="command sync"),
        ):
            yield


async def build_gateway(shared: Shared, downloads: aiohttp.ClientSession) -> Gateway:
    """Build the gateway's half: add the commands, the buttons and the listeners to the bot."""
    bot = shared.connections.bot
    admission = build_admission(shared, downloads)
    await add_commands(shared, admission)
    bot.add_listener(_expecting_answers(shared.answers_first), "on_interaction")
    reactions = CancelReactions(bot, shared.queries, shared.actions, shared.calls, shared.messages)
    missed = _build_missed_reactions(shared, reactions)
    await bot.add_cog(CardEvents(bot, reactions, missed, shared.actions))
    return Gateway(
        bot=bot,
        intake=admission.intake,
        policy=admission.policy,
        deadline=admission.deadline,
        missed_reactions=missed,
        session_watch=_build_session_watch(shared),
    )


def _build_missed_reactions(shared: Shared, reactions: CancelReactions) -> MissedReactions:
    return MissedReactions(
        reactions.read,
        Claims(shared.connections.store, shared.owner).offering_reaction,
        monotonic=shared.runtime.monotonic,
        pages=ReactionPages(shared.connections.bot, shared.calls, shared.owned.get),
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

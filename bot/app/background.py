"""What every process does in the background, whatever its role.

Hints and ❌ may reach a process that does not own their job, and the API is watched by those who take
requests and by those who send them.
"""

import contextlib
import dataclasses
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.app.shared import Shared
from bot.discord.interactions.cancel_reactions import CancelReactions
from bot.discord.interactions.channel_permissions import ChannelPermissions
from bot.discord.interactions.missed_reactions import MissedReactions
from bot.discord.interactions.reaction_pages import ReactionPages
from bot.jobs.hints_elsewhere import HintsElsewhere
from bot.monitoring.api_health import ApiWatch
from bot.monitoring.shared_notices import SharedNotices
from db.records import Job
from db.repositories.claims import Claims


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """Background work of both halves, built and not yet running."""

    reactions: CancelReactions
    missed_reactions: MissedReactions
    hints_elsewhere: HintsElsewhere
    notices: SharedNotices
    api_watch: ApiWatch | None  # of a gateway; a worker has its own

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Do the background work until the block is left."""
        watch = contextlib.nullcontext() if self.api_watch is None else self.api_watch.running()
        async with (
            self.hints_elsewhere.running(),
            self.notices.running(),
            self.missed_reactions.running(),
            watch,
        ):
            yield


def build_background(shared: Shared) -> Background:
    """Build what every process does, and read the ❌ under a card whose message was found again."""
    bot = shared.connections.bot
    reactions = CancelReactions(
        bot,
        shared.queries,
        shared.actions,
        shared.calls,
        shared.messages,
        ChannelPermissions(bot, shared.calls, is_listed=bot.lists_guild),
    )
    missed = MissedReactions(
        reactions.read,
        bot.of_own_shards(Claims(shared.connections.store, shared.owner).offering_reaction),
        monotonic=shared.runtime.monotonic,
        pages=ReactionPages(bot, shared.calls, shared.owned.get),
    )

    async def card_found(job: Job) -> None:
        missed.want([job.id])

    bot.add_listener(card_found, "on_card_found")
    return Background(
        reactions=reactions,
        missed_reactions=missed,
        hints_elsewhere=shared.hints_elsewhere,
        notices=shared.notices,
        api_watch=None
        if shared.settings.role.has_worker
        else ApiWatch(shared.connections.api, shared.gate),
    )

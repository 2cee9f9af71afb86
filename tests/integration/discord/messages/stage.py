"""The bot's card messages, in this process, and the cards that they edit."""

import contextlib
import dataclasses
from collections.abc import AsyncGenerator, Callable, Generator
from decimal import Decimal

import discord
import yarl
from discord import Client

from bot.discord.messages.card_messages import CardMessages
from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.message_client import MessageClient
from bot.discord.messages.progress_edits import ProgressEdits
from bot.discord.messages.rate_limit import BotRateLimit
from bot.discord.messages.refusals import Refusals
from bot.discord.messages.replies import Replies
from bot.discord.messages.wanted_edits import WantedEdits
from db.records import Job, JobKind, JobState, SpendingLimits
from db.repositories.jobs import JobRepository
from sandbox.discord import SandboxDiscord
from sandbox.launcher import point_at
from tests.databases import open_memory_database
from tests.giving_way import at_once
from tests.manual_clock import ManualClock

OWNER = "this process"
TIMEOUT = 20.0
REQUESTER = 11


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Card messages, the Discord that they are on and the database that they read."""

    discord: SandboxDiscord
    cards: CardMessages
    client: Client
    messages: MessageClient
    replies: Replies
    jobs: JobRepository
    wanted: WantedEdits
    limit: BotRateLimit
    clock: ManualClock

    async def running(self, *, channel: int | None = None, token: str | None = None) -> Job:
        """Return a job that runs at the API and has a card in the channel."""
        place = channel or self.discord.channel
        model = self.discord.model
        card = model.create_message(place, self.discord.bot_id, "", embeds=[{"title": "Sending"}])
        job = Job(
            id=model.snowflake(),
            kind=JobKind.IMAGE,
            model="seedream-4-0",
            prompt="a fox in the snow",
            options={},
            endpoint="seedream/text-to-image",
            body={},
            user_id=REQUESTER,
            guild_id=self.discord.guild,
            channel_id=place,
            price_high=Decimal("0.01"),
            created_at=self.clock() - 60.0,
            message_id=card.id,
            state=JobState.FOLLOWING,
            status="running",
            progress=1.0,
            interaction_token=token,
            application_id=int(model.application_id),
        )
        limits = SpendingLimits(running_per_user=1000, daily_budget=Decimal(1000))
        return await self.jobs.accept(job, limits, owner=OWNER)

    async def report(self, job: Job, progress: float) -> Job:
        """Save the progress that the API reports, and have it shown."""
        now = await self.jobs.get(job.id)
        assert now is not None
        after = dataclasses.replace(now, progress=progress)
        assert await self.jobs.save(now, after)
        self.cards.show(after)
        return after

    def ended(self, job: Job) -> Job:
        """Return the job as it is when it has ended."""
        return dataclasses.replace(job, state=JobState.CANCELLED, ended_at=self.clock())

    def title(self, job: Job) -> str:
        """Return the title of the job's card."""
        assert job.message_id is not None
        return str(self.discord.message(job.message_id).embeds[0]["title"])

    def shows(self, job: Job, words: str) -> bool:
        """Whether the job's card has these words."""
        assert job.message_id is not None
        return words in self.discord.message(job.message_id).words

    def edits(self) -> list[int | None]:
        """Return the status of each edit of a message, oldest first."""
        return [call.status for call in self.discord.calls if call.method == "PATCH"]

    async def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait until the Discord of this stage is as wanted."""
        await self.discord.changes.until(is_so, TIMEOUT, what)


async def _ignore_deleted(_message_id: int) -> None:
    """Leave the job of a deleted card alone."""


@contextlib.asynccontextmanager
async def open_stage(world: SandboxDiscord, clock: ManualClock) -> AsyncGenerator[Stage]:
    """Log discord.py in to *world* and show jobs there until the block is left."""
    with pointed_at(world.url):
        client = Client(intents=discord.Intents.none(), max_ratelimit_timeout=60.0)
        async with client, open_memory_database() as store:
            await client.login(world.token)
            jobs = JobRepository(store)
            limit = BotRateLimit()
            calls = DiscordCalls(limit, monotonic=clock)
            messages = MessageClient(client, calls, clock=clock)
            replies = Replies(client, calls, clock=clock)
            wanted = WantedEdits(clock=clock, monotonic=clock)
            cards = CardMessages(
                messages,
                replies,
                jobs,
                wanted,
                Refusals(monotonic=clock),
                labels={},
                give_way=at_once,
            )
            progress = ProgressEdits(
                wanted,
                cards,
                jobs,
                limit,
                owner=OWNER,
                give_way=at_once,
                on_deleted=_ignore_deleted,
            )
            async with progress.running():
                yield Stage(
                    discord=world,
                    client=client,
                    cards=cards,
                    messages=messages,
                    replies=replies,
                    jobs=jobs,
                    wanted=wanted,
                    limit=limit,
                    clock=clock,
                )


@contextlib.contextmanager
def pointed_at(url: str) -> Generator[None]:
    """Make discord.py talk to the Discord at *url* while the block runs."""
    base, asset = discord.http.Route.BASE, discord.asset.Asset.BASE
    gateway: yarl.URL = discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    point_at(url)
    try:
        yield
    finally:
        discord.http.Route.BASE = base
        discord.asset.Asset.BASE = asset
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway

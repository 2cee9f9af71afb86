"""Cancel reactions that came while the bot was away are read within the bot's rate limit."""

import dataclasses

import pytest

from bot.discord.interactions.cancel_reactions import CancelReactions
from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.message_client import CANCEL_EMOJI, MessageClient
from bot.discord.messages.rate_limit import BotRateLimit, Turn
from bot.jobs.actions import JobActions
from bot.jobs.errors import CardBusy
from bot.jobs.queries import JobQueries
from db.records import CancelControl, Job
from sandbox.discord import Person
from tests.integration.discord.messages.stage import Stage


class CountingLimiter(BotRateLimit):
    """Rate limit that counts the calls that it let through."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0

    async def wait_for(self, turn: Turn) -> None:
        """Let a call through."""
        self.passed += 1 if turn is not Turn.EXEMPT else 0
        await super().wait_for(turn)


class OneJob(JobQueries):
    """Know one job."""

    def __init__(self, job: Job) -> None:
        self.job = job

    async def find(self, job_id: int) -> Job:
        """Return the job."""
        assert job_id == self.job.id
        return self.job


class RecordedCancels(JobActions):
    """Remember who wants the one job cancelled."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.requests: list[int] = []
        self.deleted: list[int] = []

    async def card_deleted(self, message_id: int) -> None:
        """Remember the card."""
        self.deleted.append(message_id)

    async def cancel(self, job_id: int, by: int) -> Job:
        """Remember the request."""
        assert job_id == self.job.id
        self.requests.append(by)
        return self.job


@dataclasses.dataclass(frozen=True, slots=True)
class Card:
    """A card under which ❌ may be, and what reads it."""

    stage: Stage
    job: Job
    actions: RecordedCancels
    rate_limit: CountingLimiter
    reactions: CancelReactions
    person: Person

    async def read(self) -> list[str]:
        """Read the card; return the methods of the calls that this took."""
        before = len(self.stage.discord.calls)
        await self.reactions.read(self.job.id)
        return [call.method for call in self.stage.discord.calls[before:]]


@pytest.fixture
async def card(stage: Stage) -> Card:
    """Return a card that offers ❌, without any."""
    running = await stage.running()
    person = Person.join(stage.discord, "Robin")
    job = dataclasses.replace(running, cancel_control=CancelControl.REACTION, user_id=person.id)
    actions, rate_limit = RecordedCancels(job), CountingLimiter()
    calls = DiscordCalls(rate_limit, monotonic=stage.clock)
    messages = MessageClient(stage.client, calls, clock=stage.clock)
    reactions = CancelReactions(stage.client, OneJob(job), actions, calls, messages)
    return Card(stage, job, actions, rate_limit, reactions, person)


@pytest.mark.parametrize("tapped", [True, False])
async def test_reading_cancel_reactions_is_rate_limited(card: Card, *, tapped: bool) -> None:
    """Who has reacted is one call, and the bot's own ❌ another if it is missing."""
    if tapped:
        assert card.job.message_id is not None
        await card.person.react(card.job.message_id, CANCEL_EMOJI)
    calls = await card.read()
    assert calls == (["GET"] if tapped else ["GET", "PUT"])
    assert card.rate_limit.passed == len(calls)
    assert card.actions.requests == ([card.person.id] if tapped else [])


async def test_reading_cancel_reactions_again_is_one_call(card: Card) -> None:
    """A card that has the bot's ❌ costs one call, which says that no user has reacted."""
    await card.read()
    assert await card.read() == ["GET"]
    assert card.actions.requests == []


@pytest.mark.parametrize(
    ("status", "code"), [(403, 40333), (404, 0), (401, 0), (400, 0), (503, 0), (403, 987654)]
)
async def test_cancel_reactions_that_can_not_be_read_now(
    card: Card, status: int, code: int
) -> None:
    """A refusal that may be an accident is no deleted card: the reading is repeated."""
    fault = card.stage.discord.faults.add("GET", "*/reactions/*", status=status, code=code)
    fault.times = None
    with pytest.raises(CardBusy):
        await card.read()
    card.stage.discord.faults.remove(fault)
    assert card.job.message_id is not None
    await card.person.react(card.job.message_id, CANCEL_EMOJI)
    await card.read()
    assert card.actions.requests == [card.person.id]
    assert card.actions.deleted == []


async def test_cancel_reactions_under_a_deleted_card(card: Card) -> None:
    """A card that is not there any more was deleted, which cancels its job."""
    card.stage.discord.faults.add("GET", "*/reactions/*", status=404, code=10008)
    await card.read()
    assert card.actions.deleted == [card.job.message_id]


async def test_cancel_reactions_of_others_are_looked_at_later(card: Card) -> None:
    """While a server is not available it is not known who may cancel; the requester may always."""
    assert card.job.message_id is not None
    moderator = Person.join(card.stage.discord, "Mo", may_manage_messages=True)
    await moderator.react(card.job.message_id, CANCEL_EMOJI)
    with pytest.raises(CardBusy):
        await card.read()
    await card.person.react(card.job.message_id, CANCEL_EMOJI)
    await card.read()
    assert card.actions.requests == [card.person.id]

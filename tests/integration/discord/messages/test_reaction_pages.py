"""Cards of a channel are looked through by pages, and only those with a ❌ of a user are left over."""

import asyncio
import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.interactions.missed_reactions import MissedReactions
from bot.discord.interactions.reaction_pages import ReactionPages, has_own_alone, id_of
from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.message_client import CANCEL_EMOJI
from bot.discord.messages.rate_limit import BotRateLimit
from bot.jobs.errors import CardBusy
from db.records import CancelControl, Job
from sandbox.discord import Person
from tests.integration.discord.messages.stage import Stage

CARDS = 130


@dataclasses.dataclass(frozen=True, slots=True)
class Channel:
    """A channel with cards that offer ❌, and what looks through them."""

    stage: Stage
    jobs: list[Job]
    pages: ReactionPages

    def job(self, number: int) -> int:
        """Return the message id of a card."""
        message_id = self.jobs[number].message_id
        assert message_id is not None
        return message_id

    async def left_over(self) -> list[int]:
        """Return the numbers of the cards that are to be read by themselves."""
        ids = [job.id for job in self.jobs]
        done = await self.pages.without_reactions(ids)
        return [number for number, job_id in enumerate(ids) if job_id not in done]

    def reads(self) -> int:
        """Return how many calls have read the channel's messages."""
        return len(self.stage.discord.calls_to("GET", "*/messages"))


@pytest.fixture
async def channel(stage: Stage) -> Channel:
    """Return a channel of more cards than a page shows, each with the bot's own ❌."""
    jobs = [
        dataclasses.replace(await stage.running(), cancel_control=CancelControl.REACTION)
        for _ in range(CARDS)
    ]
    model = stage.discord.model
    for job in jobs:
        assert job.message_id is not None
        model.add_reaction(job.channel_id, job.message_id, CANCEL_EMOJI, stage.discord.bot_id)
    known = {job.id: job for job in jobs}
    calls = DiscordCalls(BotRateLimit(), monotonic=stage.clock)
    return Channel(stage, jobs, ReactionPages(stage.client, calls, known.get))


async def test_reactions_of_a_hundred_cards_are_one_call(channel: Channel) -> None:
    """Cards with the bot's own ❌ alone are done, and two pages show all of them."""
    assert await channel.left_over() == []
    assert channel.reads() == 2


async def test_a_card_with_a_users_reaction_is_left_over(channel: Channel) -> None:
    """A ❌ of a user, none at all and a deleted card are looked at by themselves."""
    person = Person.join(channel.stage.discord, "Robin")
    await person.react(channel.job(3), CANCEL_EMOJI)
    await person.react(channel.job(120), CANCEL_EMOJI)
    model, place = channel.stage.discord.model, channel.jobs[0].channel_id
    model.clear_reactions(place, channel.job(50))
    model.delete_message(place, channel.job(70))
    assert await channel.left_over() == [3, 50, 70, 120]


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (404, 10003), (403, 50013)])
async def test_a_channel_that_can_not_be_read_leaves_all_over(
    channel: Channel, status: int, code: int
) -> None:
    """What a refusal means is said by each card."""
    channel.stage.discord.faults.add("GET", "*/messages", status=status, code=code)
    assert await channel.left_over() == list(range(CARDS))


async def test_a_busy_discord_is_asked_about_each_card_later(channel: Channel) -> None:
    """An answer that says "later" is no answer about any card."""
    channel.stage.discord.faults.add("GET", "*/messages", status=503, code=0).times = None
    with pytest.raises(CardBusy):
        await channel.left_over()


async def test_missed_reactions_look_through_pages_first(channel: Channel) -> None:
    """After a start the many cards cost two calls, and the one with a user's ❌ one more."""
    person, read = Person.join(channel.stage.discord, "Robin"), asyncio.Queue[int]()
    await person.react(channel.job(7), CANCEL_EMOJI)

    async def own_jobs() -> list[int]:
        return [job.id for job in channel.jobs]

    missed = MissedReactions(
        read.put, own_jobs, monotonic=asyncio.get_running_loop().time, pages=channel.pages
    )
    async with missed.running(), asyncio.timeout(20):
        missed.want_all()
        assert await read.get() == channel.jobs[7].id
        missed.want([channel.jobs[9].id])
        assert await read.get() == channel.jobs[9].id
    assert read.empty()
    assert channel.reads() == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(CANCEL_EMOJI),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "reactions", "emoji", "name", "count", "me"]), inner
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_an_odd_message_is_never_taken_for_one_without_reactions(message: object) -> None:
    """Whatever a page holds: it is read without an error, and a doubt leaves the card over."""
    assert id_of(message) >= 0
    if has_own_alone(message):
        assert isinstance(message, dict)
        assert any(each.get("me") is True and each["count"] == 1 for each in message["reactions"])

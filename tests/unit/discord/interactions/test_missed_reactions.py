"""Cards are read for ❌ a few at once, each by itself, and again when that failed."""

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Sequence

from bot.discord.interactions.missed_reactions import MissedReactions
from bot.jobs.errors import CardBusy, CardRefused
from tests.virtual_time import in_virtual_time


@dataclasses.dataclass
class Cards:
    """Cards that are read, some of which fail a few times."""

    failures: dict[int, list[Exception]]
    seconds: float = 1.0
    read: list[int] = dataclasses.field(default_factory=list)
    tries: Counter[int] = dataclasses.field(default_factory=Counter)
    now: int = 0
    most: int = 0

    async def attempt(self, job_id: int) -> None:
        """Read a card."""
        self.tries[job_id] += 1
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.now -= 1
        if self.failures.get(job_id):
            raise self.failures[job_id].pop(0)
        self.read.append(job_id)


def _missed(cards: Cards, own: Sequence[int] = ()) -> MissedReactions:
    async def own_jobs() -> Sequence[int]:
        return own

    return MissedReactions(
        cards.attempt, own_jobs, monotonic=lambda: asyncio.get_running_loop().time()
    )


@in_virtual_time
async def test_missed_reactions_are_read_a_few_at_once() -> None:
    """Many cards are read within the time of a few, and no more than eight at once."""
    cards = Cards({})
    missed = _missed(cards, range(40))
    async with missed.running():
        missed.want_all()
        await asyncio.sleep(6.0)
    assert sorted(cards.read) == list(range(40))
    assert cards.most == 8


@in_virtual_time
async def test_a_failed_reading_of_reactions_is_its_own() -> None:
    """Cards that fail for any reason are read again later, and hold up no other card."""
    errors = [CardBusy("429", 90.0), CardRefused("403, 40333"), ValueError("no")]
    cards = Cards({n: [error] for n, error in enumerate(errors)})
    missed = _missed(cards)
    async with missed.running():
        missed.want(range(10))
        await asyncio.sleep(3.0)
        assert sorted(cards.read) == list(range(3, 10))
        await asyncio.sleep(10.0)
        assert sorted(cards.read) == list(range(1, 10))
        await asyncio.sleep(90.0)
    assert sorted(cards.read) == list(range(10))
    assert set(cards.tries.values()) == {1, 2}


@in_virtual_time
async def test_readings_of_reactions_slow_down() -> None:
    """What keeps failing is tried again with growing pauses."""
    cards = Cards({1: [CardRefused("403")] * 1000}, seconds=0.0)
    missed = _missed(cards)
    async with missed.running():
        missed.want([1])
        await asyncio.sleep(24 * 3600.0)
    assert 100 < cards.tries[1] < 160


@in_virtual_time
async def test_readings_of_reactions_end_with_their_owner() -> None:
    """No reading outlives the block that owns it."""
    cards = Cards({}, seconds=1000.0)
    missed = _missed(cards)
    async with missed.running():
        missed.want([1, 2])
        await asyncio.sleep(1.0)
        assert cards.now == 2
    assert cards.now == 0


@in_virtual_time
async def test_all_cards_wanted_during_the_look_at_the_jobs_are_read_again() -> None:
    """Cards that are all wanted again while the own jobs are read are read once more."""
    cards = Cards({})
    own: list[list[int]] = [[1], [1, 2]]

    async def own_jobs() -> Sequence[int]:
        found = own.pop(0) if own else []
        await asyncio.sleep(1.0)
        return found

    missed = MissedReactions(
        cards.attempt, own_jobs, monotonic=lambda: asyncio.get_running_loop().time()
    )
    async with missed.running():
        missed.want_all()
        await asyncio.sleep(0.5)
        missed.want_all()
        await asyncio.sleep(10.0)
    assert 2 in cards.read

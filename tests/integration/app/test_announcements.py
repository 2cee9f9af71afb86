"""What one process learns of Discord and of the API is soon known to the others, and ends by itself."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from decimal import Decimal

import pytest

from bot.app.announcements import (
    announcing_ban,
    announcing_pauses,
    announcing_refusals,
    listen,
    watching_global_limit,
    withdrawing,
)
from bot.catalogue import Kind, load_catalogue
from bot.discord.messages.discord_calls import DiscordCalls
from bot.discord.messages.rate_limit import BotRateLimit
from bot.jobs.errors import CardBusy
from bot.jobs.worker.api_pause import ApiPause
from bot.modelhunter import OperatorMustAct
from bot.monitoring import shared_notices
from bot.monitoring.api_gate import ApiGate, Barrier
from bot.monitoring.api_refusals import REFUSAL_LASTS, Route
from bot.monitoring.health import Health
from bot.monitoring.shared_notices import SharedNotices
from db.errors import StoreFailed
from db.repositories.notices import Notice, Notices
from db.store import Store
from tests.databases import open_memory_database
from tests.manual_clock import ManualClock

CHEAP, DEAR = Decimal("0.1"), Decimal(5)


class Process:
    """One process: what it announces, and what it does with what others announce."""

    def __init__(self, store: Store, clock: ManualClock) -> None:
        self.notices = SharedNotices(Notices(store), clock=clock)
        self.limit = BotRateLimit()
        self.calls = DiscordCalls(
            self.limit, monotonic=clock, announce_ban=announcing_ban(self.notices)
        )
        self.gate = ApiGate(Health(), monotonic=clock, announce=announcing_refusals(self.notices))
        self.pause = ApiPause(clock, announce=announcing_pauses(self.notices))
        self.catalogue = load_catalogue({}, monotonic=clock)
        self.global_limit = watching_global_limit(self.notices, self.limit)
        listen(
            self.notices,
            calls=self.calls,
            gate=self.gate,
            pause=self.pause,
            catalogue=self.catalogue,
        )
        self.notices.processes_counted(2)


@pytest.fixture
def clock() -> ManualClock:
    """Return a clock that the processes share, as they follow Discord's."""
    return ManualClock()


@pytest.fixture
async def store() -> AsyncGenerator[Store]:
    """Open the database that the processes share."""
    async with open_memory_database() as opened:
        yield opened


@pytest.fixture
async def both(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[tuple[Process, Process]]:
    """Run two processes whose looks take no time."""
    monkeypatch.setattr(shared_notices, "_TICK", 0.0)
    one, two = Process(store, clock), Process(store, clock)
    async with AsyncExitStack() as stack:
        for process in (one, two):
            await stack.enter_async_context(process.notices.running())
        yield one, two


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so; far longer than it can take."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the database has no event for a change
            await asyncio.sleep(0.001)


async def is_banned(process: Process) -> bool:
    """Whether a process makes no call to Discord."""
    try:
        async with process.calls.attempt():
            return False
    except CardBusy:
        return True


async def test_a_ban_of_the_address_stops_all(
    both: tuple[Process, Process], clock: ManualClock
) -> None:
    """While Discord takes nothing from the address, no process makes a call, for as long as it says."""
    one, two = both
    announcing_ban(one.notices)(60.0)
    async with asyncio.timeout(20):
        while not await is_banned(two):  # noqa: ASYNC110 - likewise
            await asyncio.sleep(0.001)
    clock.now += 61
    assert not await is_banned(two)


async def test_a_pause_of_the_api_holds_for_all(both: tuple[Process, Process]) -> None:
    """One 429 slows the questions of every process."""
    one, two = both
    one.pause.extend(20.0)
    await until(lambda: two.pause.remaining() > 0)
    assert two.pause.remaining() == pytest.approx(one.pause.remaining(), abs=1.0)


async def test_a_model_that_is_gone_is_offered_by_no_process(
    both: tuple[Process, Process], clock: ManualClock
) -> None:
    """A model that the API does not know is withdrawn everywhere, for an hour."""
    one, two = both
    model = two.catalogue.models(Kind.IMAGE)[0]
    endpoint = model.capabilities[0].endpoint
    withdrawing(one.notices, one.catalogue)(model.name, endpoint)

    def offered(process: Process) -> list[str]:
        found = process.catalogue.find(Kind.IMAGE, model.name)
        return [] if found is None else [way.endpoint for way in found.capabilities]

    await until(lambda: endpoint not in offered(two))
    assert endpoint not in offered(one)
    clock.now += 60 * 60 + 1
    assert endpoint in offered(two)


@pytest.mark.parametrize(
    ("status", "barrier"),
    [(401, Barrier.ACCOUNT), (402, Barrier.PRICE), (403, Barrier.PERMISSION)],
)
async def test_a_refusal_closes_all_gates(
    both: tuple[Process, Process], status: int, barrier: Barrier
) -> None:
    """What the API refused to one process's create, no process accepts, as narrowly as the evidence."""
    one, two = both
    route = Route("seedream/text-to-image", "seedream-4-0")
    one.gate.refused(route, DEAR, OperatorMustAct(status=status, code=None))
    await until(lambda: two.gate.barrier(route, DEAR) is barrier)
    other = two.gate.barrier(Route("vidu/text-to-video", "vidu-q3"), CHEAP)
    assert other is (Barrier.ACCOUNT if status == 401 else None)


async def test_a_refusal_ends_where_it_came_from_another(
    both: tuple[Process, Process], clock: ManualClock
) -> None:
    """A gate that was closed by another process opens as its own would, and is not closed again."""
    one, two = both
    route = Route("seedream/text-to-image", "seedream-4-0")
    one.gate.refused(route, DEAR, OperatorMustAct(status=403, code=None))
    await until(lambda: two.gate.barrier(route, DEAR) is not None)
    clock.now += REFUSAL_LASTS + 1
    await asyncio.sleep(0.05)
    assert two.gate.barrier(route, DEAR) is None


async def test_the_global_limit_pauses_all(both: tuple[Process, Process]) -> None:
    """Where all calls together were too many, no process has a turn until Discord takes calls."""
    one, two = both
    one.global_limit(30.0)
    await until(lambda: two.limit._paused_until > 0)


class FailingNotices(Notices):
    """Notices of a database that does not answer at first."""

    failures = 0

    async def put(self, given: object, now: float) -> None:
        """Fail twice, then store."""
        if self.failures < 2:
            self.failures += 1
            raise StoreFailed("locked")
        await super().put(given, now)  # type: ignore[arg-type]


async def test_a_notice_that_is_not_stored_is_stored_later(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that does not answer for a moment loses no notice."""
    monkeypatch.setattr(shared_notices, "_TICK", 0.0)
    notices = FailingNotices(store)
    shared = SharedNotices(notices, clock=clock)
    shared.announce("anything", seconds=60.0)
    async with shared.running():
        async with asyncio.timeout(20):
            while not await notices.current(clock()):  # noqa: ASYNC110 - likewise
                await asyncio.sleep(0.001)
    assert notices.failures == 2


@pytest.mark.parametrize(
    "name",
    [
        "nonsense",
        "[]",
        "{}",
        "3",
        json.dumps([shared_notices.REFUSED]),
        json.dumps([shared_notices.REFUSED, "x", "a", "b", "c"]),
        json.dumps([shared_notices.REFUSED, "401", "a", "b", "c"]),
        json.dumps([shared_notices.MODEL_WITHDRAWN]),
        json.dumps([shared_notices.MODEL_WITHDRAWN, 1, 2]),
        json.dumps(["a kind of another version", "x"]),
    ],
)
async def test_an_odd_notice_costs_itself(
    both: tuple[Process, Process], store: Store, clock: ManualClock, name: str
) -> None:
    """A notice of another version that can't be read keeps no other from being heard."""
    _, two = both
    await Notices(store).put([Notice(name, clock() + 60)], clock())
    await Notices(store).put(
        [Notice(json.dumps([shared_notices.API_PAUSE]), clock() + 60)], clock()
    )
    await until(lambda: two.pause.remaining() > 0)

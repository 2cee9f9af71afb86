"""/readyz says each problem as long as it lasts, and nothing of a problem hides or ends another's.

The alarms are the real ones where they can be driven by what they are told. Those whose causes are in
loops of their own (the session, the commands, the database) are told of by their names.
"""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal

from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.command_sync import COMMANDS
from bot.discord.session_starts import STARTS
from bot.jobs.webhook_addresses import KEY_BYTES, WebhookAddresses
from bot.jobs.worker.missing_tasks import MISSING, MissingTasks
from bot.jobs.worker.webhook_urls import WebhookUrls
from bot.modelhunter import OperatorMustAct, Rejected
from bot.monitoring.api_gate import (
    ACCOUNT,
    BALANCE,
    METADATA,
    OUTCOMES,
    PERMISSION,
    REACH,
    ApiGate,
)
from bot.monitoring.api_refusals import Route
from bot.monitoring.clock_check import ClockCheck
from bot.monitoring.health import Health
from bot.monitoring.shared_token import SHARED_TOKEN, report_shared_token
from bot.usage.balance_alarm import PACE, BalanceAlarm
from bot.web.server import build_application
from db.repositories.usage import Usage
from db.store import Store
from tests.databases import open_memory_database
from tests.integration.db.repositories.builders import NOON, TODAY, a_job, accepted
from tests.manual_clock import DAY, ManualClock
from tests.property.profile import machine_settings

ROUTES = (
    Route("seedream/text-to-image", "seedream-4-0"),
    Route("vidu/text-to-video", "vidu-q2"),
)
PRICE = Decimal("0.40")
# Told of by their names: whose causes are the session's, the commands', the database's.
BY_NAME = (COMMANDS, STARTS, METADATA, "database", "discord")
WEBHOOKS = "webhook address"
JOBS = [a_job(number, user_id=number) for number in range(1, 7)]


class Alarms:
    """All that reports to one health, each told of what it watches."""

    def __init__(self, store: Store) -> None:
        self.health = Health()
        self.clock = ManualClock(NOON)
        self.gate = ApiGate(self.health, monotonic=self.clock)
        self.clocks = {name: ClockCheck(self.health, name) for name in ("Discord", "ModelHunter")}
        self.balance = BalanceAlarm(Usage(store), self.health)
        self.missing = MissingTasks(self.health, self.clock)
        addresses = WebhookAddresses("https://bot.example.org", bytes(KEY_BYTES))
        self.urls = WebhookUrls(addresses, self.health, monotonic=self.clock)

    def named(self) -> Mapping[str, str]:
        """Return the problems by their checks."""
        return dict(self.health._problems)


Act = Callable[[Alarms], Awaitable[object] | object]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that is told, and the checks that it may change."""

    what: str
    act: Act = dataclasses.field(repr=False)
    concerns: frozenset[str]


_API = frozenset({ACCOUNT, BALANCE, OUTCOMES, PERMISSION, REACH})


def _event(what: str, act: Act, *concerns: str) -> Event:
    return Event(what=what, act=act, concerns=frozenset(concerns))


def _refused(status: int, route: Route) -> Act:
    error = OperatorMustAct(status=status, code=None)
    return lambda alarms: alarms.gate.refused(route, PRICE, error)


def _miss_all(alarms: Alarms) -> None:
    for job in JOBS:
        alarms.missing.add(job)


def _find_all(alarms: Alarms) -> None:
    for job in JOBS:
        alarms.missing.discard(job.id)


def _outcomes(alarms: Alarms) -> None:
    for _ in range(9):
        for route in ROUTES:
            alarms.gate.outcome_unknown(route)


_TAKES_NO_ADDRESS = Rejected(code="VALIDATION_ERROR", field="webhookUrl", status=422)


def _clock(name: str, ahead: float) -> Event:
    return _event(
        f"the clock of {name} is {ahead:+.0f} s",
        lambda alarms: alarms.clocks[name].report(ahead),
        f"clock of {name}",
    )


def _named(name: str) -> Event:
    return _event(name, lambda alarms: alarms.health.report(name, f"A problem: {name}."), name)


def _over(name: str) -> Event:
    return _event(f"{name} is over", lambda alarms: alarms.health.clear(name), name)


def _balance(dollars: str) -> Event:
    return _event(
        f"a balance of {dollars}",
        lambda alarms: alarms.balance.check(Decimal(dollars), TODAY),
        PACE,
    )


RAISING: Sequence[Event] = (
    _event("no answer", lambda alarms: alarms.gate.unreachable(), *_API),
    _event("another's answer", lambda alarms: alarms.gate.unreachable(502), *_API),
    *(
        _event(f"{status} for {route.model}", _refused(status, route), *_API)
        for status in (401, 402, 403)
        for route in ROUTES
    ),
    _event("unknown outcomes", _outcomes, *_API),
    _event("tasks are missing", _miss_all, MISSING),
    _event(
        "no address is taken",
        lambda alarms: alarms.urls.is_refused_by(_TAKES_NO_ADDRESS, JOBS[0]),
        WEBHOOKS,
    ),
    _event("another process", lambda alarms: report_shared_token(alarms.health), SHARED_TOKEN),
    _balance("0.39"),
    _clock("Discord", -900),
    _clock("ModelHunter", 40),
    *map(_named, BY_NAME),
)


def _worked(alarms: Alarms) -> None:
    """A create of each route is taken, after the balance rose."""
    alarms.clock.now += 2 * DAY
    for balance in (50, 100):
        alarms.gate.balance_read(Decimal(balance))
    for route in ROUTES:
        alarms.gate.sending(route)
        alarms.gate.outcome_known(route)
        alarms.gate.taken(route, PRICE)


ENDING: Sequence[Event] = (
    _event("the API works", _worked, *_API),
    _event("tasks are found", _find_all, MISSING),
    _event("an address is taken", lambda alarms: alarms.urls.was_taken(), WEBHOOKS),
    _event("alone", lambda alarms: alarms.health.clear(SHARED_TOKEN), SHARED_TOKEN),
    _balance("100"),
    _clock("Discord", 0),
    _clock("ModelHunter", 0),
    *map(_over, BY_NAME),
)
EVENTS = st.lists(st.sampled_from([*RAISING, *ENDING]), max_size=25)


@machine_settings(examples=60, steps=1)
@given(EVENTS)
def test_each_problem_is_said_as_long_as_it_lasts(events: Sequence[Event]) -> None:
    """No event changes a problem that it is not about, and when all causes are over it is ready."""

    async def check() -> None:
        async with open_memory_database() as store:
            alarms = await _with_usual_pace(store)
            for event in [*events, *ENDING]:
                before = alarms.named()
                await _tell(alarms, event)
                changed = {
                    name
                    for name, sentence in {**before, **alarms.named()}.items()
                    if before.get(name) != alarms.named().get(name) or name not in before
                }
                assert changed <= event.concerns, event
                _check_sentences(alarms)
            assert alarms.named() == {}
            assert await _ready(alarms.health) == (200, True, [])

    asyncio.run(check())


@machine_settings(examples=40, steps=1)
@given(st.lists(st.sampled_from(RAISING), min_size=1, max_size=12, unique_by=lambda it: it.what))
def test_readyz_answers_with_every_problem(events: Sequence[Event]) -> None:
    """Each event that raises a problem is said by the endpoint, beside all others, until it ends."""

    async def check() -> None:
        async with open_memory_database() as store:
            alarms = await _with_usual_pace(store)
            for event in events:
                await _tell(alarms, event)
                assert event.concerns & alarms.named().keys(), event
            problems = alarms.named()
            said = [problems[name] for name in sorted(problems)]
            assert await _ready(alarms.health) == (503, False, said)

    asyncio.run(check())


async def _with_usual_pace(store: Store) -> Alarms:
    for number in range(1, 4):
        await accepted(store, number, created_at=NOON - number * DAY)
    return Alarms(store)


async def _tell(alarms: Alarms, event: Event) -> None:
    done = event.act(alarms)
    if isinstance(done, Awaitable):
        await done


def _check_sentences(alarms: Alarms) -> None:
    """Assert that each is one sentence, without the amounts of the account."""
    for sentence in alarms.health.problems():
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert "0.39" not in sentence


async def _ready(health: Health) -> tuple[int, bool, list[str]]:
    async with TestClient(TestServer(build_application(health))) as client:
        response = await client.get("/readyz")
        answer = await response.json()
        return response.status, answer["ready"], answer["reasons"]

"""Planted secrets appear nowhere: not in the log, not on a card, not at /readyz, not in a dump."""

import contextlib
import json
import logging
import socket
import sqlite3
import stat
from collections.abc import AsyncGenerator, Iterator
from decimal import Decimal
from pathlib import Path

import aiohttp
import pytest

from bot.jobs.retention import RetentionSweep
from bot.locales.answer_texts import API_REFUSES_KEY
from bot.monitoring.logs import SecretFilter
from db.engines.engine import open_database
from db.errors import StoreFailed
from db.records import TOKEN_LIFETIME, Job, JobKind, JobState, SpendingLimits
from db.repositories.drafts import Drafts
from db.repositories.jobs import JobRepository
from db.repositories.retention import Retention
from sandbox.modelhunter import Script
from tests.databases import execute
from tests.end_to_end.checks import says
from tests.end_to_end.world import PROMPT, World, open_world

# Shaped like the real ones.
BOT_TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4OQ" + ".GaBcDe." + "abcdefghijklmnopqrstuvwxyz0123456789AB"
KEY = "river_live_0123456789abcdefPLANTED89abcdef"
INTERACTION = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OTpwbGFudGVk"
SIGNED = "https://cdn.example.com/x.mp4?signature=PLANTEDSIGNATURE&expires=1"
# What a careless server says about a request: everything that was in it.
ECHO = f"key {KEY}, Authorization: Bearer {KEY}, token {INTERACTION}, file {SIGNED}"
CREATE = "/*/text-to-video"


@pytest.fixture
async def planted(tmp_path: Path) -> AsyncGenerator[World]:
    """Give a test a world whose token and key look like the real ones."""
    async with open_world(tmp_path, token=BOT_TOKEN, key=KEY) as world:
        yield world


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


async def _readiness(port: int) -> str:
    address = f"http://127.0.0.1:{port}/readyz"
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        return await response.text()


def _dump(world: World) -> str:
    """Return what `sqlite3 bot.db .dump` prints."""
    path = world.database_path
    with contextlib.closing(sqlite3.connect(path)) as database:
        return "\n".join(database.iterdump())


def _cards(world: World) -> str:
    """Return every version of every message, ephemeral ones too."""
    stored = [message for channel in world.discord.model.messages.values() for message in channel]
    versions = [version for it in stored for version in world.discord.history(it)]
    return json.dumps([str(version.message) for version in versions])


def _fixed_secrets() -> Iterator[str]:
    yield from (BOT_TOKEN, KEY, INTERACTION, "PLANTEDSIGNATURE")


def _found(text: str, secrets: Iterator[str]) -> list[str]:
    return [secret for secret in secrets if secret in text]


async def _ask_until(world: World, *states: JobState) -> None:
    await world.until_state(await world.ask(), *states)


async def _suffer(world: World) -> None:
    """Let everything go well once, and then wrong in every way that repeats secrets."""
    faults, quick = world.api.faults, Script.quick(0)
    world.api.scripts.choose = lambda _: quick
    await _ask_until(world, JobState.DELIVERED)
    faults.add("GET", "/tasks/*", status=500, message=ECHO)
    faults.add("GET", "/tasks/*", status=400, code=f"{PROMPT} {KEY}", message=f"{ECHO} {PROMPT}")
    faults.add("GET", "/results/*", status=403)
    faults.add("GET", "/results/*", cut="middle")
    faults.add("GET", "/results/*", status=302, headers={"Location": SIGNED})
    await _ask_until(world, JobState.DELIVERED)
    faults.add("POST", CREATE, status=400, code="VALIDATION_ERROR", message=ECHO)
    await _ask_until(world, JobState.REFUSED)
    world.api.scripts.next(Script.failing(ECHO, code="PROVIDER_ERROR"))
    await _ask_until(world, JobState.FAILED)
    discord = world.discord.faults
    for status in (400, 500, 403):
        discord.add("PATCH", "/webhooks/*", status=status, code=50035, message=ECHO)
    discord.add("PUT", "/channels/*", status=400, message=f"{ECHO} Bot {BOT_TOKEN}")
    discord.add("POST", "/interactions/*/callback", status=400, message=ECHO, skip=1)
    await _ask_until(world, JobState.DELIVERED, JobState.LINKED)
    await world.begin()
    for method, path in (("POST", CREATE), ("GET", "/balance")):
        faults.add(method, path, times=None, status=401, code="AUTH_INVALID_TOKEN", message=ECHO)
    await _ask_until(world, JobState.REFUSED)


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
async def test_no_failure_reveals_a_secret(planted: World, level: str) -> None:
    """Through every kind of failure no planted secret and no prompt is in a log, a card, a dump or at /readyz."""
    port = _free_port()
    async with planted.bot(LOG_LEVEL=level, HTTP_PORT=str(port)):
        await _suffer(planted)
        ready = await _readiness(port)
        assert "(401)" in ready
        refused = await planted.ask()
        assert says(refused.content, API_REFUSES_KEY)
        interactions = list(planted.discord.model.interaction_tokens)
        path = Path(planted.database_path)
        files = [it for it in path.parent.iterdir() if it.name.startswith(path.name)]
        assert {stat.S_IMODE(it.stat().st_mode) for it in files} == {0o600}
        assert {path.name, f"{path.name}.lock"} <= {it.name for it in files}
    assert len(interactions) > 5
    said, cards = planted.words(), _cards(planted)
    assert "INFO" in said
    assert "traceback" not in ready.lower()
    assert _found(said, iter([*_fixed_secrets(), PROMPT, *interactions])) == []
    assert _found(ready, iter([*_fixed_secrets(), PROMPT, *interactions])) == []
    assert _found(cards, iter([*_fixed_secrets(), *interactions])) == []
    assert _found(_dump(planted), _fixed_secrets()) == []


def _job(now: float) -> Job:
    return Job(
        id=77,
        kind=JobKind.IMAGE,
        model="m",
        prompt=PROMPT,
        options={},
        endpoint="a/b",
        body={"input": {"prompt": PROMPT}},
        user_id=1,
        guild_id=2,
        channel_id=3,
        created_at=now,
        interaction_token=INTERACTION,
    )


_LIMITS = SpendingLimits(running_per_user=5, daily_budget=Decimal(5))


async def test_interaction_tokens_are_deleted_when_they_expire(tmp_path: Path) -> None:
    """The token is in the row while it opens something, and fifteen minutes later it is gone."""
    now = 1_800_000_000.0
    path = tmp_path / "bot.db"
    async with open_database(f"sqlite:///{path}") as store:
        jobs = JobRepository(store)
        await jobs.accept(_job(now), _LIMITS, owner="one")
        times = iter([now + TOKEN_LIFETIME - 1, now + TOKEN_LIFETIME + 1])
        keeper = RetentionSweep(
            Retention(store), Drafts(store), retention_days=30, clock=lambda: next(times)
        )
        for is_there in (True, False):
            await keeper.sweep()
            job = await jobs.get(77)
            assert job is not None
            assert (job.interaction_token == INTERACTION) is is_there
    with contextlib.closing(sqlite3.connect(path)) as database:
        assert INTERACTION not in "\n".join(database.iterdump())


async def test_database_errors_hold_no_parameters(tmp_path: Path) -> None:
    """An error of a statement does not show what it was to write, also in the log."""
    async with open_database(f"sqlite:///{tmp_path}/bot.db") as store:
        await execute(store, "drop table ledger")
        with pytest.raises(StoreFailed) as caught:
            await JobRepository(store).accept(_job(1.0), _LIMITS, owner="one")
        await execute(store, "create table ledger (job_id int, day date, user_id bigint)")
        with pytest.raises(StoreFailed) as other:
            await JobRepository(store).accept(_job(1.0), _LIMITS, owner="one")
        await execute(store, "alter table ledger add column amount bigint")
        with pytest.raises(StoreFailed) as third:
            await JobRepository(store).accept(_job(1.0), _LIMITS, owner="one")
        await execute(store, "alter table jobs rename column prompt to question")
        await execute(store, "alter table ledger add column settled boolean")
        with pytest.raises(StoreFailed) as fourth:
            await JobRepository(store).accept(_job(1.0), _LIMITS, owner="one")
    for error in (caught.value, other.value, third.value, fourth.value):
        record = logging.LogRecord("any", logging.ERROR, "", 1, "failed: %s", (error,), None)
        record.exc_info = (type(error), error, error.__traceback__)
        SecretFilter().filter(record)
        told = f"{error} {error!r} {record.getMessage()} {record.exc_text}"
        assert _found(told, iter([PROMPT, INTERACTION])) == []

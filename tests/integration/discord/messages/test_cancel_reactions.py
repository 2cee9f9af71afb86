"""Reading the ❌ that came while the bot was away keeps the bot's own limit on calls."""

import dataclasses

import pytest

from bot.discord.interactions.cancel_reactions import CancelReactions
from bot.discord.messages.message_client import CANCEL_EMOJI
from bot.discord.messages.rate_limit import BotRateLimit
from bot.jobs.service import JobService
from db.records import CancelControl, Job
from sandbox.discord import Person
from tests.integration.discord.messages.stage import Scene


class CountingLimiter(BotRateLimit):
    """Count who was let through."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0

    async def __aenter__(self) -> None:
        """Let one through."""
        self.passed += 1
        await super().__aenter__()


class OneJob(JobService):
    """Know one job, and remember who wants it cancelled."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.requests: list[int] = []

    async def find(self, job_id: int) -> Job:
        """Return it."""
        assert job_id == self.job.id
        return self.job

    async def cancel(self, job_id: int, by: int) -> Job:
        """Remember."""
        assert job_id == self.job.id
        self.requests.append(by)
        return self.job


@pytest.mark.parametrize("tapped", [True, False])
async def test_every_call_waits_for_its_turn(scene: Scene, *, tapped: bool) -> None:
    """The message, the bot's own ❌ and who tapped are each asked for in turn."""
    running = await scene.running()
    assert running.message_id is not None
    person = Person.join(scene.discord, "Robin")
    if tapped:
        await person.react(running.message_id, CANCEL_EMOJI)
    job = dataclasses.replace(running, cancel_control=CancelControl.REACTION, user_id=person.id)
    service, rate_limit = OneJob(job), CountingLimiter()
    before = len(scene.discord.calls)
    await CancelReactions(scene.client, service, rate_limit).read(job.id)
    calls = [call.method for call in scene.discord.calls[before:]]
    assert calls == (["GET", "PUT", "GET"] if tapped else ["GET", "PUT"])
    assert rate_limit.passed == len(calls)
    assert service.requests == ([person.id] if tapped else [])

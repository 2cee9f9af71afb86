"""Cancel reactions that came while the bot was away are read within the bot's rate limit."""

import dataclasses

import pytest

from bot.discord.interactions.cancel_reactions import CancelReactions
from bot.discord.messages.message_client import CANCEL_EMOJI
from bot.discord.messages.rate_limit import BotRateLimit
from bot.jobs.actions import JobActions
from bot.jobs.queries import JobQueries
from db.records import CancelControl, Job
from sandbox.discord import Person
from tests.integration.discord.messages.stage import Stage


class CountingLimiter(BotRateLimit):
    """Rate limit that counts the calls that it let through."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0

    async def __aenter__(self) -> None:
        """Let a call through."""
        self.passed += 1
        await super().__aenter__()


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

    async def cancel(self, job_id: int, by: int) -> Job:
        """Remember the request."""
        assert job_id == self.job.id
        self.requests.append(by)
        return self.job


@pytest.mark.parametrize("tapped", [True, False])
async def test_reading_cancel_reactions_is_rate_limited(stage: Stage, *, tapped: bool) -> None:
    """The message, the bot's own ❌ and the users who reacted are each read within the rate limit."""
    running = await stage.running()
    assert running.message_id is not None
    person = Person.join(stage.discord, "Robin")
    if tapped:
        await person.react(running.message_id, CANCEL_EMOJI)
    job = dataclasses.replace(running, cancel_control=CancelControl.REACTION, user_id=person.id)
    actions, rate_limit = RecordedCancels(job), CountingLimiter()
    before = len(stage.discord.calls)
    reactions = CancelReactions(stage.client, OneJob(job), actions, rate_limit)
    await reactions.read(job.id)
    calls = [call.method for call in stage.discord.calls[before:]]
    assert calls == (["GET", "PUT", "GET"] if tapped else ["GET", "PUT"])
    assert rate_limit.passed == len(calls)
    assert actions.requests == ([person.id] if tapped else [])

"""Step lanes: how many steps run at once, by what they wait for.

A step waits for one thing: an answer to a create, to a cancel or to a question, files, or Discord. Each
has a lane of its own, so that none of them holds up another: 300 questions that hang leave creates,
cancels and endings alone. Within a lane no requester, model or channel keeps out the others
(`bot.lanes`). A delivery waits for several things, one after the other, and takes a place for each of
them by itself (`result_rooms`, `bot.discord.messages.upload_lanes`); an ending has a place in every
channel, however many of the others are slow. A limit of the API's own is not documented; these keep a burst of commands from
becoming a burst of requests.
"""

import enum
from collections.abc import AsyncGenerator, Hashable, Mapping
from contextlib import asynccontextmanager

from bot.lanes import Lane
from db.records import Job, JobState


class StepKind(enum.Enum):
    """What a step waits for."""

    CREATE = enum.auto()
    CANCEL = enum.auto()
    QUESTION = enum.auto()
    DELIVERY = enum.auto()
    CLOSING = enum.auto()


def kind_of(job: Job) -> StepKind:
    """Return what the next step of *job* waits for. Pure."""
    if job.state.is_final:
        return StepKind.CLOSING
    if job.state is JobState.DELIVERING:
        return StepKind.DELIVERY
    if job.state is JobState.ACCEPTED:
        return StepKind.CREATE
    return StepKind.CANCEL if job.is_cancelling and job.task_id else StepKind.QUESTION


def sharer_of(job: Job, kind: StepKind) -> Hashable:
    """Return who shares a lane: what one of them does to the API or Discord holds up its own. Pure."""
    if kind is StepKind.CREATE:
        return job.model
    return job.channel_id if kind is StepKind.CLOSING else job.user_id


class StepLanes:
    """One lane for each kind of step that waits for one thing."""

    def __init__(self) -> None:
        self._lanes: Mapping[StepKind, Lane] = {
            StepKind.CREATE: Lane(32, reserve=8),
            StepKind.CANCEL: Lane(8, reserve=4),
            StepKind.QUESTION: Lane(32, reserve=8),
            StepKind.CLOSING: Lane(32, reserve=224, few=1),
        }

    @asynccontextmanager
    async def place_for(self, job: Job) -> AsyncGenerator[bool]:
        """Hold the place that the next step of *job* needs; yield whether it had to wait for it."""
        kind = kind_of(job)
        if kind not in self._lanes:
            yield False
            return
        lane, sharer = self._lanes[kind], sharer_of(job, kind)
        has_waited = not lane.has_place_for(sharer)
        async with lane.place(sharer):
            yield has_waited

"""Jobs in every state, and everything that can happen to them."""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import get_args

from hypothesis import strategies as st

from bot.jobs.lifecycle import events
from bot.jobs.lifecycle.events import Event
from bot.jobs.lifecycle.transitions import advance
from db.records import Job, JobKind, JobState, Reason

NOW = 1_800_000_000.0
MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
REQUESTER = 11

EVENT_TYPES: tuple[type[Event], ...] = get_args(Event)


def a_job(state: JobState = JobState.ACCEPTED, **changes: object) -> Job:
    """Return a job in *state* as it is on the usual way there, but for *changes*."""
    job = Job(
        id=1_234_567_890_123_456_789,
        kind=JobKind.VIDEO,
        model="viduq3-turbo",
        prompt="a fox in the snow",
        options={"duration": 5},
        endpoint="vidu/text-to-video",
        body={"model": "viduq3-turbo", "input": {"prompt": "a fox in the snow"}},
        user_id=REQUESTER,
        guild_id=22,
        channel_id=33,
        message_id=44,
        price_low=Decimal("0.20"),
        price_high=Decimal("0.40"),
        created_at=NOW,
        state=state,
        submitted_at=None if state is JobState.ACCEPTED else NOW,
        task_id="task_1" if state in {JobState.FOLLOWING, JobState.DELIVERING} else None,
        ended_at=NOW if state.is_final else None,
    )
    return dataclasses.replace(job, **changes)  # type: ignore[arg-type]


def task_seen(status: str, **more: object) -> events.TaskSeen:
    """Return the event of having seen the task with *status*."""
    told = events.TaskSeen(task_id="task_1", status=status)
    return dataclasses.replace(told, **more)  # type: ignore[arg-type]


def after(job: Job, *happened: tuple[float, Event]) -> Job:
    """Return *job* after events, each so many seconds after its asking."""
    for seconds, event in happened:
        job = advance(job, event, NOW + seconds)
    return job


FINAL = [state for state in JobState if state.is_final]
WAITING = [JobState.SUBMITTING, JobState.FOLLOWING, JobState.UNCERTAIN]
STATUSES = ("pending", "queued", "running", "succeeded", "failed", "cancelled", "expired")
_PEOPLE = st.integers(min_value=1, max_value=2**63 - 1)
_WORDS = st.none() | st.text(max_size=9)

EVENTS: Mapping[type[Event], st.SearchStrategy[Event]] = {
    events.Answered: st.builds(events.Answered, message_id=_PEOPLE, shown=_WORDS),
    events.NeverAnswered: st.just(events.NeverAnswered()),
    events.SubmitStarted: st.just(events.SubmitStarted()),
    events.SubmitPostponed: st.just(events.SubmitPostponed()),
    events.SubmitNotProcessed: st.just(events.SubmitNotProcessed()),
    events.SubmitRefused: st.builds(
        events.SubmitRefused,
        reason=st.sampled_from([Reason.API, Reason.OPERATOR, Reason.MODEL_GONE]),
        code=_WORDS,
        message=_WORDS,
    ),
    events.SearchFoundNothing: st.builds(events.SearchFoundNothing, shows_later_jobs=st.booleans()),
    events.SearchFailed: st.just(events.SearchFailed()),
    events.TaskSeen: st.builds(
        events.TaskSeen,
        task_id=st.sampled_from(["task_1", "task_2"]),
        status=st.sampled_from(STATUSES) | st.text(max_size=9),
        progress=st.none() | st.floats(0, 100),
        estimated_seconds=st.none() | st.floats(0, 1e6),
        cost=st.none() | st.decimals(0, 100, allow_nan=False, places=2),
        result_count=st.integers(0, 9),
        error_code=_WORDS,
        error_message=_WORDS,
    ),
    events.TaskMissing: st.just(events.TaskMissing()),
    events.PollFailed: st.just(events.PollFailed()),
    events.CancelRequested: st.builds(events.CancelRequested, by=_PEOPLE | st.just(0)),
    events.CancelAccepted: st.just(events.CancelAccepted()),
    events.CancelRefused: st.just(events.CancelRefused()),
    events.Delivered: st.just(events.Delivered()),
    events.Linked: st.just(events.Linked()),
    events.BadResult: st.just(events.BadResult()),
    events.CardGone: st.just(events.CardGone()),
    events.EndingShown: st.just(events.EndingShown()),
}
ANY_EVENT: st.SearchStrategy[Event] = st.one_of(list(EVENTS.values()))

"""What holds for every sequence of events, also those that should never happen."""

import itertools
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.lifecycle import events
from bot.jobs.lifecycle.events import Event
from bot.jobs.lifecycle.transitions import advance
from db.records import Job, JobState
from tests.unit.jobs.builders import ANY_EVENT, DAY, NOW, STATUSES, a_job, task_seen

# Steps that most often lead on, so that random walks get far.
_ONWARD: st.SearchStrategy[Event] = st.sampled_from(
    [
        events.SubmitStarted(),
        *(task_seen(status, result_count=1) for status in STATUSES),
        events.SearchFoundNothing(),
        events.TaskMissing(),
        events.CancelRequested(7),
        events.Delivered(),
    ]
)
WALKS = st.lists(st.tuples(st.floats(0, DAY), ANY_EVENT | _ONWARD), max_size=25)


def life(walk: Sequence[tuple[float, Event]]) -> list[Job]:
    """Return the job before and after each event; the seconds lie between the events."""
    jobs, now = [a_job(message_id=None)], NOW
    for seconds, event in walk:
        now += seconds
        jobs.append(advance(jobs[-1], event, now))
    return jobs


@given(WALKS)
def test_a_final_state_never_changes(walk: Sequence[tuple[float, Event]]) -> None:
    """A final state never changes, nor does anything else but that the job is closed."""
    for before, after in itertools.pairwise(life(walk)):
        if before.state.is_final:
            assert after.state is before.state
            assert after.ended_at == before.ended_at
            assert (after.task_id, after.cost, after.reason) == (
                before.task_id,
                before.cost,
                before.reason,
            )


@given(WALKS)
def test_ended_at_is_set_in_final_states(walk: Sequence[tuple[float, Event]]) -> None:
    """`ended_at` is set exactly in final states."""
    for job in life(walk):
        assert (job.ended_at is not None) == job.state.is_final


@given(WALKS)
def test_task_id_and_canceller_never_change(walk: Sequence[tuple[float, Event]]) -> None:
    """A task's id and who first requested a cancel never change once they are known."""
    for before, after in itertools.pairwise(life(walk)):
        assert before.task_id in {None, after.task_id}
        assert before.cancel_wanted_by in {None, after.cancel_wanted_by}
        assert before.cancel_wanted_at in {None, after.cancel_wanted_at}


@given(WALKS)
def test_a_closed_job_stays_closed(walk: Sequence[tuple[float, Event]]) -> None:
    """A closed job has ended, and is opened again only for a card that was not known of."""
    for (_, event), (before, after) in zip(walk, itertools.pairwise(life(walk)), strict=True):
        assert after.open or after.state.is_final
        assert before.open or not after.open or isinstance(event, events.Answered)


@given(WALKS)
def test_accepted_again_only_after_a_post_without_effect(
    walk: Sequence[tuple[float, Event]],
) -> None:
    """A job goes back to `accepted` only when the POST provably had no effect."""
    for (_, event), (before, after) in zip(walk, itertools.pairwise(life(walk)), strict=True):
        if after.state is JobState.ACCEPTED and before.state is not JobState.ACCEPTED:
            assert isinstance(event, events.SubmitNotProcessed)
            assert (before.state, before.task_id) == (JobState.SUBMITTING, None)


@given(WALKS)
def test_a_result_is_preceded_by_success(walk: Sequence[tuple[float, Event]]) -> None:
    """Nothing is delivered that the API did not call a success."""
    for before, after in itertools.pairwise(life(walk)):
        if after.state in {JobState.DELIVERED, JobState.LINKED} and after.state != before.state:
            assert before.state is JobState.DELIVERING
            assert before.task_id is not None

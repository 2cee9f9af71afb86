"""Draw the life of a job for ARCHITECTURE.md: `python -m tests.draw_lifecycle` prints both parts.

Nothing is read from the code's text: each rule is tried on jobs and events of every kind that makes
a difference, and what came out is drawn.
"""

import dataclasses
import inspect
import itertools
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import get_args

from bot.jobs.lifecycle import events
from bot.jobs.lifecycle.events import Event
from bot.jobs.lifecycle.transitions import TABLE, UNCERTAIN_AFTER, advance
from bot.jobs.lifecycle.unclear import GONE_AFTER, LOST_AFTER
from db.records import Job, JobKind, JobState, Reason

_NOW = 10 * LOST_AFTER
_JUST_NOW = _NOW - 1
_AWHILE_AGO = _NOW - UNCERTAIN_AFTER - 1
_A_DAY_AGO = _NOW - LOST_AFTER - 1
_A_WEEK_AGO = _NOW - GONE_AFTER - 1
_REQUESTER = 7

_ENDED = "ended"
_NOTHING = "·"
_NOTED = "noted"

# Where an event says more than that it happened, each thing it can say.
_SAYING: Mapping[type, tuple[Event, ...]] = {
    events.Answered: (events.Answered(1),),
    events.SubmitRefused: tuple(events.SubmitRefused(reason) for reason in Reason),
    events.CancelRequested: (events.CancelRequested(_REQUESTER), events.CancelRequested(0)),
    events.TaskSeen: tuple(
        events.TaskSeen(
            task_id="task", status=status, is_understood=understood, result_count=count, cost=cost
        )
        for status in ("running", "succeeded", "expired", "failed", "cancelled", "unheard of")
        for understood in (True, False)
        for count in (0, 1)
        for cost in (None, Decimal(1))
    ),
    events.PollFailed: (events.PollFailed(), events.PollFailed(may_end=False)),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What an event did to a job."""

    state: JobState
    changed: bool
    closed: bool


def draw_table() -> str:
    """Return the table state x event in Markdown; the ended states share a column."""
    live = [state for state in JobState if not state.is_final]
    columns = {**{f"`{state}`": [state] for state in live}, _ENDED: _final_states()}
    lines = [
        "| What happens | " + " | ".join(columns) + " |",
        "| --- " * (len(columns) + 1) + "|",
    ]
    for event in get_args(Event):
        cells = [_cell(states, event) for states in columns.values()]
        lines.append(f"| `{event.__name__}`: {_meaning(event)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def draw_diagram() -> str:
    """Return the moves between states as a Mermaid diagram."""
    moves: dict[tuple[JobState, JobState], list[str]] = {}
    for state, event in itertools.product(JobState, get_args(Event)):
        for outcome in outcomes(state, event):
            if outcome.state is not state:
                names = moves.setdefault((state, outcome.state), [])
                names.extend({event.__name__} - set(names))
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> accepted"]
    order = list(JobState)
    for before, after in sorted(moves, key=lambda move: [order.index(state) for state in move]):
        lines.append(f"    {before} --> {after}: {', '.join(moves[before, after])}")
    lines.extend(f"    {state} --> [*]" for state in _final_states())
    return "\n".join([*lines, "```"])


def outcomes(state: JobState, event: type) -> set[Outcome]:
    """Return everything that *event* can do to a job in *state*."""
    found = set()
    for job, said in itertools.product(_jobs(state), _SAYING.get(event) or (event(),)):
        after = advance(job, said, _NOW)
        found.add(
            Outcome(after.state, changed=after != job, closed=job.open and not after.open),
        )
    return found


def _jobs(state: JobState) -> Iterator[Job]:
    """Yield jobs in *state* that differ in all that a rule may look at."""
    ages = (_JUST_NOW, _AWHILE_AGO, _A_DAY_AGO, _A_WEEK_AGO)
    for since, missing, wanted, marked, results in itertools.product(
        ages, (None, *ages), (None, _REQUESTER), (False, True), (0, 1)
    ):
        yield Job(
            id=1,
            kind=JobKind.VIDEO,
            model="model",
            prompt="prompt",
            options={},
            endpoint="provider/capability",
            body={},
            user_id=_REQUESTER,
            guild_id=None,
            channel_id=2,
            created_at=since,
            state=state,
            submitted_at=since,
            missing_since=missing,
            cancel_wanted_by=wanted,
            cancel_wanted_at=None if wanted is None else since,
            cancel_taken=marked,
            late=marked,
            result_count=results,
        )


def _cell(states: Iterable[JobState], event: type) -> str:
    said: set[str] = set()
    for state in states:
        for outcome in outcomes(state, event):
            said.add(_words(state, outcome))
    if said == {_NOTHING}:
        return _NOTHING
    return ", ".join(sorted(said - {_NOTHING}, key=_rank))


def _words(before: JobState, outcome: Outcome) -> str:
    if outcome.state is not before:
        return f"→ `{outcome.state}`" + (", closed" if outcome.closed else "")
    if outcome.closed:
        return "closed"
    return _NOTED if outcome.changed else _NOTHING


def _rank(words: str) -> int:
    """Put what stays first, then the states in the order of their declaration."""
    named = [f"`{state}`" in words for state in JobState]
    return named.index(True) if True in named else -1


def _meaning(event: type) -> str:
    """Return what the code says of the event, as one line."""
    return (inspect.getdoc(event) or "").splitlines()[0].rstrip(".")


def _final_states() -> list[JobState]:
    return [state for state in TABLE if state.is_final]


if __name__ == "__main__":
    print(f"{draw_table()}\n\n{draw_diagram()}")  # noqa: T201 - what the caller asked for

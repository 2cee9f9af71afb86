"""How often a card may be edited."""

import dataclasses

import pytest

from bot.discord.messages.edit_intervals import edit_interval
from db.records import Job, JobState
from tests.unit.jobs.builders import HOUR, NOW, a_job


def wait(job: Job, last: Job | None, *, now: float = NOW, cards: int = 1) -> float:
    """Return the seconds between the last edit and the next."""
    return edit_interval(job, last, now=now, cards=cards)


RUNNING = a_job(JobState.FOLLOWING, status="running", progress=10.0)


def test_a_changed_state_is_edited_soon() -> None:
    """A changed state is shown after a second, as is what was never shown."""
    assert wait(RUNNING, None) == 1.0
    assert wait(RUNNING, dataclasses.replace(RUNNING, status="queued")) == 1.0
    assert wait(dataclasses.replace(RUNNING, cancel_wanted_by=7), RUNNING) == 1.0


def test_progress_is_edited_every_five_seconds() -> None:
    """A changed percentage alone is shown every five seconds."""
    assert wait(RUNNING, dataclasses.replace(RUNNING, progress=5.0)) == 5.0


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2, "owner": "two"},
        {"woken": True},
        {"shown": "digest", "shown_at": NOW},
    ],
)
def test_invisible_changes_hurry_no_edit(changes: dict[str, object]) -> None:
    """Whose job it is and when it was shown are nothing to hurry for."""
    later: Job = dataclasses.replace(RUNNING, progress=20.0, **changes)  # type: ignore[arg-type]
    assert wait(later, RUNNING) == 5.0


def test_many_cards_share_the_edits() -> None:
    """With many cards each waits longer, so that all together keep to 45 edits a second."""
    assert wait(RUNNING, None, cards=45) == 1.0
    assert wait(RUNNING, None, cards=450) == 10.0


def test_old_cards_are_edited_rarely() -> None:
    """Discord limits edits of messages older than an hour harder, news or not."""
    assert wait(RUNNING, None, now=NOW + HOUR) == 1.0
    assert wait(RUNNING, None, now=NOW + HOUR + 1) == 60.0
    assert wait(RUNNING, None, now=NOW + HOUR + 1, cards=45 * 90) == 90.0

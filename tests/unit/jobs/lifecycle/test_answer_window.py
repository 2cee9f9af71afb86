"""Whose card may still be on its way."""

from bot.jobs.lifecycle.answer_window import ANSWER_WINDOW, is_answer_pending
from db.records import JobState
from tests.unit.jobs.builders import NOW, a_job


def test_an_answer_is_pending() -> None:
    """A job that this process has just accepted is being answered."""
    assert is_answer_pending(a_job(message_id=None, version=1), NOW + ANSWER_WINDOW - 1)


def test_no_answer_is_pending() -> None:
    """One that was answered, took too long, was sent, or is of an earlier process, is not."""
    assert not is_answer_pending(a_job(message_id=44, version=1), NOW)
    assert not is_answer_pending(a_job(message_id=None, version=1), NOW + ANSWER_WINDOW)
    assert not is_answer_pending(a_job(JobState.SUBMITTING, message_id=None, version=1), NOW)
    assert not is_answer_pending(a_job(message_id=None, version=2), NOW)

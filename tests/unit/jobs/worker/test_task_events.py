"""What a step learned of the API, in the words of the lifecycle."""

from bot.jobs.worker.task_events import task_seen
from bot.modelhunter import Task


def failed_with(words: str) -> str | None:
    """Return what is remembered of the API's *words* about a failure."""
    error = {"code": "x", "message": words}
    return task_seen(
        Task.model_validate({"id": "t", "status": "failed", "error": error})
    ).error_message


def test_an_api_error_message_holds_no_secret() -> None:
    """A card shows the message to every reader of the channel."""
    assert failed_with("key river_live_abc is bad") == "key *** is bad"


def test_a_huge_api_error_message_is_cut() -> None:
    """Only what a card has room for is looked at."""
    assert failed_with("x" * 8_000_000) == "x" * 4096

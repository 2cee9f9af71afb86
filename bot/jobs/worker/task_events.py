"""What a step learned of the API, in the words of the lifecycle."""

from bot.jobs.lifecycle.events import SubmitRefused, TaskSeen
from bot.modelhunter import OperatorMustAct, Rejected, Task
from bot.monitoring.logs import mask
from db.records import Reason

# Characters of an embed's description (Discord docs: Embed limits).
_MOST_WORDS = 4096


def task_seen(task: Task) -> TaskSeen:
    """Return the event of having seen *task*."""
    return TaskSeen(
        task_id=task.id,
        status=str(task.status),
        progress=task.progress,
        estimated_seconds=task.estimated_seconds,
        cost=task.cost,
        result_count=len(task.result),
        error_code=_repeated(task.error.code if task.error else None),
        error_message=_repeated(task.error.message if task.error else None),
    )


def submit_refused(reason: Reason, error: Rejected | OperatorMustAct) -> SubmitRefused:
    """Return the event of the API's having refused a request."""
    return SubmitRefused(reason, _repeated(error.code), _repeated(error.message))


def _repeated(words: str | None) -> str | None:
    """Return the API's words without secrets: a card shows them to everybody.

    Only what a card has room for is looked at: an answer may have megabytes of them.
    """
    return None if words is None else mask(words[:_MOST_WORDS])

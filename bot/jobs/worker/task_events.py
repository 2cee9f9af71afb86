"""Task events: what the API answered, as events of the lifecycle.

Neither side knows the other: the API's words end in this module, copied field by field.
"""

from bot.jobs.lifecycle.events import SubmitRefused, TaskSeen
from bot.modelhunter import OperatorMustAct, Rejected, Task
from bot.monitoring.masking import mask
from db.records import Reason

# Characters of an embed's description (Discord docs: Message resource, Embed limits).
_LONGEST_TEXT = 4096


def task_seen(task: Task) -> TaskSeen:
    """Return the event of having seen *task*."""
    return TaskSeen(
        task_id=task.id,
        status=str(task.status),
        is_understood=task.is_understood,
        progress=task.progress,
        estimated_seconds=task.estimated_seconds,
        cost=task.final_cost,
        result_count=len(task.result),
        error_code=_without_secrets(task.error.code if task.error else None),
        error_message=_without_secrets(task.error.message if task.error else None),
    )


def submit_refused(reason: Reason, error: Rejected | OperatorMustAct) -> SubmitRefused:
    """Return the event of the API's having refused a request."""
    return SubmitRefused(reason, _without_secrets(error.code), _without_secrets(error.message))


def _without_secrets(text: str | None) -> str | None:
    """Return the API's text with secrets masked, because a card is read by a whole channel.

    Only as much as a card has room for is kept: an answer may have megabytes of text.
    """
    return None if text is None else mask(text[:_LONGEST_TEXT])

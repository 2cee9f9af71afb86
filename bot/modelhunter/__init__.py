"""Client of the ModelHunter.AI API: calls, the task they return, and one tree of errors."""

from bot.modelhunter.client import LARGEST_PAGE, ModelHunterClient, Timeouts, open_client
from bot.modelhunter.errors import (
    AlreadyFinished,
    Malformed,
    ModelHunterError,
    NotProcessed,
    OperatorMustAct,
    OutcomeUnknown,
    Rejected,
    TaskNotFound,
    Unavailable,
    is_from_api,
)
from bot.modelhunter.status import TaskStatus
from bot.modelhunter.tasks import JOB_MARK, ResultItem, Task, TaskError, TaskPage

__all__ = [
    "JOB_MARK",
    "LARGEST_PAGE",
    "AlreadyFinished",
    "Malformed",
    "ModelHunterClient",
    "ModelHunterError",
    "NotProcessed",
    "OperatorMustAct",
    "OutcomeUnknown",
    "Rejected",
    "ResultItem",
    "Task",
    "TaskError",
    "TaskNotFound",
    "TaskPage",
    "TaskStatus",
    "Timeouts",
    "Unavailable",
    "is_from_api",
    "open_client",
]

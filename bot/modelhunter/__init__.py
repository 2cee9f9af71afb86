"""Client of the ModelHunter.AI API: calls, the task they return, and one tree of errors."""

from bot.modelhunter.client import ModelHunterClient, Timeouts, open_client
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
)
from bot.modelhunter.models import ResultItem, Task, TaskError, TaskPage, TaskStatus

__all__ = [
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
    "open_client",
]

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
    is_from_api,
)
from bot.modelhunter.file_uploads import UploadPlace
from bot.modelhunter.page_query import LARGEST_PAGE, PageQuery
from bot.modelhunter.request_pace import RequestPace, Urgency
from bot.modelhunter.responses import read_entry
from bot.modelhunter.status import TaskStatus
from bot.modelhunter.tasks import JOB_MARK, EntryPage, ResultItem, Task, TaskError, TaskPage

__all__ = [
    "JOB_MARK",
    "LARGEST_PAGE",
    "AlreadyFinished",
    "EntryPage",
    "Malformed",
    "ModelHunterClient",
    "ModelHunterError",
    "NotProcessed",
    "OperatorMustAct",
    "OutcomeUnknown",
    "PageQuery",
    "Rejected",
    "RequestPace",
    "ResultItem",
    "Task",
    "TaskError",
    "TaskNotFound",
    "TaskPage",
    "TaskStatus",
    "Timeouts",
    "Unavailable",
    "UploadPlace",
    "Urgency",
    "is_from_api",
    "open_client",
    "read_entry",
]

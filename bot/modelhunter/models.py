"""Models of the API: tasks and pages of them, read tolerantly.

Unknown fields are ignored, and a field that makes no sense counts as absent: a task that was paid
for must not be lost because one of its fields was odd. Only a task without an id is refused.
"""

import enum
import functools
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

# US dollars. No generation costs as much, and the ledger's columns have a largest value.
LARGEST_COST = Decimal(100_000)

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class TaskStatus(enum.StrEnum):
    """The status of a task, in the API's words (ModelHunter docs: task status page)."""

    PENDING = "pending"  # accepted, waiting at ModelHunter
    QUEUED = "queued"  # handed to the provider, waiting there
    RUNNING = "running"  # the provider is generating
    SUCCEEDED = "succeeded"  # done; there are results
    FAILED = "failed"  # there is an error
    CANCELLED = "cancelled"  # cancelled before completion
    EXPIRED = "expired"  # the result's address has expired


# What the documentation of some models calls them, unlike the rest of the documentation.
_SYNONYMS = {"processing": TaskStatus.RUNNING, "completed": TaskStatus.SUCCEEDED}


@functools.lru_cache(maxsize=64)  # so that each new word is logged once, not at every poll
def _as_running(word: str) -> TaskStatus:
    _log.warning("unknown task status %r is taken for running", word)
    return TaskStatus.RUNNING


def read_status(raw: object) -> TaskStatus:
    """Return the status that *raw* means; an unknown one means that the task still runs."""
    word = str(raw).strip().lower()[:40]
    if word in _SYNONYMS:
        return _SYNONYMS[word]
    try:
        return TaskStatus(word)
    except ValueError:
        return _as_running(word)


def _or_nothing(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    """Take a value that makes no sense for an absent one."""
    try:
        return validate(value)
    except ValidationError:
        return None


def _or_empty(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    try:
        return validate(value)
    except ValidationError:
        return {}


def _cost_or_nothing(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    try:
        return validate(value)
    except ValidationError:
        # A text may repeat the prompt, and a whole number of any length can't be formatted.
        _log_bad_cost(f"{value:.6g}" if isinstance(value, float) else type(value).__name__)
        return None


@functools.lru_cache(maxsize=64)  # so that each is logged once, not at every poll
def _log_bad_cost(cost: str) -> None:
    _log.warning("a task's cost (%s) makes no sense and is taken for not reported", cost)


def _in_utc(value: datetime) -> datetime:
    """Read a time without a zone as UTC."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _usable_results(value: object) -> object:
    """Keep the items that have an address."""
    if not isinstance(value, list):
        return ()
    return [item for item in value if isinstance(item, dict) and _is_text(item.get("url"))]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _as_error(value: object) -> object:
    """Read an error that is only a sentence."""
    return {"message": value} if _is_text(value) else value


Lenient = Annotated[_T | None, WrapValidator(_or_nothing)]
_Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Cost = Annotated[Decimal, Field(ge=0, le=LARGEST_COST, allow_inf_nan=False)]
_Moment = Annotated[datetime, AfterValidator(_in_utc)]


class _FromApi(BaseModel):
    # Inputs are hidden because a signed address or a prompt would show in the traceback.
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class ResultItem(_FromApi):
    """One file of a result; its address is signed and expires after 15 minutes."""

    url: str = Field(repr=False)
    duration: Lenient[_Amount] = None  # seconds
    format: Lenient[str] = None
    size_bytes: Lenient[Annotated[int, Field(ge=0)]] = None


class TaskError(_FromApi):
    """Why a task failed, in the API's words, which may repeat the prompt."""

    code: Lenient[str] = None
    message: Annotated[Lenient[str], Field(repr=False)] = None


class Task(_FromApi):
    """The API's object: one generation.

    `type` is the capability right after a create and the medium later, so it must not be compared.
    The task list has no `result`, even of a task that succeeded (ModelHunter docs: list tasks).
    """

    id: Annotated[
        str, Field(min_length=1, max_length=256, coerce_numbers_to_str=True, pattern=r"\S")
    ]
    status: Annotated[TaskStatus, BeforeValidator(read_status)] = TaskStatus.RUNNING
    type: Lenient[str] = None
    provider: Lenient[str] = None
    model: Lenient[str] = None
    result: Annotated[tuple[ResultItem, ...], BeforeValidator(_usable_results)] = ()
    error: Annotated[Lenient[TaskError], BeforeValidator(_as_error)] = None
    progress: Lenient[Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]] = None
    cost: Annotated[_Cost | None, WrapValidator(_cost_or_nothing)] = None  # US dollars
    created_at: Lenient[_Moment] = None
    started_at: Lenient[_Moment] = None
    completed_at: Lenient[_Moment] = None
    metadata: Annotated[Mapping[str, object], WrapValidator(_or_empty), Field(repr=False)] = {}
    estimated_seconds: Lenient[_Amount] = None


class TaskPage(_FromApi):
    """One page of the task list, newest first; pages may overlap, so tasks are compared by id."""

    tasks: tuple[Task, ...]
    cursor: str | None  # asks for the next page
    has_more: bool

"""What the API tells: tasks, tolerant of fields that are unknown, absent or odd."""

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

# US dollars. No generation costs as much, and the ledger's columns end somewhere.
LARGEST_COST = Decimal(100_000)

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class TaskStatus(enum.StrEnum):
    """Where a task stands, in the API's words (ModelHunter docs: task status page)."""

    PENDING = "pending"  # accepted, waiting at ModelHunter
    QUEUED = "queued"  # handed to the provider, waiting there
    RUNNING = "running"  # the provider is generating
    SUCCEEDED = "succeeded"  # done; there are results
    FAILED = "failed"  # there is an error
    CANCELLED = "cancelled"  # cancelled before completion
    EXPIRED = "expired"  # the result's address lapsed


# The model pages speak another dialect than the rest of the documentation.
_DIALECT = {"processing": TaskStatus.RUNNING, "completed": TaskStatus.SUCCEEDED}


@functools.lru_cache(maxsize=64)  # so that each new word is logged once, not at every poll
def _still_going(word: str) -> TaskStatus:
    _log.warning("unknown task status %r is taken for running", word)
    return TaskStatus.RUNNING


def read_status(raw: object) -> TaskStatus:
    """Return the status that *raw* means; whatever is unknown means "still going"."""
    word = str(raw).strip().lower()[:40]
    if word in _DIALECT:
        return _DIALECT[word]
    try:
        return TaskStatus(word)
    except ValueError:
        return _still_going(word)


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
        # Words may repeat the prompt, and an endless whole number can't be written.
        _note_nonsense(f"{value:.6g}" if isinstance(value, float) else type(value).__name__)
        return None


@functools.lru_cache(maxsize=64)  # so that each is logged once, not at every poll
def _note_nonsense(cost: str) -> None:
    _log.warning("a task's cost (%s) makes no sense and is taken for not reported", cost)


def _in_utc(value: datetime) -> datetime:
    """Read a time without a zone as UTC."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _usable_results(value: object) -> object:
    """Keep the items that can be fetched."""
    if not isinstance(value, list):
        return ()
    return [item for item in value if isinstance(item, dict) and _is_text(item.get("url"))]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _as_error(value: object) -> object:
    """Understand an error that is a bare sentence."""
    return {"message": value} if _is_text(value) else value


Lenient = Annotated[_T | None, WrapValidator(_or_nothing)]
_Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Cost = Annotated[Decimal, Field(ge=0, le=LARGEST_COST, allow_inf_nan=False)]
_Moment = Annotated[datetime, AfterValidator(_in_utc)]


class _FromApi(BaseModel):
    # Inputs are hidden because a signed address or a prompt would stand in the traceback.
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class ResultItem(_FromApi):
    """One thing that was made; its address is signed and lives 15 minutes."""

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

    `type` is the capability right after a create and the medium later, so don't compare it.
    A list shows no `result`, even of a task that succeeded (ModelHunter docs: list tasks page).
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
    """One page of the task list, newest first; pages may overlap, so tell tasks apart by id."""

    tasks: tuple[Task, ...]
    cursor: str | None  # asks for the next page
    has_more: bool

"""Models of the API: tasks and pages of them, read tolerantly.

Unknown fields are ignored, and a field that makes no sense counts as absent: a task that was paid
for must not be lost because one of its fields was odd. Only a task without an id is refused.
"""

import dataclasses
import functools
import logging
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from bot.modelhunter.status import Evidence, TaskStatus, is_understood, read_status

# The key of the metadata that names the job of a task.
JOB_MARK = "job_id"
# Seconds. A longer estimate is no help to users, and a task would never be late.
LONGEST_ESTIMATE = 24 * 60 * 60.0
# US dollars. No generation costs as much, and the ledger's columns have a largest value.
LARGEST_COST = Decimal(100_000)

# Years 1 and 1970 are what programs make of no time at all.
_ZERO_YEAR = 1970
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
# What an error holds that is none.
_NO_ERROR = frozenset(
    {"", "0", "200", "false", "no error", "nil", "none", "null", "ok", "success", "undefined"}
)

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


def _or_nothing(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    """Take a value that makes no sense for an absent one."""
    try:
        return validate(value)
    except (ValueError, ArithmeticError):  # a date at the edge of the calendar overflows
        return None


def _or_empty(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    try:
        return validate(value)
    except ValueError:
        return {}


def _cost_or_nothing(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    try:
        return validate(value)
    except (ValueError, ArithmeticError):
        # A text may repeat the prompt, and a whole number of any length can't be formatted.
        _log_bad_cost(f"{value:.6g}" if isinstance(value, float) else type(value).__name__)
        return None


@functools.lru_cache(maxsize=64)  # so that each is logged once, not at every poll
def _log_bad_cost(cost: str) -> None:
    _log.warning("a task's cost (%s) makes no sense and is taken for not reported", cost)


def _no_truth_value(value: object) -> object:
    """Refuse true and false, which pydantic would take for 1 and 0."""
    if isinstance(value, bool):
        raise ValueError("a truth value is no number")
    return value


def _in_utc(value: datetime) -> datetime:
    """Read a time without a zone as UTC, and the zero of other languages as no time."""
    moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if moment.year <= _ZERO_YEAR:
        raise ValueError("the beginning of a calendar")
    return moment


def _usable_results(value: object) -> object:
    """Keep the items that have an address; one item need be in no list."""
    items = value if isinstance(value, list) else [value]
    return [item for item in map(_as_item, items) if item is not None]


def _as_item(item: object) -> object:
    """Return an item that has an address, also one that is nothing but the address."""
    if isinstance(item, str) and _ADDRESS.match(item):
        item = {"url": item}
    return item if isinstance(item, dict) and _is_text(item.get("url")) else None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _as_error(value: object) -> object:
    """Read an error that is only a sentence, or a list of errors; None where it says nothing."""
    if isinstance(value, list):
        value = next((each for each in value if _as_error(each)), None)
    if isinstance(value, str):
        value = {"message": value}
    if not isinstance(value, dict):
        return None
    said = {str(part).strip().casefold() for part in value.values() if part not in (None, {}, [])}
    return value if said - _NO_ERROR else None


def _evidence(known: Mapping[str, object]) -> Evidence:
    return Evidence(
        result=bool(known.get("result")),
        error=known.get("error") is not None,
        completed=known.get("completed_at") is not None,
    )


def _status(word: object, info: ValidationInfo) -> TaskStatus:
    return read_status(word, _evidence(info.data))


Lenient = Annotated[_T | None, WrapValidator(_or_nothing)]
Number = BeforeValidator(_no_truth_value)
_Amount = Annotated[float, Field(ge=0, allow_inf_nan=False), Number]
_Estimate = Annotated[float, Field(ge=0, le=LONGEST_ESTIMATE, allow_inf_nan=False), Number]
_Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False), Number]
_Size = Annotated[int, Field(ge=0), Number]
_Cost = Annotated[Decimal, Field(ge=0, le=LARGEST_COST, allow_inf_nan=False), Number]
_Moment = Annotated[datetime, AfterValidator(_in_utc)]
_Code = Annotated[str, Field(coerce_numbers_to_str=True)]


class _FromApi(BaseModel):
    # Inputs are hidden because a signed address or a prompt would show in the traceback.
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class ResultItem(_FromApi):
    """One file of a result; its address is signed and expires after 15 minutes."""

    url: str = Field(repr=False)
    duration: Lenient[_Amount] = None  # seconds
    format: Lenient[str] = None
    size_bytes: Lenient[_Size] = None


class TaskError(_FromApi):
    """Why a task failed, in the API's words, which may repeat the prompt."""

    code: Lenient[_Code] = None
    message: Annotated[Lenient[str], Field(repr=False)] = None


class Task(_FromApi):
    """The API's object: one generation.

    `type` is the capability right after a create and the medium later, so it must not be compared.
    The task list has no `result`, even of a task that succeeded (ModelHunter docs: list tasks).
    """

    id: Annotated[
        str, Field(min_length=1, max_length=256, coerce_numbers_to_str=True, pattern=r"\S")
    ]
    type: Lenient[str] = None
    provider: Lenient[str] = None
    model: Lenient[str] = None
    result: Annotated[tuple[ResultItem, ...], BeforeValidator(_usable_results)] = ()
    error: Annotated[Lenient[TaskError], BeforeValidator(_as_error)] = None
    progress: Lenient[_Percent] = None
    cost: Annotated[_Cost | None, WrapValidator(_cost_or_nothing)] = None  # US dollars
    created_at: Lenient[_Moment] = None
    started_at: Lenient[_Moment] = None
    completed_at: Lenient[_Moment] = None
    metadata: Annotated[Mapping[str, object], WrapValidator(_or_empty), Field(repr=False)] = {}
    estimated_seconds: Lenient[_Estimate] = None
    # Read from the API's word and from the evidence, whose fields must come before this one.
    status: Annotated[TaskStatus, BeforeValidator(_status)] = Field(
        default=TaskStatus.UNKNOWN, validate_default=True
    )

    @property
    def is_understood(self) -> bool:
        """Whether word and evidence say how the task is."""
        return is_understood(self.status, _evidence(dict(self)))

    @property
    def final_cost(self) -> Decimal | None:
        """The cost, if the task has ended: what is reported earlier may be the first of its parts."""
        return self.cost if self.status.is_ending else None

    def is_made_for(self, mark: str) -> bool:
        """Whether the task says that it was made for the job of *mark*."""
        return str(self.metadata.get(JOB_MARK)) == mark

    def may_be_for(self, mark: str) -> bool:
        """Whether the task does not say that it was made for another job."""
        return self.metadata.get(JOB_MARK) is None or self.is_made_for(mark)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """One page of the task list, newest first, as the API wrote it: each entry is yet to be read."""

    entries: Sequence[object] = dataclasses.field(repr=False)
    cursor: str | None  # asks for the next page
    has_more: bool
    total: int | None  # tasks on all pages, where the API says so


class TaskPage(_FromApi):
    """One page of the task list, newest first; pages may overlap, so tasks are compared by id."""

    tasks: tuple[Task, ...]
    cursor: str | None  # asks for the next page
    has_more: bool

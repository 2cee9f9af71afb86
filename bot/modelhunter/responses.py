"""Answers of the API and their meaning: status and bytes in, a value or an error out. Pure."""

import dataclasses
import logging
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, NoReturn

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from bot.modelhunter.errors import (
    AlreadyFinished,
    Malformed,
    NotProcessed,
    OperatorMustAct,
    OutcomeUnknown,
    Rejected,
    TaskNotFound,
    Unavailable,
)
from bot.modelhunter.tasks import EntryPage, Lenient, Number, Task, TaskPage
from bot.modelhunter.tolerant_json import cleaned, load_json, read_json

_log = logging.getLogger(__name__)

_OPERATOR = frozenset({401, 402, 403})
# These say that the request itself is at fault. Others in the 400s (408, 409, 425) do not.
_REQUEST_AT_FAULT = frozenset({400, 404, 405, 413, 414, 415, 422})
_BILLED_AFTERWARDS = "postpaid"  # whatever its balance is, it keeps no request back
# A create that gets one of these, in the API's own error envelope, made no task.
_NOT_PROCESSED = frozenset({429, 503})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole HTTP answer; `retry_after` is in seconds."""

    status: int
    body: bytes = dataclasses.field(repr=False)
    retry_after: float | None = None

    @property
    def is_success(self) -> bool:
        """Whether the status is a 2xx."""
        return 200 <= self.status < 300


class _Envelope(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class _Details(_Envelope):
    field: Lenient[str] = None
    reason: Lenient[str] = None


class _ErrorBody(_Envelope):
    """The `error` of the API's envelope (ModelHunter docs: Errors)."""

    code: Lenient[Annotated[str, Field(max_length=100, coerce_numbers_to_str=True)]] = None
    message: Lenient[str] = None
    details: Lenient[_Details] = None

    @property
    def field(self) -> str | None:
        return self.details.field if self.details else None

    @property
    def text(self) -> str | None:
        """Message, field and reason; the field's name only where the others don't contain it."""
        reason = self.details.reason if self.details else None
        text = f"{self.message} {reason}"
        field = self.field if self.field and self.field not in text else None
        return ": ".join(part for part in (self.message, field, reason) if part) or None


class _Balance(_Envelope):
    balance: Lenient[Annotated[Decimal, Field(allow_inf_nan=False), Number]] = None
    billing_mode: Annotated[
        Lenient[str], Field(validation_alias=AliasChoices("billingMode", "billing_mode"))
    ] = None


class _Pagination(_Envelope):
    """Where the next page of a list begins, and whether there is one."""

    cursor: Lenient[Annotated[str, Field(coerce_numbers_to_str=True)]] = None
    has_more: Annotated[Lenient[bool], Field(alias="hasMore")] = None
    total: Lenient[Annotated[int, Field(ge=0), Number]] = None


def created_task(answer: Answer) -> Task:
    """Return the task that a create made.

    Raises:
        NotProcessed: The API says in its own envelope that it made no task.
        Rejected: The request must change.
        OperatorMustAct: Key, balance or permission.
        OutcomeUnknown: Any other answer: the task may exist.
    """
    if not answer.is_success:
        _raise_for_create(answer)
    try:
        return _task(answer)
    except Malformed as error:
        raise OutcomeUnknown(status=answer.status) from error


def registered_webhook(answer: Answer) -> Mapping[str, object]:
    """Return what the API says of the webhook that it registered; raises as `created_task`."""
    if not answer.is_success:
        _raise_for_create(answer)
    try:
        data = _success(answer).get("data")
    except Malformed as error:
        raise OutcomeUnknown(status=answer.status) from error
    return data if isinstance(data, dict) else {}


def _raise_for_create(answer: Answer) -> NoReturn:
    """Raise what an error answer means to a create."""
    error_body = _read_error_body(answer)
    if error_body is None:  # not the API's own answer, perhaps that of a proxy in front of it
        raise OutcomeUnknown(status=answer.status)
    if answer.status in _NOT_PROCESSED:
        raise NotProcessed(retry_after=answer.retry_after, status=answer.status)
    _raise_if_operator(answer, error_body)
    _raise_if_rejected(answer, error_body)
    raise OutcomeUnknown(status=answer.status)


def read_task(answer: Answer) -> Task:
    """Return the task that was asked for; raises TaskNotFound, or as `_raise_for` does."""
    if answer.status == 404:
        raise TaskNotFound
    if not answer.is_success:
        _raise_for(answer)
    return _task(answer)


def read_page(answer: Answer) -> TaskPage:
    """Return a page of the task list, without entries that have no id; raises as `_raise_for`."""
    page = read_entries(answer)
    tasks = tuple(task for task in map(read_entry, page.entries) if task is not None)
    return TaskPage(tasks=tasks, cursor=page.cursor, has_more=page.has_more)


def read_entries(answer: Answer) -> EntryPage:
    """Return a page of the task list whose entries are yet to be read; raises as `_raise_for`.

    Each entry is read by itself: an odd one must not hide the others. Most are of tasks that have
    not changed, or that are no job's, and need not be read at all (`read_entry`).
    """
    if not answer.is_success:
        _raise_for(answer)
    envelope = _raw_success(answer)
    entries = envelope.get("data")
    if not isinstance(entries, list):
        raise Malformed("the list is no list")
    try:
        position = _Pagination.model_validate(cleaned(envelope.get("pagination")))
    except ValidationError:
        position = _Pagination()
    # Where it does not say whether there is more, a cursor does.
    has_more = bool(position.cursor) if position.has_more is None else position.has_more
    if has_more and not position.cursor:
        # Read as the end of the list, this would make a task on the next page look absent.
        raise Malformed("there is more, but it does not say where")
    return EntryPage(
        entries=entries,
        cursor=position.cursor or None,
        has_more=has_more,
        total=position.total,
    )


def read_entry(entry: object) -> Task | None:
    """Return the task of an entry of the list, or None if it has no id."""
    try:
        return Task.model_validate(cleaned(entry))
    except ValidationError:
        _log.warning("an entry of the task list has no id and is left out")
        return None


def read_cancelled(answer: Answer) -> None:
    """Return if the task was cancelled; raises TaskNotFound, AlreadyFinished, as `_raise_for`."""
    if answer.is_success:  # its body is not documented, so it is not read
        return
    if answer.status == 404:
        raise TaskNotFound
    if answer.status == 409:
        raise AlreadyFinished
    _raise_for(answer)


def read_balance(answer: Answer) -> Decimal | None:
    """Return the balance in US dollars, None if none is reported that requests are paid from."""
    if not answer.is_success:
        _raise_for(answer)
    envelope = _success(answer)
    if "data" not in envelope and envelope.get("success") is not True:
        raise Malformed("the answer is another program's", status=answer.status)
    try:
        found = _Balance.model_validate(envelope.get("data"))
    except ValidationError:
        return None
    return None if found.billing_mode == _BILLED_AFTERWARDS else found.balance


def read_data(answer: Answer) -> Mapping[str, object]:
    """Return the `data` of a success, empty if there is none; raises as `_raise_for` does."""
    if not answer.is_success:
        _raise_for(answer)
    data = _success(answer).get("data")
    return data if isinstance(data, dict) else {}


def _raise_for(answer: Answer) -> NoReturn:
    """Raise what an error answer means to any call but a create.

    Raises:
        OperatorMustAct: Key, balance or permission.
        Unavailable: Try later.
        Rejected: The request must change.
        Malformed: None of these.
    """
    error_body = _read_error_body(answer)
    _raise_if_operator(answer, error_body)
    if answer.status in {408, 425, 429} or answer.status >= 500:
        raise Unavailable(
            retry_after=answer.retry_after,
            status=answer.status,
            in_envelope=error_body is not None,
        )
    if error_body is not None:
        _raise_if_rejected(answer, error_body)
    raise Malformed(
        f"HTTP {answer.status}", status=answer.status, in_envelope=error_body is not None
    )


def _raise_if_operator(answer: Answer, error_body: _ErrorBody | None) -> None:
    if answer.status in _OPERATOR:
        raise OperatorMustAct(
            status=answer.status,
            code=error_body.code if error_body else None,
            message=error_body.text if error_body else None,
            in_envelope=error_body is not None,
        )


def _raise_if_rejected(answer: Answer, error_body: _ErrorBody) -> None:
    if answer.status in _REQUEST_AT_FAULT:
        raise Rejected(
            code=error_body.code,
            message=error_body.text,
            field=error_body.field,
            status=answer.status,
        )


def _task(answer: Answer) -> Task:
    try:
        return Task.model_validate(_success(answer).get("data"))
    except ValidationError as error:
        raise Malformed("there is no task with an id") from error


def _success(answer: Answer) -> Mapping[str, object]:
    """Return the envelope of a success, or raise Malformed."""
    envelope = cleaned(_raw_success(answer))
    return envelope if isinstance(envelope, dict) else {}


def _raw_success(answer: Answer) -> Mapping[str, object]:
    """Return the envelope as `_success` does, before it is cleaned."""
    envelope = load_json(answer.body)
    if not isinstance(envelope, dict):
        raise Malformed("the answer is no JSON object", status=answer.status)
    if envelope.get("success") is False:
        raise Malformed(f"HTTP {answer.status} without success")
    return envelope


def _read_error_body(answer: Answer) -> _ErrorBody | None:
    """Return the body of the API's own error envelope, or None if the answer is none."""
    envelope = _json_object(answer.body)
    if envelope is None or envelope.get("success") is not False:
        return None
    try:
        body = _ErrorBody.model_validate(envelope.get("error"))
    except ValidationError:
        return None
    return body if body.code or body.message else None


def _json_object(body: bytes) -> dict[str, object] | None:
    value = read_json(body)
    return value if isinstance(value, dict) else None

"""Webhooks: what the API sends when a task has completed or failed. Pure.

There are two kinds (ModelHunter docs: Webhooks). A configured one is registered once for the whole
account and signed: `X-Webhook-Signature` is `sha256=` and the HMAC-SHA256, in hex, of the timestamp, a
dot and the raw body. `X-Webhook-ID` is the event's id, which the body has too; the header alone is
not signed, so that one which names another event was changed on its way. A per-job one goes to the `webhookUrl` of a create and is not signed.

Neither says anything that is believed. Retries come up to half an hour late, and events may come
twice, in any order or never; there is none for a task that was cancelled or has expired. So all that
is read of a body is which task it is about, and how that task is, is asked of the API.
"""

import dataclasses
import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.modelhunter.tasks import JOB_MARK, Lenient
from bot.modelhunter.tolerant_json import read_json

EVENTS = ("task.completed", "task.failed")
TIMESTAMP_HEADER = "X-Webhook-Timestamp"
SIGNATURE_HEADER = "X-Webhook-Signature"
ID_HEADER = "X-Webhook-ID"
# Bytes of a body. An event with a result of ten files has about 3 KB.
LARGEST_BODY = 64 * 1024
# Seconds by which a timestamp may be off, either way (ModelHunter docs: Webhooks).
LARGEST_OFFSET = 300.0

_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSubject:
    """What a webhook is about: a task, and the job that it says it was made for."""

    task_id: str
    job_id: int | None = None


class _FromWebhook(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class _Metadata(_FromWebhook):
    job_id: Annotated[Lenient[str], Field(alias=JOB_MARK)] = None


class _Task(_FromWebhook):
    id: Annotated[str, Field(min_length=1, max_length=256, coerce_numbers_to_str=True)]
    metadata: Lenient[_Metadata] = None


class _Data(_FromWebhook):
    task: _Task


class _Event(_FromWebhook):
    data: _Data


class _Named(_FromWebhook):
    id: Lenient[str] = None


def signature_of(secret: bytes, timestamp: str, body: bytes) -> str:
    """Return the signature that the API puts on *body*, as its header has it."""
    return (
        f"sha256={hmac.new(secret, timestamp.encode() + b'.' + body, hashlib.sha256).hexdigest()}"
    )


def is_genuine(secret: bytes, *, timestamp: str, signature: str, body: bytes, now: float) -> bool:
    """Return whether the API has signed *body*, and not long ago.

    *now* is the API's time in Unix seconds. The signatures are compared in constant time, so that how
    long it takes does not show how much of a guess is right.
    """
    if not _TIMESTAMP.fullmatch(timestamp):
        return False
    expected = signature_of(secret, timestamp, body).encode()
    is_signed = hmac.compare_digest(expected, signature.encode(errors="surrogateescape"))
    return is_signed and abs(now - int(timestamp)) <= LARGEST_OFFSET


def names_another_event(ids: Sequence[str], body: bytes) -> bool:
    """Return whether *ids*, the event's by the headers, are not all the one in *body*.

    Where only one of the two names the event there is nothing to compare.
    """
    if not ids:
        return False
    try:
        known = _Named.model_validate(read_json(body)).id
    except ValidationError:
        return False
    return known is not None and any(each != known for each in ids)


def read_subject(body: bytes) -> WebhookSubject | None:
    """Return what the event in *body* is about, or None if it names no task."""
    try:
        task = _Event.model_validate(read_json(body)).data.task
    except ValidationError:
        return None
    mark = task.metadata.job_id if task.metadata else None
    is_id = mark is not None and mark.isascii() and mark.isdecimal() and len(mark) <= 20
    return WebhookSubject(task_id=task.id, job_id=int(mark) if mark and is_id else None)

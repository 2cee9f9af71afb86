"""Validation: from a posted body to a request for a task, or the API's error. Pure."""

from collections.abc import Mapping
from typing import TypeVar

import pydantic

from sandbox.modelhunter.endpoints import ENDPOINTS, PROVIDERS, Endpoint
from sandbox.modelhunter.errors import ApiError, invalid
from sandbox.modelhunter.fields import Address, Addresses, Json
from sandbox.modelhunter.input_fields import InputFields, input_fields
from sandbox.modelhunter.records import NewTask

_Model = TypeVar("_Model", bound=pydantic.BaseModel)


class _Body(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(strict=True)

    model: str
    input: dict[str, pydantic.JsonValue]
    webhook_url: str | None = pydantic.Field(default=None, alias="webhookUrl")
    metadata: dict[str, pydantic.JsonValue] | None = None


class _File(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(strict=True)

    filename: str
    content_type: str = pydantic.Field(alias="contentType")
    size_bytes: int = pydantic.Field(alias="sizeBytes")


class _Webhook(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(strict=True)

    url: str
    events: list[str]


def new_webhook(body: bytes) -> tuple[str, list[str]]:
    """Read a request to `POST /webhooks`: its address and its events.

    Raises:
        ApiError: The body is not what the API accepts.
    """
    parsed = _parse(_Webhook, body)
    if not parsed.url.startswith(("https://", "http://127.0.0.1:")):
        raise invalid("url", "Must be a public https address")
    unknown = set(parsed.events) - {"task.completed", "task.failed"}
    if unknown or not parsed.events:
        raise invalid("events", "Must be task.completed, task.failed or both")
    return parsed.url, parsed.events


def new_file(body: bytes) -> tuple[str, str, int]:
    """Read a request to `POST /files/upload-url`: name, content type and bytes of a file.

    Raises:
        ApiError: The body is not what the API accepts.
    """
    parsed = _parse(_File, body)
    return parsed.filename, parsed.content_type, parsed.size_bytes


def new_task(provider: str, capability: str, body: bytes) -> NewTask:
    """Read a request to `POST /{provider}/{capability}`.

    Raises:
        ApiError: The path, the model or the body is not what the API accepts.
    """
    endpoint = _endpoint(provider, capability)
    parsed = _parse(_Body, body)
    if parsed.model not in endpoint.models:
        raise ApiError(404, "MODEL_NOT_FOUND", f"No such model here: {parsed.model}")
    _check_input(input_fields(provider, capability, parsed.model), parsed.input)
    return NewTask(
        provider=provider,
        capability=capability,
        endpoint=endpoint,
        model=parsed.model,
        input=parsed.input,
        metadata=parsed.metadata,
        webhook_url=parsed.webhook_url,
    )


def _endpoint(provider: str, capability: str) -> Endpoint:
    if provider not in PROVIDERS:
        raise ApiError(404, "PROVIDER_NOT_FOUND", f"No such provider: {provider}")
    try:
        return ENDPOINTS[provider, capability]
    except KeyError:
        raise ApiError(404, "NOT_FOUND", f"{provider} has no {capability}") from None


def _parse(model: type[_Model], body: bytes) -> _Model:
    try:
        return model.model_validate_json(body)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "body"
        reason = "Required field is missing" if first["type"] == "missing" else first["msg"]
        raise invalid(field, reason) from None


def _check_input(taken: InputFields, given: Mapping[str, Json]) -> None:
    """Refuse the first key that is missing, unknown, wrong by itself, or wrong beside the others."""
    for name, field in taken.fields.items():
        if field.required and given.get(name) in (None, "", []):
            raise invalid(name, "Required field is missing")
    for name, value in given.items():
        known = taken.fields.get(name)
        if known is None and not taken.open:
            raise invalid(name, "Unknown field")
        problem = known.problem(value) if known is not None else None
        if problem is not None:
            raise invalid(name, problem)
    _check_together(taken, given)
    _check_files(taken, given)


def _check_together(taken: InputFields, given: Mapping[str, Json]) -> None:
    for name, others in taken.only_with.items():
        if name in given and not others & set(given):
            raise invalid(name, f"Needs {' or '.join(sorted(others))}")
    for name, (other, value) in taken.only_when.items():
        if name in given and given.get(other) != value:
            raise invalid(name, f"Needs {other} {value}")
    for one, other in sorted(taken.pairs):
        if one in given and other in given:
            raise invalid(other, f"Not together with {one}")


def _check_files(taken: InputFields, given: Mapping[str, Json]) -> None:
    if taken.one_of and not taken.one_of & set(given):
        raise invalid(min(taken.one_of), "Required field is missing")
    if taken.open and not any(_is_file(it) for it in given.values()):
        raise invalid("input", "Required field is missing")


def _is_file(value: Json) -> bool:
    return any(field.problem(value) is None for field in (Address(), Addresses()))

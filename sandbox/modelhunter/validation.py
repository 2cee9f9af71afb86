"""Validation: from a posted body to a request for a task, or the API's error. Pure."""

from collections.abc import Mapping
from typing import TypeVar

import pydantic

from sandbox.modelhunter.endpoints import ENDPOINTS, PROVIDERS, Endpoint
from sandbox.modelhunter.errors import ApiError, invalid
from sandbox.modelhunter.records import NewTask

_Model = TypeVar("_Model", bound=pydantic.BaseModel)


class _Body(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(strict=True)

    model: str
    input: dict[str, pydantic.JsonValue]
    webhook_url: str | None = pydantic.Field(default=None, alias="webhookUrl")
    metadata: dict[str, pydantic.JsonValue] | None = None


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


def new_task(provider: str, capability: str, body: bytes) -> NewTask:
    """Read a request to `POST /{provider}/{capability}`.

    Raises:
        ApiError: The path, the model or the body is not what the API accepts.
    """
    endpoint = _endpoint(provider, capability)
    parsed = _parse(_Body, body)
    if parsed.model not in endpoint.models:
        raise ApiError(404, "MODEL_NOT_FOUND", f"No such model here: {parsed.model}")
    _check_text(endpoint, parsed.input)
    _check_duration(endpoint, parsed.input)
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


def _check_text(endpoint: Endpoint, given: Mapping[str, pydantic.JsonValue]) -> None:
    field = endpoint.text_field
    if field is None:
        return
    value = given.get(field)
    if value is None or value in ("", []):
        raise invalid(field, "Required field is missing")
    expected = list if field == "dialogue" else str
    if not isinstance(value, expected):
        raise invalid(field, f"Expected {'a list' if expected is list else 'text'}")


def _check_duration(endpoint: Endpoint, given: Mapping[str, pydantic.JsonValue]) -> None:
    if "duration" not in given:
        if endpoint.duration_required:
            raise invalid("duration", "Required field is missing")
        return
    value = given["duration"]
    if endpoint.duration_is_text:
        if not (isinstance(value, str) and value.isdecimal()):
            raise invalid("duration", 'Expected a number in quotes, such as "6"')
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid("duration", "Expected a number")

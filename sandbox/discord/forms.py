"""Forms: a modal's fields, what they hold before the user changes them, and how they are sent.

Discord docs: components/reference (Label, Text Input, File Upload) and
interactions/receiving-and-responding (Modal Submit Data Structure).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from simcord._modal import _modal_submit_nodes
from simcord.backend.errors import SetupError
from simcord.components import walk_components
from simcord.enums import ComponentType

from sandbox.discord.model import Model

File = tuple[str, bytes]
FormValue = str | bool | Sequence[str] | File | Sequence[File]
_FIELDS = frozenset(
    {
        ComponentType.TEXT_INPUT,
        ComponentType.STRING_SELECT,
        ComponentType.FILE_UPLOAD,
        ComponentType.RADIO_GROUP,
        ComponentType.CHECKBOX_GROUP,
        ComponentType.CHECKBOX,
    }
)
_SEVERAL = (ComponentType.STRING_SELECT, ComponentType.CHECKBOX_GROUP)


def form_fields(modal: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the fields by their labels, from top to bottom."""
    fields = {}
    for component in walk_components(list(modal["components"])):
        inner = component.get("component") or {}
        if inner.get("type") in _FIELDS:
            fields[str(component["label"])] = inner
        elif component.get("type") == ComponentType.TEXT_INPUT and component.get("label"):
            fields[str(component["label"])] = component
    return fields


def form_values(modal: Mapping[str, Any]) -> dict[str, FormValue]:
    """Return by label what the fields hold before the user changes them; empty ones are left out."""
    held = {label: _held(field) for label, field in form_fields(modal).items()}
    return {label: value for label, value in held.items() if value not in (None, "", [])}


def form_data(
    model: Model, modal: Mapping[str, Any], changed: Mapping[str, FormValue]
) -> dict[str, Any]:
    """Build the data of a form that is sent after some fields were changed.

    A field is named by its label or its custom id; an empty text or list empties it.

    Raises:
        SetupError: there is no such field, or Discord's client would not let it be sent so.
    """
    values = _by_custom_id(modal, {**form_values(modal), **_by_label(modal, changed)})
    resolved: dict[str, Any] = {}
    uploads: list[tuple[dict[str, Any], str, bytes]] = []
    components = _modal_submit_nodes(
        modal["components"], None, values, resolved, channel_id=0, pending_uploads=uploads
    )
    for data, filename, content in uploads:
        attachment = store_upload(model, filename, content, resolved)
        data["values"].append(attachment)
    submitted = {"custom_id": modal["custom_id"], "components": components}
    return {**submitted, "resolved": resolved} if resolved else submitted


def store_upload(model: Model, filename: str, content: bytes, resolved: dict[str, Any]) -> str:
    """Keep a file that a user hands in, add it to the *resolved* data, and return its id."""
    attachment = model.attachments.store_ephemeral(
        model.snowflake(), model.application_id, filename, content
    )
    resolved.setdefault("attachments", {})[attachment["id"]] = attachment
    return str(attachment["id"])


def _held(field: Mapping[str, Any]) -> FormValue | None:
    kind = field["type"]
    chosen = [str(it["value"]) for it in field.get("options") or () if it.get("default")]
    if kind in _SEVERAL:
        return chosen
    if kind == ComponentType.RADIO_GROUP:
        return chosen[0] if chosen else None
    if kind == ComponentType.CHECKBOX:
        return bool(field.get("default"))
    return str(field["value"]) if field.get("value") else None


def _by_label(modal: Mapping[str, Any], values: Mapping[str, FormValue]) -> dict[str, FormValue]:
    labels = {field["custom_id"]: label for label, field in form_fields(modal).items()}
    named = {labels.get(name, name): value for name, value in values.items()}
    if unknown := set(named) - set(labels.values()):
        raise SetupError(f"the form has no {sorted(unknown)}, but {sorted(labels.values())}")
    return named


def _by_custom_id(
    modal: Mapping[str, Any], values: Mapping[str, FormValue]
) -> dict[str, FormValue]:
    fields = form_fields(modal)
    return {str(fields[label]["custom_id"]): value for label, value in values.items()}

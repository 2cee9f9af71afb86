"""Form values: what was entered into a form, and the request that it makes. Pure.

What comes with a form is from outside: it may be forged, or of a program before this one.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.catalogue import Capability, Catalogue, Kind, Medium, Slot, Slots
from bot.discord.interactions.form_choices import MEASURES, VOICE, filled_in_options
from bot.discord.interactions.form_fields import Field, Tick
from bot.discord.interactions.message_media import medium_named
from bot.discord.interactions.typed_options import is_chosen, read_options
from bot.jobs.admission.form_starts import FormStart
from bot.jobs.admission.input_checks import OfferedFile, medium_of
from bot.jobs.admission.requests import GenerationRequest
from db.job_inputs import Inputs
from db.records import OptionValue

# Where a reference goes, by its kind.
_OF_MEDIUM: Mapping[Medium, Slot] = {
    Medium.VIDEO: Slot.REFERENCE_VIDEO,
    Medium.AUDIO: Slot.REFERENCE_AUDIO,
}


class _Component(BaseModel):
    """A field as Discord sends it back: a text has a value, a list and ticks have several."""

    model_config = ConfigDict(hide_input_in_errors=True)

    custom_id: str
    value: str | bool | None = None
    values: tuple[str, ...] = ()


class _Label(BaseModel):
    """A field within its label (Discord docs: Modal Submit Data Structure)."""

    model_config = ConfigDict(hide_input_in_errors=True)

    component: _Component


class _File(BaseModel):
    """A file that was handed in, as Discord describes it (Discord docs: Attachment Object)."""

    model_config = ConfigDict(hide_input_in_errors=True)

    url: str
    filename: str
    size: int
    content_type: str | None = None
    width: int | None = None
    height: int | None = None


class _Resolved(BaseModel):
    """What the ids of the fields stand for."""

    model_config = ConfigDict(hide_input_in_errors=True)

    attachments: dict[str, _File] = {}


@dataclasses.dataclass(frozen=True, slots=True)
class FormValues:
    """What was entered, by field; a field that the form did not have is absent."""

    entered: Mapping[str, tuple[str, ...]]
    files: tuple[OfferedFile, ...] = ()

    def has(self, field: Field) -> bool:
        """Whether the form had the field."""
        return field in self.entered

    def text(self, field: Field) -> str:
        """Return what was entered or chosen, "" for nothing."""
        return next(iter(self.entered.get(field, ())), "")

    def is_ticked(self, tick: Tick, *, before: bool = False) -> bool:
        """Whether it was ticked; as *before* where nothing can be read of the ticks."""
        ticks = self.entered.get(Field.MORE)
        return before if ticks is None else tick in ticks


def read_values(data: Mapping[str, Any]) -> FormValues:
    """Return what the form was sent with; a field that can't be read counts as absent."""
    labels = data.get("components")
    entered: dict[str, tuple[str, ...]] = {}
    for label in labels if isinstance(labels, list) else ():
        try:
            component = _Label.model_validate(label).component
        except ValidationError:
            continue
        value = component.value
        entered[component.custom_id] = (value,) if isinstance(value, str) else component.values
    return FormValues(entered, tuple(_files(data, entered)))


def _files(
    data: Mapping[str, Any], entered: Mapping[str, tuple[str, ...]]
) -> Iterable[OfferedFile]:
    """Yield the files of a form: an image, and references of any kind."""
    try:
        found = _Resolved.model_validate(data.get("resolved") or {}).attachments
    except ValidationError:
        return
    images = [(found[one], Slot.IMAGE) for one in entered.get(Field.FILE, ()) if one in found]
    references = [found[one] for one in entered.get(Field.REFERENCES, ()) if one in found]
    for it, slot in (*images, *((one, _reference_slot(one)) for one in references)):
        yield OfferedFile(
            slot=slot,
            source=it.url,
            name=it.filename,
            size=it.size,
            media_type=it.content_type,
            width=it.width,
            height=it.height,
        )


def _reference_slot(file: _File) -> Slot:
    medium = medium_of(file.content_type or "") or medium_named(file.filename)
    return _OF_MEDIUM.get(medium, Slot.REFERENCE) if medium else Slot.REFERENCE


def entered_request(
    start: FormStart, values: FormValues, catalogue: Catalogue
) -> GenerationRequest:
    """Return what a form asks for that was opened with *start*.

    Options that the form had filled in and that were left as they were give way where the chosen
    model does not take them; what was typed never does.

    Raises:
        OptionsUnreadable: The options are no list of `name=value`.
    """
    inputs, files = _handed_in(start, values)
    given = Counter([*(Slot(it.slot) for it in inputs), *(it.slot for it in files)])
    return GenerationRequest(
        kind=start.kind,
        prompt=values.text(Field.PROMPT),
        model=_model(start, values),
        options=_options(start, values, catalogue, given),
        private=values.is_ticked(Tick.PRIVATE, before=start.private),
        spoiler=values.is_ticked(Tick.SPOILER, before=start.spoiler),
        inputs=inputs,
        files=files,
    )


def as_entered(start: FormStart, values: FormValues) -> FormStart:
    """Return the form as it was sent, however wrong, to be opened again; it has to be stored."""
    inputs, files = _handed_in(start, values)
    has_text = values.has(Field.OPTIONS)
    return dataclasses.replace(
        start,
        prompt=values.text(Field.PROMPT),
        model=_model(start, values),
        options=start.options if has_text else _listed(start, values),
        options_text=values.text(Field.OPTIONS) if has_text else None,
        inputs=inputs,
        files=files,
        private=values.is_ticked(Tick.PRIVATE, before=start.private),
        spoiler=values.is_ticked(Tick.SPOILER, before=start.spoiler),
        source=None,
    )


def _handed_in(start: FormStart, values: FormValues) -> tuple[Inputs, tuple[OfferedFile, ...]]:
    """Return the files that the form began with, if they are to be kept, and those that are new.

    A new image takes the place of the one before; references are added.
    """
    if not values.is_ticked(Tick.KEEP):
        return (), values.files
    new = {it.slot for it in values.files if it.slot is Slot.IMAGE}
    inputs = tuple(it for it in start.inputs if Slot(it.slot) not in new)
    return inputs, (*(it for it in start.files if it.slot not in new), *values.files)


def _model(start: FormStart, values: FormValues) -> str | None:
    return (values.text(Field.MODEL) or None) if values.has(Field.MODEL) else start.model


def _options(
    start: FormStart, values: FormValues, catalogue: Catalogue, given: Slots
) -> dict[str, OptionValue]:
    if not values.has(Field.OPTIONS):
        return _listed(start, values)
    typed = read_options({}, values.text(Field.OPTIONS))
    filled_in = read_options({}, filled_in_options(start))
    way = _way(start, values, catalogue, given)
    if way is None:
        return typed
    return {
        name: value
        for name, value in typed.items()
        if value != filled_in.get(name) or _is_taken(name, value, way)
    }


def _way(
    start: FormStart, values: FormValues, catalogue: Catalogue, given: Slots
) -> Capability | None:
    """Return how the chosen model will be used, None where there is none such."""
    kind, model = Kind(start.kind), _model(start, values)
    if not catalogue.models(kind, given):
        return None
    found = catalogue.choose(kind, model, given) if model else catalogue.default(kind, given)
    return None if found is None else found.capability(given)


def _is_taken(name: str, value: OptionValue, way: Capability) -> bool:
    option = way.options.get(name)
    return option is not None and option.read(value) is not None


def _listed(start: FormStart, values: FormValues) -> dict[str, OptionValue]:
    """Return the options of a form that shows them as a list or a field of their own."""
    fields = {MEASURES.get(start.kind, ""): Field.MEASURE, VOICE: Field.VOICE}
    shown = {name: values.text(field) for name, field in fields.items() if values.has(field)}
    chosen = {name: value for name, value in shown.items() if is_chosen(value)}
    return {**{name: it for name, it in start.options.items() if name not in shown}, **chosen}

"""Every form that can be opened is one that Discord takes, whatever it holds."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simcord.components import validate_modal, walk_components

from bot.catalogue import Catalogue, Kind, Model, Slot, load_catalogue
from bot.discord.interactions.form_fields import Field, Tick, custom_id_of, source_of
from bot.discord.interactions.form_labels import LONGEST_TEXT
from bot.discord.interactions.form_layout import form
from bot.jobs.admission.form_starts import NEW_FORMS, FormPurpose, FormSource, FormStart
from bot.jobs.admission.input_checks import OfferedFile
from db.records import LARGEST_ID, JobKind

ENGLISH = "en-US"
EVERYTHING = load_catalogue(enabled=True)
CATALOGUES = {"as it is": load_catalogue(), "with what is undocumented": EVERYTHING}
SOURCES = [FormSource(purpose, LARGEST_ID) for purpose in FormPurpose]
MODELS = [model for kind in Kind for model in EVERYTHING.all_models(kind)]


def fields_of(start: FormStart, catalogue: Catalogue = EVERYTHING) -> dict[str, dict[str, object]]:
    """Return the fields by their custom_ids, of a form that simcord's Discord takes."""
    drawn = validate_modal(form(start, SOURCES[0], catalogue, ENGLISH).to_dict())
    assert len(drawn["components"]) <= 5
    return {
        str(it["custom_id"]): it for it in walk_components(drawn["components"]) if "custom_id" in it
    }


@pytest.mark.parametrize("name", NEW_FORMS)
@pytest.mark.parametrize("which", CATALOGUES)
def test_a_new_form_fits_discords_limits(name: str, which: str) -> None:
    """Its prompt is required and as long as a model reads it; all else may be left out."""
    fields = fields_of(NEW_FORMS[name], CATALOGUES[which])
    required = [it for it, field in fields.items() if field.get("required", True)]
    assert required == [Field.PROMPT]
    longest = max(
        way.prompt_limit
        for model in CATALOGUES[which].models(Kind(NEW_FORMS[name].kind))
        for way in model.capabilities
    )
    assert fields[Field.PROMPT]["max_length"] == min(LONGEST_TEXT, longest)
    assert Field.MORE in fields


@pytest.mark.parametrize("model", MODELS, ids=lambda it: it.name)
def test_a_form_of_each_model_holds_what_its_job_was_asked_for(model: Model) -> None:
    """The model is chosen, and every option is in the text with the longest value it takes."""
    options = {
        name: value
        for way in model.capabilities
        for name, option in way.options.items()
        for value in [
            "x" * option.max_length
            if option.type == "text"
            else option.picks(allow_adult=True)[-1:]
        ]
        if value
    }
    start = FormStart(
        kind=JobKind(model.kind),
        prompt="x" * LONGEST_TEXT,
        model=model.name,
        options={name: it if isinstance(it, str) else it[0] for name, it in options.items()},
    )
    fields = fields_of(start)
    assert fields[Field.PROMPT]["value"] == start.prompt
    for name, value in start.options.items():
        assert f"{name}={value}" in str(fields[Field.OPTIONS]["value"])
    if Field.MODEL in fields:
        listed = fields[Field.MODEL]["options"]
        assert isinstance(listed, list)
        assert [it["value"] for it in listed if it.get("default")] == [model.name]


@pytest.mark.parametrize("kind", [JobKind.VIDEO, JobKind.IMAGE])
def test_a_form_with_files_offers_the_models_that_take_them(kind: JobKind) -> None:
    """The files are named and ticked, and another image may be handed in."""
    file = OfferedFile(slot=Slot.IMAGE, source="https://cdn.test/1", name="f" * 300, size=5)
    fields = fields_of(FormStart(kind=kind, files=(file,), is_new=True))
    assert Field.FILE in fields
    ticks = fields[Field.MORE]["options"]
    assert isinstance(ticks, list)
    assert [it["value"] for it in ticks if it.get("default")] == [Tick.KEEP]
    listed = fields[Field.MODEL]["options"]
    assert isinstance(listed, list)
    expected = EVERYTHING.by_price(Kind(kind), {Slot.IMAGE: 1})
    assert [it["value"] for it in listed] == [model.name for model in expected]


@pytest.mark.parametrize("slot", [Slot.REFERENCE, Slot.REFERENCE_VIDEO, Slot.REFERENCE_AUDIO])
def test_a_form_with_a_reference_takes_as_many_more_as_a_model_does(slot: Slot) -> None:
    """The field that other forms have for an image takes references then."""
    file = OfferedFile(slot=slot, source="https://cdn.test/1", name="ref", size=5)
    start = FormStart(kind=JobKind.VIDEO, files=(file,), is_new=True)
    fields = fields_of(start)
    assert Field.FILE not in fields
    room = max(
        sum(rule.most for taken, rule in way.inputs.items() if taken.startswith("reference"))
        for model in EVERYTHING.all_models(Kind.VIDEO)
        for way in model.capabilities
        if slot in way.inputs
    )
    assert fields[Field.REFERENCES]["max_values"] == min(room - 1, 10)


@pytest.mark.parametrize("spoiler", [False, True])
@pytest.mark.parametrize("kind", JobKind)
def test_what_is_seen_can_be_covered(kind: JobKind, *, spoiler: bool) -> None:
    """The tick is as the request was; a sound shows nothing."""
    ticks = fields_of(FormStart(kind=kind, spoiler=spoiler))[Field.MORE]["options"]
    assert isinstance(ticks, list)
    ticked = {it["value"]: bool(it.get("default")) for it in ticks}
    expected = {} if kind is JobKind.SPEECH else {Tick.SPOILER: spoiler}
    assert ticked == {Tick.PRIVATE: False, **expected}


@given(prompt=st.text(max_size=LONGEST_TEXT), model=st.text(max_size=200), private=st.booleans())
def test_a_form_takes_any_prompt_and_model(prompt: str, model: str, *, private: bool) -> None:
    """A model that is offered no more is not chosen, and a prompt is held whole."""
    start = FormStart(kind=JobKind.VIDEO, prompt=prompt, model=model, private=private)
    drawn = form(start, SOURCES[0], EVERYTHING, ENGLISH).to_dict()
    held = next(
        it for it in walk_components(drawn["components"]) if it.get("custom_id") == Field.PROMPT
    )
    assert held.get("value", "") == prompt


@pytest.mark.parametrize("source", SOURCES, ids=lambda it: it.purpose)
def test_a_custom_id_leads_back_to_its_source(source: FormSource) -> None:
    """It fits Discord's limit with the largest id, and is read as it was written."""
    assert len(custom_id_of(source)) <= 100
    assert source_of(custom_id_of(source)) == source


@pytest.mark.parametrize(
    "forged",
    ["", "form_edit:", "form_edit:-1", "form_edit:1:2", "form_other:1", "form_edit:१", "edit:1"],
)
def test_a_forged_custom_id_is_no_form(forged: str) -> None:
    """What this program has not written leads nowhere."""
    assert source_of(forged) is None


def test_new_forms_keep_their_numbers() -> None:
    """A form that was opened before a new version means the same after it."""
    numbers = {name: start.source.number for name, start in NEW_FORMS.items() if start.source}
    assert list(numbers.values()) == list(range(len(NEW_FORMS)))
    assert list(numbers)[:3] == ["video", "image", "speech"]
    assert all(dataclasses.replace(start).is_new for start in NEW_FORMS.values())

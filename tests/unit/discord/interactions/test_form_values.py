"""What a form is sent with becomes the request that was meant."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue import Kind, Slot, load_catalogue
from bot.discord.interactions.errors import OptionsUnreadable
from bot.discord.interactions.form_choices import shown_options
from bot.discord.interactions.form_fields import Field, Tick
from bot.discord.interactions.form_values import as_entered, entered_request, read_values
from bot.jobs.admission.form_drafts import StoredForm
from bot.jobs.admission.form_starts import NEW_FORMS, FormStart
from bot.jobs.admission.input_checks import OfferedFile
from db.job_inputs import JobInput
from db.records import JobKind, OptionValue

CATALOGUE = load_catalogue(enabled=True)
NAMES = [(kind, model.name) for kind in Kind for model in CATALOGUE.models(kind)]
EDITED = FormStart(
    kind=JobKind.VIDEO,
    prompt="a fox",
    model="viduq3-turbo",
    options={"duration": 5, "resolution": "720p", "style": "anime", "audio": True},
)
_SEVERAL = {Field.MODEL, Field.MEASURE, Field.MORE}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda it: st.lists(it, max_size=3) | st.dictionaries(st.text(max_size=9), it, max_size=3),
    max_leaves=9,
)


def sent(**fields: str) -> dict[str, Any]:
    """Return what Discord sends for a form with these fields, lists and ticks as one value."""
    return {
        "custom_id": "form_new:0",
        "components": [
            {
                "type": 18,
                "id": 1,
                "component": {
                    "type": 4,
                    "id": 2,
                    "custom_id": name,
                    **(
                        {"values": [value] if value else []}
                        if name in _SEVERAL
                        else {"value": value}
                    ),
                },
            }
            for name, value in fields.items()
        ],
    }


def edited(options: str, model: str = "viduq3-turbo") -> dict[str, OptionValue]:
    """Return the options of the request that the edited form makes."""
    values = read_values(sent(prompt="a fox", model=model, options=options, more=""))
    return dict(entered_request(EDITED, values, CATALOGUE).options)


def test_a_new_form_asks_for_what_was_entered() -> None:
    """The prompt as it was typed, the chosen model and length, and what was ticked."""
    values = read_values(sent(prompt=" a fox\n", model="kling-v3", measure="10", more=Tick.PRIVATE))
    request = entered_request(NEW_FORMS["video"], values, CATALOGUE)
    assert request.prompt == " a fox\n"
    assert request.model == "kling-v3"
    assert request.options == {"duration": "10"}
    assert request.private


def test_what_is_left_out_is_the_bots_to_choose() -> None:
    """No model, no length, no ticks."""
    values = read_values(sent(prompt="a fox", model="", measure="", more=""))
    request = entered_request(NEW_FORMS["video"], values, CATALOGUE)
    assert request.model is None
    assert request.options == {}
    assert not request.private


def test_an_edited_form_keeps_what_was_left_as_it_was() -> None:
    """All options come back as they were asked for, in the spelling that users type."""
    assert edited(shown_options(EDITED)) == {
        "duration": "5",
        "resolution": "720p",
        "style": "anime",
        "audio": "on",
    }


def test_options_that_were_filled_in_give_way_to_another_model() -> None:
    """Veo has neither length nor style; what was not typed is no reason to refuse."""
    assert edited(shown_options(EDITED), model="veo3") == {}


def test_options_that_were_typed_never_give_way() -> None:
    """They are refused with a sentence instead, as the requester has asked for them."""
    assert edited("duration=8 style=anime", model="veo3") == {"duration": "8"}


@pytest.mark.parametrize(("kind", "name"), NAMES)
def test_an_edited_form_of_each_model_asks_for_the_same(kind: Kind, name: str) -> None:
    """A job's options, through the form and back, build the request that they came from."""
    model = CATALOGUE.find(kind, name)
    assert model is not None
    chosen = {
        option_name: option.picks(allow_adult=True)[-1]
        for option_name, option in model.options.items()
        if option.picks(allow_adult=True)
    }
    built = model.build("a fox", chosen, allow_adult=True)
    start = FormStart(kind=JobKind(kind), model=name, options=built.options)
    values = read_values(sent(prompt="a fox", options=shown_options(start)))
    request = entered_request(start, values, CATALOGUE)
    again = model.build(request.prompt, request.options, allow_adult=True)
    assert again.body == built.body


@pytest.mark.parametrize("name", NEW_FORMS)
def test_a_refused_form_is_opened_again_as_it_was_sent(name: str) -> None:
    """What was entered is in its fields again, also what no model takes."""
    start = NEW_FORMS[name]
    values = read_values(
        sent(prompt="a fox", model="veo3", measure="4", voice="Nobody", more=Tick.PRIVATE)
    )
    again = as_entered(start, values)
    assert (again.prompt, again.model, again.private) == ("a fox", "veo3", True)
    assert again.is_new
    assert again.source is None
    entered = {"video": "4", "image": "4", "speech": "Nobody", "dialogue": "Nobody"}[name]
    assert entered in again.options.values()


def test_options_that_can_not_be_read_are_shown_again_as_they_were_typed() -> None:
    """They are refused, and still there to be mended; what they began as still gives way."""
    values = read_values(sent(prompt="a fox", model="veo3", options="foo, style=anime", more=""))
    with pytest.raises(OptionsUnreadable):
        entered_request(EDITED, values, CATALOGUE)
    again = as_entered(EDITED, values)
    assert shown_options(again) == "foo, style=anime"
    mended = read_values(sent(prompt="a fox", model="veo3", options="style=anime", more=""))
    assert entered_request(again, mended, CATALOGUE).options == {}


def with_files(start: FormStart, *, keep: bool, new: bool) -> tuple[list[str], list[str]]:
    """Return the names of the measured and the new files of the request that the form makes."""
    data = sent(prompt="a fox", model="", more=Tick.KEEP if keep else "")
    if new:
        data["components"].append(
            {"type": 18, "component": {"type": 19, "custom_id": Field.FILE, "values": ["7"]}}
        )
        data["resolved"] = {
            "attachments": {
                "7": {"id": "7", "url": "https://cdn.test/7", "filename": "new.png", "size": 9}
            }
        }
    values = read_values(data)
    request = entered_request(start, values, CATALOGUE)
    again = as_entered(start, values)
    assert (again.inputs, again.files) == (request.inputs, request.files)
    return [it.name for it in request.inputs], [it.name for it in request.files]


MEASURED = JobInput(slot=Slot.IMAGE, name="old.png", media_type="image/png", size=5)
LAST = JobInput(slot=Slot.LAST_IMAGE, name="last.png", media_type="image/png", size=5)
OFFERED = OfferedFile(slot=Slot.REFERENCE, source="https://cdn.test/1", name="ref.png", size=5)
WITH_FILES = FormStart(kind=JobKind.VIDEO, inputs=(MEASURED, LAST), files=(OFFERED,))


def test_files_that_a_form_began_with_are_kept_as_long_as_they_are_ticked() -> None:
    """Those of a job are not measured again."""
    kept = ["old.png", "last.png"], ["ref.png"]
    assert with_files(WITH_FILES, keep=True, new=False) == kept
    assert with_files(WITH_FILES, keep=False, new=False) == ([], [])


def test_a_new_image_takes_the_place_of_the_one_before() -> None:
    """Files of other slots stay, and without the tick the new one is alone."""
    assert with_files(WITH_FILES, keep=True, new=True) == (["last.png"], ["ref.png", "new.png"])
    assert with_files(WITH_FILES, keep=False, new=True) == ([], ["new.png"])


@given(JSON)
def test_odd_files_are_no_files(resolved: Any) -> None:
    """What Discord says of them in another way than it documents is left out."""
    data = sent(prompt="a fox", file="7")
    data["components"][1]["component"] = {"custom_id": Field.FILE, "values": ["7"]}
    assert read_values({**data, "resolved": resolved}).files == ()


@given(JSON, JSON)
def test_any_odd_content_is_a_form_with_fewer_fields(label: Any, component: Any) -> None:
    """A field that can't be read costs itself alone."""
    data = sent(prompt="a fox")
    data["components"][:0] = [label, {"type": 18, "component": component}]
    values = read_values(data)
    entered_request(EDITED, values, CATALOGUE)
    assert read_values({"components": label}) is not None


def test_an_odd_field_costs_that_field_alone() -> None:
    """The others are read."""
    data = sent(prompt="a fox", model="veo3")
    data["components"][1] = {"type": 18}
    assert read_values(data).text(Field.PROMPT) == "a fox"
    assert not read_values(data).has(Field.MODEL)


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("tick", [Tick.SPOILER, Tick.PRIVATE, ""])
def test_a_request_is_covered_and_private_as_it_is_ticked(before: bool, tick: str) -> None:
    """Whatever it was before; a form that is opened anew is ticked in the same way."""
    start = dataclasses.replace(EDITED, spoiler=before, private=before)
    values = read_values(sent(prompt="a cat", model="viduq3-turbo", options="", more=tick))
    expected = (tick == Tick.SPOILER, tick == Tick.PRIVATE)
    request = entered_request(start, values, CATALOGUE)
    assert (request.spoiler, request.private) == expected
    again = StoredForm.of(as_entered(start, values)).to_start()
    assert (again.spoiler, again.private) == expected


def test_ticks_that_can_not_be_read_leave_a_request_covered_and_private() -> None:
    """What is odd about a form never shows more of its result than was asked for before."""
    start = dataclasses.replace(EDITED, spoiler=True, private=True)
    data = sent(prompt="a cat", options="")
    data["components"].append({"type": 18, "component": {"custom_id": 7, "values": "odd"}})
    request = entered_request(start, read_values(data), CATALOGUE)
    assert request.spoiler
    assert request.private


def test_more_references_go_where_their_kind_goes() -> None:
    """Those that the form began with stay, and each new one is in the slot of its kind."""
    data = sent(prompt="a fox", model="", more=Tick.KEEP)
    kinds = {"1": ("a.png", "image/png"), "2": ("b.mp4", None), "3": ("c", "audio/mpeg")}
    data["components"].append(
        {"type": 18, "component": {"custom_id": Field.REFERENCES, "values": list(kinds)}}
    )
    data["resolved"] = {
        "attachments": {
            number: {
                "id": number,
                "url": f"https://cdn.test/{number}",
                "filename": name,
                "size": 9,
                "content_type": said,
            }
            for number, (name, said) in kinds.items()
        }
    }
    start = FormStart(kind=JobKind.VIDEO, files=(OFFERED,))
    request = entered_request(start, read_values(data), CATALOGUE)
    assert [(it.slot, it.name) for it in request.files] == [
        (Slot.REFERENCE, "ref.png"),
        (Slot.REFERENCE, "a.png"),
        (Slot.REFERENCE_VIDEO, "b.mp4"),
        (Slot.REFERENCE_AUDIO, "c"),
    ]

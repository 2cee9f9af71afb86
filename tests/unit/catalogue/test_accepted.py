"""What the catalogue makes, the sandbox API takes: any capability, options and files, typed anyhow."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalogue import InvalidRequest, Model, Slot
from sandbox.modelhunter.validation import new_task
from tests.unit.catalogue.expected_bodies import CAPABILITIES, MODELS, refused_values
from tests.unit.catalogue.expected_bodies import given as handed_in

typed_values = st.text(max_size=8) | st.integers(-20, 2**33).map(str) | st.booleans().map(str)


@st.composite
def requests(draw: st.DrawFn) -> tuple[Model, dict[str, str], dict[Slot, int], str]:
    """Return a model with options and files, as they may be typed and handed in."""
    name, way = draw(st.sampled_from(sorted(CAPABILITIES)))
    capability = CAPABILITIES[name, way]
    options = {
        option: draw(
            st.sampled_from(
                [
                    *capability.suggest(option, "", allow_adult=True),
                    *refused_values(name, option),
                    "42",
                ]
            )
            | typed_values
        )
        for option in draw(st.sets(st.sampled_from(sorted(capability.options)), max_size=4))
    }
    files = {
        slot: draw(st.integers(rule.least, rule.most)) for slot, rule in capability.inputs.items()
    }
    return MODELS[name], options, files, draw(st.text(max_size=20))


@settings(max_examples=500)
@given(requests())
def test_the_sandbox_takes_what_the_catalogue_makes(
    request: tuple[Model, dict[str, str], dict[Slot, int], str],
) -> None:
    """A request is refused before it is sent, or the sandbox, by its own tables, takes it."""
    model, options, files, prompt = request
    inputs = handed_in({slot: count for slot, count in files.items() if count})
    try:
        made = model.build(prompt, options, allow_adult=True, inputs=inputs)
    except InvalidRequest:
        return
    provider, capability = made.endpoint.split("/")
    assert (
        new_task(provider, capability, json.dumps(made.body).encode()).input == made.body["input"]
    )


@settings(max_examples=300)
@given(
    st.sampled_from(sorted(MODELS)),
    st.dictionaries(st.sampled_from(list(Slot)), st.integers(1, 16), max_size=5),
)
def test_any_files_are_taken_whole_or_refused(name: str, files: dict[Slot, int]) -> None:
    """No file is left out in silence: each address is in the body, or the request is refused."""
    inputs = handed_in(files)
    try:
        made = MODELS[name].build("a fox", {}, allow_adult=False, inputs=inputs)
    except InvalidRequest:
        return
    text = json.dumps(made.body)
    assert [it.address for it in inputs if f'"{it.address}"' not in text] == []

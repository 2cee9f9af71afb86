"""The contract with the API: what each capability sends, least and fullest, and what it refuses."""

import json
from collections import Counter

import pytest

from bot.catalogue import (
    InputMissing,
    InputNotTaken,
    InvalidOption,
    InvalidRequest,
    PromptEmpty,
    PromptTooLong,
    Slot,
    TextTooLong,
    TooManyInputs,
    UnknownOption,
    load_catalogue,
)
from bot.catalogue.options import Text
from sandbox.modelhunter.errors import ApiError
from sandbox.modelhunter.validation import new_task
from tests.unit.catalogue.expected_bodies import (
    CAPABILITIES,
    MODELS,
    Case,
    Request,
    each_case,
    given,
    refused_values,
)

ABSENT = object()
# What the pages print no range of, so that the catalogue's is narrower: beginnings of models' names
# and options, with the values that the sandbox takes.
NOT_PRINTED = {
    ("viduq", "duration"): {"5.5"},
    ("viduq", "seed"): {"-1", "2147483648"},
    ("kling-v3", "multi_shot"): {"true"},
    ("seedance-1", "service_tier"): {"priority"},
    ("bytedance/seedance-2", "aspect_ratio"): {"3:2"},
    ("bytedance/seedance-2", "duration"): {"3", "16"},
    ("veo3", "watermark"): {"maybe"},
    ("nano-banana-2", "aspect_ratio"): {"16:10"},
    ("nano-banana-2", "resolution"): {"8K", "1080p"},
    ("nano-banana-2", "output_format"): {"gif"},
    ("elevenlabs/text-to-dialogue-v3", "stability"): {"-0.1", "1.1"},
}
CASES = list(each_case())
BY_CAPABILITY = {(name, case.capability): case for name, case in CASES}
REQUESTS = [
    pytest.param(name, case, request, id=f"{name} {case.capability} {which}")
    for name, case in CASES
    for which, request in (("least", case.least), ("fullest", case.fullest))
]
OPTIONS = [
    pytest.param(name, way, option, id=f"{name} {way} {option}")
    for (name, way), capability in CAPABILITIES.items()
    for option in capability.options
]


def test_every_capability_has_its_expected_bodies() -> None:
    """Each capability of the catalogue has one case, and each case is a capability."""
    counted = Counter((name, case.capability) for name, case in CASES)
    assert counted == Counter(list(CAPABILITIES))


@pytest.mark.parametrize(("name", "case", "request_"), REQUESTS)
def test_the_body_is_the_documented_one(name: str, case: Case, request_: Request) -> None:
    """The files choose the capability, and it makes exactly the body that is documented."""
    made = MODELS[name].build(
        "a fox", request_.options, allow_adult=False, inputs=request_.inputs()
    )
    assert made.endpoint == case.endpoint
    assert made.body == {"model": case.api_model or name, "input": request_.input}
    assert 0 < made.price.low <= made.price.high
    # Numbers and switches are equal in Python, and not in JSON.
    assert json.dumps(made.body["input"], sort_keys=True) == json.dumps(
        request_.input, sort_keys=True
    )


@pytest.mark.parametrize(("name", "case", "request_"), REQUESTS)
def test_the_sandbox_takes_the_expected_body(name: str, case: Case, request_: Request) -> None:
    """The sandbox, whose tables know nothing of the catalogue, takes the same body."""
    provider, capability = case.endpoint.split("/")
    body = {"model": case.api_model or name, "input": request_.input}
    assert new_task(provider, capability, json.dumps(body).encode()).input == request_.input


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{n} {c.capability}" for n, c in CASES])
def test_the_fullest_request_has_everything(name: str, case: Case) -> None:
    """The fullest request has each option, and as many files as each slot takes."""
    capability = CAPABILITIES[name, case.capability]
    assert set(case.fullest.options) == set(capability.options)
    assert case.fullest.files == {slot: rule.most for slot, rule in capability.inputs.items()}
    assert case.least.options == {}


@pytest.mark.parametrize(("name", "way", "option"), OPTIONS)
def test_each_value_outside_its_range_is_refused(name: str, way: str, option: str) -> None:
    """Each option has values outside its range, and each of them is refused."""
    capability, case = CAPABILITIES[name, way], BY_CAPABILITY[name, way]
    rule = capability.options[option]
    refused = refused_values(name, option)
    if isinstance(rule, Text):
        refused = ["", "x" * (rule.max_length + 1)]
    assert refused, "no value is known to be refused"
    for value in refused:
        with pytest.raises((InvalidOption, TextTooLong)):
            MODELS[name].build(
                "a fox", {option: value}, allow_adult=True, inputs=case.least.inputs()
            )


@pytest.mark.parametrize(("name", "way", "option"), OPTIONS)
def test_the_sandbox_refuses_what_the_catalogue_refuses(name: str, way: str, option: str) -> None:
    """A value outside its range that slipped through the catalogue would be noticed there."""
    case = BY_CAPABILITY[name, way]
    provider, capability = case.endpoint.split("/")
    field = field_of(name, case, option)
    right = None if field is None else case.fullest.input[field]
    for refused in set(refused_values(name, option)) - not_printed(name, option):
        value = as_json(refused, right)
        if field is None or value in (right, ""):
            continue
        body = {"model": case.api_model or name, "input": {**case.fullest.input, field: value}}
        with pytest.raises(ApiError):
            new_task(provider, capability, json.dumps(body).encode())


def not_printed(name: str, option: str) -> set[str]:
    """Return the values that the catalogue refuses by a range that no page prints."""
    found = [
        values
        for (model, of), values in NOT_PRINTED.items()
        if name.startswith(model) and of == option
    ]
    return set().union(*found)


def field_of(name: str, case: Case, option: str) -> str | None:
    """Return the field of the body that the option alone decides, None if it decides no one field."""
    others = {key: value for key, value in case.fullest.options.items() if key != option}
    built = MODELS[name].build("a fox", others, allow_adult=False, inputs=case.fullest.inputs())
    without = dict(built.body["input"])  # type: ignore[call-overload]
    changed = [
        key for key, value in case.fullest.input.items() if without.get(key, ABSENT) != value
    ]
    return changed[0] if len(changed) == 1 else None


def as_json(refused: str, right: object) -> object:
    """Return a value that was typed as the body has it: a number where one is expected."""
    if isinstance(right, bool) or not isinstance(right, int | float):
        return refused
    try:
        return float(refused) if "." in refused else int(refused)
    except ValueError:
        return refused


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{n} {c.capability}" for n, c in CASES])
def test_prompts_and_options_of_others_are_refused(name: str, case: Case) -> None:
    """An empty prompt, one that is too long, and an option that it does not have are refused."""
    model, inputs = MODELS[name], case.least.inputs()
    limit = CAPABILITIES[name, case.capability].prompt_limit
    model.build("x" * limit, {}, allow_adult=False, inputs=inputs)
    with pytest.raises(PromptTooLong):
        model.build("x" * (limit + 1), {}, allow_adult=False, inputs=inputs)
    with pytest.raises(PromptEmpty):
        model.build(" ", {}, allow_adult=False, inputs=inputs)
    with pytest.raises(UnknownOption):
        model.build("a fox", {"colour": "red"}, allow_adult=False, inputs=inputs)


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{n} {c.capability}" for n, c in CASES])
def test_too_many_and_too_few_files_are_refused(name: str, case: Case) -> None:
    """One file more than the slot takes, or one less than the capability needs, is not its request."""
    capability, model = CAPABILITIES[name, case.capability], MODELS[name]
    for slot, rule in capability.inputs.items():
        more = {**case.fullest.files, slot: rule.most + 1}
        with pytest.raises(InvalidRequest):
            model.build("a fox", {}, allow_adult=False, inputs=given(more))
        assert not capability.takes(more)
        if rule.least:
            assert not capability.takes({**case.least.files, slot: rule.least - 1})
    for slot in set(Slot) - set(capability.inputs):
        assert not capability.takes({**case.least.files, slot: 1})


def test_what_is_undocumented_is_off() -> None:
    """Without the operator's word, no undocumented capability is chosen and no such option taken."""
    plain = load_catalogue()
    offered = {
        (model.name, way.name): way
        for model in (it for one in MODELS.values() for it in plain.all_models(one.kind))
        for way in model.capabilities
    }
    for key, capability in CAPABILITIES.items():
        assert (key in offered) is not capability.undocumented
        if key in offered:
            assert set(offered[key].options) == {
                name for name, rule in capability.options.items() if not rule.undocumented
            }


@pytest.mark.parametrize(
    ("name", "files", "error"),
    [
        ("kling-v3", {Slot.REFERENCE: 1}, InputNotTaken),
        ("kling-v3", {Slot.LAST_IMAGE: 1}, InputMissing),
        ("veo3", {Slot.IMAGE: 2}, TooManyInputs),
        ("seedance-1-0-pro-fast", {Slot.IMAGE: 1, Slot.LAST_IMAGE: 1}, InputNotTaken),
        ("seedance-1-0-lite-t2v", {Slot.REFERENCE: 1}, InputMissing),
        ("seedance-1-0-lite-t2v", {Slot.IMAGE: 1, Slot.REFERENCE: 5}, TooManyInputs),
        ("bytedance/seedance-2", {Slot.REFERENCE_AUDIO: 1}, InputMissing),
        ("bytedance/seedance-2", {Slot.IMAGE: 1, Slot.REFERENCE_AUDIO: 1}, InputMissing),
        ("bytedance/seedance-2", {Slot.REFERENCE_VIDEO: 4}, TooManyInputs),
        ("nano-banana-2", {Slot.REFERENCE: 1}, InputMissing),
        ("viduq3-pro", {Slot.IMAGE: 1, Slot.REFERENCE: 1}, InputNotTaken),
        ("elevenlabs/text-to-dialogue-v3", {Slot.REFERENCE_AUDIO: 1}, InputNotTaken),
    ],
)
def test_files_that_a_model_does_not_take_are_refused(
    name: str, files: dict[Slot, int], error: type[InvalidRequest]
) -> None:
    """What no capability takes is refused by what is missing, too much, or not taken."""
    with pytest.raises(error):
        MODELS[name].build("a fox", {}, allow_adult=False, inputs=given(files))


def test_a_refusal_names_what_is_missing() -> None:
    """Of several ways to complete what was handed in, the shortest are named."""
    seedance = MODELS["bytedance/seedance-2"]
    for files, needs in (
        ({Slot.REFERENCE_AUDIO: 1}, (Slot.REFERENCE, Slot.REFERENCE_VIDEO)),
        ({Slot.LAST_IMAGE: 1}, (Slot.IMAGE,)),
        ({Slot.LAST_IMAGE: 1, Slot.REFERENCE: 1}, (Slot.IMAGE,)),
    ):
        with pytest.raises(InputMissing) as caught:
            seedance.build("a fox", {}, allow_adult=False, inputs=given(files))
        assert caught.value.needs == needs

"""Nothing outside the data is ever sent, for any input."""

import importlib.resources
import json
import tomllib
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalogue import InvalidRequest, Model, OptionValue
from tests.unit.catalogue.test_build import MODELS, plain

DATA: dict[str, dict[str, Any]] = {
    entry["name"]: entry
    for entry in tomllib.loads(
        importlib.resources.files("bot.catalogue").joinpath("models.toml").read_text("utf-8")
    )["model"]
}


def rules_of(name: str) -> dict[str, dict[str, Any]]:
    """Return the options of a model without inputs, as the data has them."""
    entry = DATA[name]
    ways = list(entry.get("capabilities", {}).values())
    own: dict[str, Any] = next((way for way in ways if not way.get("inputs")), {})
    shared = {
        option: rule
        for option, rule in entry.get("options", {}).items()
        if option not in own.get("without", [])
    }
    return {**shared, **own.get("options", {})}


numbers = st.integers(-20, 20) | st.integers(-(2**40), 2**40)
texts = st.text(max_size=12) | numbers.map(str) | numbers.map(lambda n: f" {n}s")
sizes = st.tuples(st.integers(1, 160), st.integers(1, 160)).map(
    lambda s: f"{s[0] * 64}x{s[1] * 64}"
)
typed_values = texts | sizes | numbers | st.floats() | st.booleans()
# By model and option: what may be typed, and what is offered.
VALUES: dict[str, dict[str, st.SearchStrategy[OptionValue]]] = {
    model.name: {
        name: typed_values | st.sampled_from(model.suggest(name, "", allow_adult=True) or ["1"])
        for name in model.options
    }
    for model in MODELS
}


def is_inside(rule: dict[str, Any], value: object) -> bool:
    """Whether the data allows *value*, judged without the code under test."""
    match rule["type"]:
        case "choice":
            return value in rule["values"] and type(value) is type(rule["values"][0])
        case "whole":
            return type(value) is int and rule["min"] <= value <= rule["max"]
        case "number":
            return type(value) in (int, float) and bool(rule["min"] <= value <= rule["max"])
        case "switch":
            return value in (rule.get("on", True), rule.get("off", False))
        case "text":
            return isinstance(value, str) and 0 < len(value) <= rule["max_length"]
    return value in rule["values"] or keeps_the_rules(rule, str(value))


def keeps_the_rules(rule: dict[str, Any], size: str) -> bool:
    """Whether a size in pixels keeps the rules of the data."""
    width, height = (int(side) for side in size.split("x"))
    return bool(
        rule["min_pixels"] <= width * height <= rule["max_pixels"]
        and 1 / rule["max_aspect"] <= width / height <= rule["max_aspect"]
        and width % rule["multiple"] == height % rule["multiple"] == 0
    )


@st.composite
def requests(draw: st.DrawFn) -> tuple[Model, dict[str, OptionValue]]:
    """Return a model and values for some of its options, good and bad."""
    model = draw(st.sampled_from(MODELS))
    names = draw(st.sets(st.sampled_from(sorted(model.options)), max_size=3))
    return model, {name: draw(VALUES[model.name][name]) for name in sorted(names)}


@settings(max_examples=400)
@given(requests(), st.text(max_size=30), st.booleans())
def test_no_request_holds_a_value_outside_the_data(
    request: tuple[Model, dict[str, OptionValue]], prompt: str, allow_adult: bool
) -> None:
    """A request is refused, or every value in it is one that the data allows, and it has a price."""
    model, chosen = request
    try:
        generation = model.build(prompt, chosen, allow_adult=allow_adult)
    except InvalidRequest:
        return
    rules = rules_of(model.name)
    flat = dict(generation.body["input"])  # type: ignore[call-overload]
    for line in flat.pop("dialogue", []):
        flat |= {f"dialogue[].{key}": value for key, value in line.items()}
    by_input = {rule.get("input", name): (name, rule) for name, rule in rules.items()}

    for key, value in flat.items():
        if key == plain(model).prompt_input:
            assert value == prompt.strip()
            continue
        name, rule = by_input[key]
        assert is_inside(rule, value), (name, value)
        assert name in chosen or rule.get("always")
        assert allow_adult or value not in rule.get("adult", [])
    assert 0 < generation.price.low <= generation.price.high < Decimal(20)
    assert json.loads(json.dumps(generation.body)) == generation.body


@given(requests())
def test_a_generation_can_be_built_again(request: tuple[Model, dict[str, OptionValue]]) -> None:
    """The options on the card make the same request again."""
    model, chosen = request
    try:
        first = model.build("a fox", chosen, allow_adult=True)
    except InvalidRequest:
        return

    assert model.build("a fox", first.options, allow_adult=True) == first


@given(st.sampled_from(MODELS), st.text(max_size=8), st.data())
def test_offered_option_values_are_taken(model: Model, typed: str, data: st.DataObject) -> None:
    """Each value that autocomplete offers is one that the model takes."""
    name = data.draw(st.sampled_from(sorted(model.options)))
    offered = model.suggest(name, typed, allow_adult=False)

    assert len(offered) == len(set(offered)) <= 25
    for value in offered:
        model.build("a fox", {name: value}, allow_adult=False)

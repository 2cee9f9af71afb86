"""The language of the data file: what is shared, overridden, left out and named."""

import pytest

from bot.catalogue import CatalogueBroken, Kind, Slot, read_catalogue
from tests.unit.catalogue.expected_bodies import given

DATA = """
[uploads.image]
megabytes = 50
min_side = 128
[limits.fox]
megabytes = 10
max_side = 900
[[model]]
name = "fox-1"
label = "Fox 1"
kind = "video"
api_model = "fox/one"
prompt_limit = 100
price = { per = "second", amount = 0.1 }
[model.options]
duration = { type = "whole", min = 1, max = 9, default = 5 }
mode = { type = "choice", values = ["calm", "wild"] }
[model.capabilities.text-to-video]
endpoint = "fox/text-to-video"
[model.capabilities.image-to-video]
endpoint = "fox/image-to-video"
api_model = "fox/two"
prompt_limit = 50
without = ["mode"]
inputs.image = { input = "start", limits = "fox" }
inputs.reference = { input = "more[]", least = 0, most = 2, needs = ["image"] }
options.duration = { type = "whole", min = 2, max = 4, default = 3, always = true }
options.seed = { type = "whole", min = 0, max = 9, undocumented = true }
"""
IMAGE = given({Slot.IMAGE: 1})


def test_a_capability_overrides_what_the_model_shares() -> None:
    """What is written at the model is shared; a capability has its own keys and options over it."""
    fox = read_catalogue(DATA, enabled=True).find(Kind.VIDEO, "Fox 1")
    assert fox is not None
    plain, started = fox.capabilities
    assert (plain.api_model, plain.prompt_limit, list(plain.options)) == (
        "fox/one",
        100,
        ["duration", "mode"],
    )
    assert (started.api_model, started.prompt_limit, list(started.options)) == (
        "fox/two",
        50,
        ["duration", "seed"],
    )
    assert fox.build("run", {"seed": "3"}, allow_adult=False, inputs=IMAGE).body == {
        "model": "fox/two",
        "input": {"prompt": "run", "duration": 3, "seed": 3, "start": IMAGE[0].address},
    }


def test_a_file_keeps_the_limits_of_model_and_upload() -> None:
    """A named limit is filled in, and tightened by what the upload takes of any file."""
    fox = read_catalogue(DATA).find(Kind.VIDEO, "Fox 1")
    assert fox is not None
    limits = {slot: rule.limits for slot, rule in fox.capabilities[1].inputs.items()}
    assert (limits[Slot.IMAGE].max_bytes, limits[Slot.IMAGE].min_side) == (10_000_000, 128)
    assert limits[Slot.IMAGE].max_side == 900
    assert (limits[Slot.REFERENCE].max_bytes, limits[Slot.REFERENCE].max_side) == (50_000_000, None)


def test_an_undocumented_option_is_off_until_it_is_turned_on() -> None:
    """An option that is not documented is no option of the model before."""
    fox = read_catalogue(DATA).find(Kind.VIDEO, "Fox 1")
    assert fox is not None
    assert list(fox.capabilities[1].options) == ["duration"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('limits = "fox"', 'limits = "cat"', "image-to-video: inputs.image.limits: there is no"),
        (
            'limits = "fox"',
            "limits = { megabytes = -1 }",
            "image-to-video: inputs.image.limits.mega",
        ),
        (
            'limits = "fox"',
            "limits = { min_side = 9, max_side = 8 }",
            "the least is above the most",
        ),
        ('limits = "fox"', "limits = { min_aspect = 1 }", "give both min_aspect and max_aspect"),
        ("inputs.image =", "inputs.picture =", "image-to-video: inputs.picture"),
        ("least = 0, most = 2", "least = 3, most = 2", "least is above most"),
        ('"more[]"', '"more"', "several files need a list"),
        ('needs = ["image"]', 'needs = ["last_image"]', "needs a slot that does not exist"),
        ('without = ["mode"]', 'without = ["mood"]', "without: the model has no option mood"),
        ('endpoint = "fox/image-to-video"', "", "fox-1: image-to-video: endpoint: "),
        ('endpoint = "fox/image-to-video"', 'endpint = "a"', "fox-1: image-to-video: endpoint: "),
        ("amount = 0.1", 'amount = 1, input_seconds = ["image"]', "whose seconds have no limit"),
        (
            'per = "second", amount = 0.1',
            'per = "video", amount = 1, input_seconds = ["image"]',
            "input_seconds needs a price per second",
        ),
        (
            "max = 4, default = 3, always = true",
            "max = 4, default = 3, undocumented = true",
            "the price depends on duration, which is undocumented",
        ),
        ("[limits.fox]", "[limts.fox]", "models.toml: limts: "),
        ("[uploads.image]", "[uploads.smell]", "models.toml: uploads.smell"),
        ("megabytes = 50", 'megabytes = "large"', "models.toml: uploads.image.megabytes: "),
    ],
)
def test_a_mistake_in_the_data_file_is_one_line(old: str, new: str, complaint: str) -> None:
    """A mistake is one readable line that names the model, the capability and the key."""
    assert old in DATA
    with pytest.raises(CatalogueBroken) as caught:
        read_catalogue(DATA.replace(old, new, 1))
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("table", ["capabilities = {}", 'capabilities = "all"'])
def test_a_model_without_capabilities_is_a_mistake(table: str) -> None:
    """A table of capabilities has one or more."""
    head, _, _ = DATA.partition("[model.options]")
    with pytest.raises(CatalogueBroken, match="fox-1: capabilities: "):
        read_catalogue(head.replace("prompt_limit = 100", f"prompt_limit = 100\n{table}"))

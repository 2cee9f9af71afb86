"""Capabilities: chosen by the files that were handed in, priced with them, and turned on."""

from decimal import Decimal

import pytest

from bot.catalogue import (
    AdultOption,
    EnabledUnknown,
    GivenInput,
    InvalidOption,
    Kind,
    Line,
    PromptEmpty,
    PromptTooLong,
    Slot,
    TooManyLines,
    UnknownOption,
    load_catalogue,
)
from tests.manual_clock import ManualClock
from tests.unit.catalogue.expected_bodies import EVERYTHING, MODELS, given

SPEECH = MODELS["elevenlabs/text-to-dialogue-v3"]
SEEDANCE = MODELS["bytedance/seedance-2"]


def film(seconds: str | None) -> GivenInput:
    """Return a reference video of that length."""
    return GivenInput(
        slot=Slot.REFERENCE_VIDEO,
        address="https://f.example/film",
        seconds=None if seconds is None else Decimal(seconds),
    )


def test_the_cheapest_model_that_takes_the_files() -> None:
    """Without a model, the one is chosen that takes exactly these files for the least money."""
    plain = load_catalogue()
    found = {
        slots: plain.default(Kind.VIDEO, dict(slots)).name
        for slots in (
            (),
            ((Slot.IMAGE, 1),),
            ((Slot.IMAGE, 1), (Slot.LAST_IMAGE, 1)),
            ((Slot.IMAGE, 1), (Slot.REFERENCE, 4)),
            ((Slot.REFERENCE, 1),),
            ((Slot.REFERENCE_VIDEO, 1),),
        )
    }
    assert list(found.values()) == [
        "seedance-1-0-pro-fast",  # 5 s at 0.049 at most
        "seedance-1-0-pro-fast",
        "seedance-1-0-lite-t2v",  # 5 s at 0.088; Pro Fast takes no last frame
        "seedance-1-0-lite-t2v",
        "bytedance/seedance-2",
        "bytedance/seedance-2",
    ]
    assert plain.cheapest(Kind.IMAGE, {Slot.IMAGE: 1}).name == "seedream-4-0"
    assert EVERYTHING.cheapest(Kind.IMAGE, {Slot.IMAGE: 1}).name == "seededit-3-0-i2i"
    with pytest.raises(LookupError):
        plain.cheapest(Kind.SPEECH, {Slot.REFERENCE_AUDIO: 1})


def test_a_default_is_used_if_it_takes_the_files() -> None:
    """The operator's default gives way to a model that takes what was handed in."""
    catalogue = load_catalogue({Kind.VIDEO: "kling-v3"})
    assert catalogue.default(Kind.VIDEO, {Slot.IMAGE: 1}).name == "kling-v3"
    assert catalogue.default(Kind.VIDEO, {Slot.REFERENCE: 1}).name == "bytedance/seedance-2"


def test_a_model_that_needs_files_is_not_offered_without() -> None:
    """What needs files is neither found, offered nor chosen until some are handed in."""
    catalogue = load_catalogue()
    assert "viduq2-pro" not in [it.name for it in catalogue.models(Kind.VIDEO)]
    for name, kind in (("viduq2-pro", Kind.VIDEO), ("nano-banana-2", Kind.IMAGE)):
        assert catalogue.find(kind, name) is None
        assert catalogue.choose(kind, name) is None
        assert name not in [it.name for it in catalogue.suggest(kind, "")]
        assert name in catalogue.labels()
        assert name in [it.name for it in catalogue.suggest(kind, "", {Slot.IMAGE: 1})]


@pytest.mark.parametrize("name", ["nano-banana-2", "Nano Banana 2", "NANO-BANANA 2"])
def test_undocumented_models_are_turned_on_by_name(name: str) -> None:
    """A name turns on what is undocumented of that model, and of no other."""
    catalogue = load_catalogue(enabled=[name])
    found = catalogue.find(Kind.IMAGE, "nano-banana-2")
    assert found is not None
    assert "aspect_ratio" in found.options
    assert catalogue.find(Kind.VIDEO, "viduq2-turbo", {Slot.IMAGE: 1}) is None


def test_an_unknown_name_turns_nothing_on() -> None:
    """The operator reads which models have something to turn on, and no others."""
    with pytest.raises(EnabledUnknown, match="ENABLE_UNDOCUMENTED_MODELS: nano is none") as caught:
        load_catalogue(enabled=["nano"])
    assert "nano-banana-2" in str(caught.value)
    assert "kling" not in str(caught.value)


def test_an_endpoint_is_withdrawn_without_the_others() -> None:
    """What the API does not know at one endpoint is offered at the others, and there after an hour."""
    clock = ManualClock()
    catalogue = load_catalogue(monotonic=clock)
    catalogue.withdraw("kling-v3", "kling/image-to-video")
    assert catalogue.find(Kind.VIDEO, "kling-v3") is not None
    assert catalogue.find(Kind.VIDEO, "kling-v3", {Slot.IMAGE: 1}) is None
    assert catalogue.find(Kind.VIDEO, "kling-v3", {Slot.IMAGE: 1, Slot.LAST_IMAGE: 1}) is None
    assert catalogue.find(Kind.VIDEO, "kling-v2-6", {Slot.IMAGE: 1}) is not None
    clock.now += 3600
    assert catalogue.find(Kind.VIDEO, "kling-v3", {Slot.IMAGE: 1}) is not None


@pytest.mark.parametrize(
    ("options", "films", "low", "high"),
    [
        ({}, ["5"], "1.25", "1.25"),  # 5 s made and 5 s handed in, at 0.125
        ({"resolution": "480p"}, ["5", "2.5"], "0.7188", "0.7475"),  # 12.5 s, or 13 s if rounded
        ({"resolution": "1080p", "duration": "15"}, ["15"] * 3, "18.60", "18.60"),  # 60 s at 0.31
        ({}, [None], "0.625", "2.50"),  # of unknown length: up to the 15 s that are taken
    ],
)
def test_seconds_of_a_reference_video_are_charged(
    options: dict[str, str], films: list[str | None], low: str, high: str
) -> None:
    """A video that is handed in costs by the second as what is made does, at the lower price."""
    price = SEEDANCE.price(options, "fox", [film(seconds) for seconds in films])
    assert (price.low, price.high) == (Decimal(low), Decimal(high))


def test_other_files_are_not_charged() -> None:
    """Pictures and sounds change no price."""
    files = given({Slot.IMAGE: 1, Slot.REFERENCE: 9, Slot.REFERENCE_AUDIO: 3})
    assert SEEDANCE.price({}, "fox", files) == SEEDANCE.price({}, "fox")


def test_an_adult_switch_needs_permission() -> None:
    """Switching a check of the content off is for adults, and offered to no others."""
    with pytest.raises(AdultOption) as caught:
        SEEDANCE.build("a fox", {"nsfw_checker": "off"}, allow_adult=False)
    assert caught.value.value == "off"
    assert SEEDANCE.suggest("nsfw_checker", "", allow_adult=False) == ["on"]
    assert SEEDANCE.suggest("nsfw_checker", "", allow_adult=True) == ["on", "off"]
    with pytest.raises(InvalidOption) as wrong:
        SEEDANCE.build("a fox", {"nsfw_checker": "perhaps"}, allow_adult=False)
    assert wrong.value.allowed == ("on",)


def test_a_dialogue_of_several_speakers() -> None:
    """Each line has its own voice, else that of the request; the price counts all lines."""
    made = SPEECH.build(
        [
            Line(text=" Who is there? ", options={"voice": "Aria"}),
            Line(text="A fox."),
            Line(text="Come in!", options={"voice": "Adam"}),
        ],
        {"voice": "Rachel", "stability": "0.4", "language": "en"},
        allow_adult=False,
    )
    assert made.body == {
        "model": "elevenlabs/text-to-dialogue-v3",
        "input": {
            "dialogue": [
                {"text": "Who is there?", "voice": "Aria"},
                {"text": "A fox.", "voice": "Rachel"},
                {"text": "Come in!", "voice": "Adam"},
            ],
            "stability": 0.4,
            "language_code": "en",
        },
    }
    assert made.price == SPEECH.price({}, "x" * len("Who is there?A fox.Come in!"))


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ([], PromptEmpty),
        ([Line(text="a"), Line(text=" ")], PromptEmpty),
        ([Line(text="a")] * 11, TooManyLines),
        ([Line(text="x" * 2500), Line(text="x" * 2501)], PromptTooLong),
        ([Line(text="a", options={"stability": "0.5"})], UnknownOption),
    ],
)
def test_a_dialogue_that_is_refused(lines: list[Line], error: type[Exception]) -> None:
    """No line is empty, there are not too many, all are counted, and a line has a line's options."""
    with pytest.raises(error):
        SPEECH.build(lines, {}, allow_adult=False)


def test_a_model_without_dialogue_takes_one_line() -> None:
    """Several lines are refused by a model that reads one prompt."""
    with pytest.raises(TooManyLines):
        MODELS["veo3"].build([Line(text="a"), Line(text="b")], {}, allow_adult=False)

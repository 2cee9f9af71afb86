"""What is sent for a prompt and options, and what is refused."""

import json

import pytest

from bot.catalogue import (
    AdultOption,
    Capability,
    Catalogue,
    InvalidOption,
    Kind,
    Model,
    OptionValue,
    PromptEmpty,
    PromptTooLong,
    TextTooLong,
    UnknownOption,
    load_catalogue,
)

CATALOGUE = load_catalogue()
MODELS = [model for kind in Kind for model in CATALOGUE.models(kind)]


def model(name: str, catalogue: Catalogue = CATALOGUE) -> Model:
    """Return the model of that name."""
    found = [found for kind in Kind if (found := catalogue.find(kind, name))]
    return found[0]


def plain(model: Model) -> Capability:
    """Return the capability that takes no inputs."""
    found = model.capability()
    assert found is not None
    return found


def sent(name: str, *, allow_adult: bool = False, **chosen: OptionValue) -> object:
    """Return the input that is sent for the prompt "a fox"."""
    return model(name).build("a fox", chosen, allow_adult=allow_adult).body["input"]


def test_every_documented_model_is_in_the_catalogue() -> None:
    """Every documented model that works from text alone is in the catalogue."""
    assert {plain(model).api_model for model in MODELS} == {
        "viduq3-pro",
        "viduq3-turbo",
        "kling-v3",
        "kling-v2-6",
        "seedance-1-5-pro",
        "seedance-1-0-pro",
        "seedance-1-0-pro-fast",
        "seedance-1-0-lite-t2v",
        "bytedance/seedance-2",
        "veo3",
        "veo3_fast",
        "grok-imagine/text-to-video",
        "seedream-5-0-lite",
        "seedream-4-5",
        "seedream-4-0",
        "seedream-3-0-t2i",
        "elevenlabs/text-to-dialogue-v3",
    }


@pytest.mark.parametrize("one", MODELS, ids=lambda one: one.name)
def test_each_model_builds_with_no_option_and_with_every_option(one: Model) -> None:
    """Each model builds a request from a prompt alone, and one with each of its options."""
    least = one.build("a fox", {}, allow_adult=False)
    chosen = {
        name: (one.suggest(name, "", allow_adult=False) or ["10000"])[0] for name in one.options
    }
    most = one.build("a fox", chosen, allow_adult=False)

    assert least.endpoint == plain(one).endpoint
    assert least.body["model"] == plain(one).api_model
    assert set(least.options) == {name for name, option in one.options.items() if option.always}
    assert set(most.options) == set(one.options)
    assert least.price.low > 0
    assert json.loads(json.dumps(most.body)) == most.body


def test_vidu_body() -> None:
    """Vidu takes a number of seconds and true booleans."""
    assert sent("viduq3-turbo", duration="8s", aspect_ratio="9:16", audio="off", seed="7") == {
        "prompt": "a fox",
        "duration": 8,
        "aspect_ratio": "9:16",
        "audio": False,
        "seed": 7,
    }


def test_kling_body() -> None:
    """Kling spells its switch as a word, and its name is the one that all models share."""
    assert sent("kling-v3", audio=True, mode="PRO") == {
        "prompt": "a fox",
        "duration": 5,
        "sound": "on",
        "mode": "pro",
    }
    assert sent("kling-v2-6", duration="10", audio="no") == {
        "prompt": "a fox",
        "duration": 10,
        "sound": "off",
    }


def test_a_comma_in_a_number() -> None:
    """A comma before three digits parts thousands, any other one a fraction."""
    assert sent("viduq3-turbo", duration="5,0", seed="12,000") == {
        "prompt": "a fox",
        "duration": 5,
        "seed": 12_000,
    }
    with pytest.raises(InvalidOption):
        sent("viduq3-turbo", duration="1,000")
    with pytest.raises(InvalidOption):
        sent("viduq3-turbo", seed="1,2,3")


def test_a_small_number_is_taken_again() -> None:
    """What a model took is taken again, also where Python writes it with an exponent."""
    speech = model("elevenlabs/text-to-dialogue-v3")
    first = speech.build("a fox", {"stability": "0.00001"}, allow_adult=False)
    assert speech.build("a fox", first.options, allow_adult=False) == first
    assert speech.suggest("stability", "0.00001", allow_adult=False)[0] == "0.00001"


def test_seedance_body() -> None:
    """Seedance 1.x names the aspect differently; 2.0 does not, and names the sound differently."""
    assert sent("seedance-1-5-pro", aspect_ratio="Adaptive") == {
        "prompt": "a fox",
        "duration": 5,
        "ratio": "adaptive",
    }
    assert sent("bytedance/seedance-2", aspect_ratio="16:9", audio="yes") == {
        "prompt": "a fox",
        "duration": 5,
        "resolution": "720p",
        "aspect_ratio": "16:9",
        "generate_audio": True,
    }


def test_grok_body() -> None:
    """Grok takes its seconds as a text, and needs none."""
    assert sent("grok-imagine/text-to-video") == {"prompt": "a fox"}
    assert sent("grok-imagine/text-to-video", duration=10) == {"prompt": "a fox", "duration": "10"}


def test_speech_body() -> None:
    """Speech is one line of a dialogue, and the voice belongs to the line."""
    assert sent("elevenlabs/text-to-dialogue-v3") == {"dialogue": [{"text": "a fox"}]}
    assert sent("elevenlabs/text-to-dialogue-v3", voice="Rachel", stability="0,5") == {
        "dialogue": [{"text": "a fox", "voice": "Rachel"}],
        "stability": 0.5,
    }


@pytest.mark.parametrize(
    ("name", "option", "typed", "value"),
    [
        ("viduq3-pro", "resolution", "1080P", "1080p"),
        ("viduq3-pro", "resolution", " 720 ", "720p"),
        ("viduq3-pro", "resolution", 540, "540p"),
        ("viduq3-pro", "aspect_ratio", "16 : 9", "16:9"),
        ("viduq3-pro", "aspect_ratio", "16x9", "16:9"),
        ("viduq3-pro", "aspect_ratio", "16/9", "16:9"),
        ("viduq3-pro", "duration", " 5s", 5),
        ("viduq3-pro", "duration", "5 seconds", 5),
        ("viduq3-pro", "duration", "05.00", 5),
        ("viduq3-pro", "duration", 5.0, 5),
        ("viduq3-pro", "off_peak", "TRUE", True),
        ("kling-v2-6", "duration", "10 sec", 10),
        ("veo3", "aspect_ratio", "auto", "Auto"),
        ("veo3", "watermark", "  mine ", "mine"),
        ("seedance-1-0-pro", "seed", "-1", -1),
        ("seedream-5-0-lite", "size", "2k", "2K"),
        ("seedream-3-0-t2i", "size", "1280 \N{MULTIPLICATION SIGN} 720", "1280x720"),
        ("seedream-3-0-t2i", "guidance_scale", "7.5", 7.5),
        ("seedream-4-5", "size", "2560*1536", "2560x1536"),
    ],
)
def test_option_values_are_read_leniently(
    name: str, option: str, typed: OptionValue, value: OptionValue
) -> None:
    """What users type is read leniently and kept in the model's own spelling."""
    generation = model(name).build("a fox", {option: typed}, allow_adult=False)

    assert generation.options[option] == value
    assert type(generation.options[option]) is type(value)


@pytest.mark.parametrize(
    ("name", "option", "typed", "allowed"),
    [
        ("kling-v3", "duration", "2", ("3-15",)),
        ("kling-v3", "duration", "16", ("3-15",)),
        ("kling-v3", "duration", "5.5", ("3-15",)),
        ("kling-v3", "duration", "long", ("3-15",)),
        ("kling-v3", "duration", "", ("3-15",)),
        ("kling-v3", "duration", True, ("3-15",)),
        ("kling-v3", "duration", float("nan"), ("3-15",)),
        ("kling-v3", "duration", float("inf"), ("3-15",)),
        ("kling-v3", "duration", "9" * 500, ("3-15",)),
        ("kling-v2-6", "duration", 7, ("5", "10")),
        (
            "seedance-1-0-pro",
            "aspect_ratio",
            "adaptive",
            ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9"),
        ),
        ("grok-imagine/text-to-video", "mode", "wild", ("normal", "fun")),
        ("viduq3-pro", "audio", "loud", ("on", "off")),
        ("veo3", "seed", 9999, ("10000-99999",)),
        ("elevenlabs/text-to-dialogue-v3", "stability", "1.01", ("0-1",)),
    ],
)
def test_a_wrong_option_value_is_refused(
    name: str, option: str, typed: OptionValue, allowed: tuple[str, ...]
) -> None:
    """A value that the model does not take is refused, with what it takes instead."""
    with pytest.raises(InvalidOption) as caught:
        model(name).build("a fox", {option: typed}, allow_adult=False)

    assert (caught.value.option, caught.value.value) == (option, str(typed))
    assert caught.value.allowed == allowed
    assert caught.value.model_label == model(name).label


@pytest.mark.parametrize("length", [0, 101])
def test_an_option_text_of_the_wrong_length_is_refused(length: int) -> None:
    """A text is refused by how many characters it has and may have."""
    with pytest.raises(TextTooLong) as caught:
        sent("veo3", watermark=f" {'x' * length} ")

    assert (caught.value.option, caught.value.limit) == ("watermark", 100)
    assert (caught.value.length, caught.value.model_label) == (length, model("veo3").label)


@pytest.mark.parametrize(
    "size", ["1024x1024", "2000x2000", "8192x4096", "16384x256", "1K", "2048x", "0x0"]
)
def test_a_size_that_breaks_the_rules_is_refused(size: str) -> None:
    """Too few pixels, sides off the grid, too many pixels, too long, or no size at all."""
    with pytest.raises(InvalidOption):
        sent("seedream-4-5", size=size)


def test_an_unknown_option_is_refused() -> None:
    """An option that the model does not have is refused, with those that it has."""
    with pytest.raises(UnknownOption) as caught:
        sent("veo3", duration="8")

    assert caught.value.takes == ("aspect_ratio", "seed", "translate", "watermark")


def test_an_adult_mode_needs_permission() -> None:
    """An adult mode is neither built nor offered nor named where it is not allowed."""
    with pytest.raises(AdultOption) as caught:
        sent("grok-imagine/text-to-video", mode=" Spicy")

    grok = model("grok-imagine/text-to-video")
    assert (caught.value.option, caught.value.value) == ("mode", "spicy")
    assert "spicy" not in grok.suggest("mode", "", allow_adult=False)
    assert "spicy" not in grok.suggest("mode", "spicy", allow_adult=False)
    assert "spicy" in grok.suggest("mode", "", allow_adult=True)
    assert sent("grok-imagine/text-to-video", mode="spicy", allow_adult=True) == {
        "prompt": "a fox",
        "mode": "spicy",
    }


@pytest.mark.parametrize("prompt", ["", "  \n\t "])
def test_an_empty_prompt_is_refused(prompt: str) -> None:
    """A prompt of blanks generates nothing."""
    with pytest.raises(PromptEmpty):
        model("veo3").build(prompt, {}, allow_adult=False)


def test_prompt_length_is_counted_without_blanks() -> None:
    """A prompt is counted in characters without the blanks around it."""
    vidu = model("viduq3-pro")
    vidu.build(" " + "🦊" * 2000 + " ", {}, allow_adult=False)

    with pytest.raises(PromptTooLong) as caught:
        vidu.build("x" * 2001, {}, allow_adult=False)

    assert (caught.value.limit, caught.value.length) == (2000, 2001)


@pytest.mark.parametrize(("mode", "is_adult"), [("normal", False), ("spicy", True)])
def test_a_request_says_whether_it_makes_adult_content(mode: str, is_adult: bool) -> None:
    """What a value of an option makes is known of the whole request."""
    grok = model("grok-imagine/text-to-video")
    assert grok.build("a fox", {"mode": mode}, allow_adult=True).is_adult is is_adult
    assert not grok.build("a fox", {}, allow_adult=True).is_adult

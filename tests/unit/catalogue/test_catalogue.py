"""Finding models, and reading the data file."""

import pytest

from bot.catalogue import (
    CatalogueBroken,
    DefaultUnknown,
    Kind,
    load_catalogue,
    longest_prompt,
    read_catalogue,
)
from db.records import JobKind
from tests.manual_clock import ManualClock
from tests.unit.catalogue.test_build import model

ENTRY = """
[[model]]
name = "fox-1"
label = "Fox 1"
kind = "video"
endpoint = "fox/text-to-video"
api_model = "fox/one"
prompt_limit = 100
price = { per = "second", amount = 0.1 }
[model.options]
duration = { type = "whole", min = 1, max = 9, default = 5 }
mode = { type = "choice", values = ["calm", "wild"] }
"""


def test_model_kinds_are_those_of_a_job() -> None:
    """What a model makes has the same words as what a job makes."""
    assert [kind.value for kind in Kind] == [kind.value for kind in JobKind]


@pytest.mark.parametrize(
    "typed", ["grok-imagine/text-to-video", "Grok Imagine", " GROK-imagine/Text-To-Video "]
)
def test_a_model_is_found_by_name_or_label(typed: str) -> None:
    """A model is found by its whole name, slashes included, or its label, in any case."""
    found = load_catalogue().find(Kind.VIDEO, typed)

    assert found is not None
    assert found.name == "grok-imagine/text-to-video"


@pytest.mark.parametrize("typed", ["", "grok", "text-to-video", "seedream-4-0", "nothing"])
def test_a_part_of_a_name_finds_no_model(typed: str) -> None:
    """A part of a name, or a model of another kind, is not it."""
    assert load_catalogue().find(Kind.VIDEO, typed) is None


def test_default_model() -> None:
    """The operator's default is taken if there is one, else the cheapest."""
    catalogue = load_catalogue({Kind.VIDEO: "Veo 3.1", Kind.IMAGE: None})

    assert catalogue.default(Kind.VIDEO).name == "veo3"
    assert catalogue.default(Kind.IMAGE) == catalogue.cheapest(Kind.IMAGE)
    assert catalogue.default(Kind.SPEECH) == catalogue.cheapest(Kind.SPEECH)
    with pytest.raises(DefaultUnknown, match="DEFAULT_VIDEO_MODEL must be one of these"):
        load_catalogue({Kind.VIDEO: "gone"})


def test_a_withdrawn_model_is_offered_again_after_an_hour() -> None:
    """One answer of the API may be an accident, and takes a model from no one for good."""
    clock = ManualClock()
    catalogue = load_catalogue(monotonic=clock)
    catalogue.withdraw("veo3")
    clock.now += 3599
    assert catalogue.find(Kind.VIDEO, "veo3") is None
    clock.now += 1
    assert catalogue.find(Kind.VIDEO, "veo3") is not None


def test_a_withdrawn_model_is_not_offered() -> None:
    """A model that the API does not know any more is not offered, and keeps its label."""
    catalogue = load_catalogue({Kind.VIDEO: "veo3"})
    before = catalogue.models(Kind.VIDEO)
    for _ in range(2):
        catalogue.withdraw("veo3")

    assert catalogue.find(Kind.VIDEO, "veo3") is None
    assert catalogue.find(Kind.VIDEO, "veo3_fast") is not None
    assert catalogue.default(Kind.VIDEO) == catalogue.cheapest(Kind.VIDEO)
    assert "veo3" not in [model.name for model in catalogue.suggest(Kind.VIDEO, "veo")]
    assert len(catalogue.models(Kind.VIDEO)) == len(before) - 1
    assert catalogue.labels() == load_catalogue().labels()


def test_suggested_models_contain_the_typed_words() -> None:
    """Models are offered wherever the words occur, those that begin with them first."""
    catalogue = load_catalogue()

    assert [m.name for m in catalogue.suggest(Kind.VIDEO, "pro")] == [
        "seedance-1-0-pro-fast",
        "seedance-1-5-pro",
        "seedance-1-0-pro",
        "viduq3-pro",
    ]
    assert [m.label for m in catalogue.suggest(Kind.VIDEO, "fast VEO")] == ["Veo 3.1 Fast"]
    assert [m.label for m in catalogue.suggest(Kind.VIDEO, "bytedance/")] == ["Seedance 2.0"]
    assert catalogue.suggest(Kind.VIDEO, "") == list(catalogue.by_price(Kind.VIDEO))
    assert catalogue.suggest(Kind.VIDEO, "seedream") == []


def test_models_that_begin_with_the_typed_words_come_first() -> None:
    """What begins with the typed words precedes what merely contains them."""
    text = ENTRY + ENTRY.replace("fox-1", "one-fox").replace("Fox 1", "One Fox")
    text += ENTRY.replace("fox-1", "z").replace("Fox 1", "Outfox")
    catalogue = read_catalogue(text.replace("fox/one", "x"))

    assert [m.label for m in catalogue.suggest(Kind.VIDEO, "fox")] == ["Fox 1", "One Fox", "Outfox"]


def test_at_most_25_models() -> None:
    """Discord shows 25."""
    many = "".join(ENTRY.replace("fox-1", f"f{n}").replace("Fox 1", f"F {n}") for n in range(40))

    assert len(read_catalogue(many).suggest(Kind.VIDEO, "f")) == 25


@pytest.mark.parametrize(
    ("name", "option", "typed", "offered"),
    [
        ("kling-v3", "duration", "", ["3", "5", "8", "10", "15"]),
        ("kling-v3", "duration", "7", ["7"]),
        ("kling-v3", "duration", "1", ["10", "15"]),
        ("kling-v3", "duration", "12s", ["12"]),
        ("kling-v3", "duration", "99", ["3", "5", "8", "10", "15"]),
        ("kling-v2-6", "duration", "", ["5", "10"]),
        ("viduq3-pro", "aspect_ratio", "16x", ["16:9", "9:16", "1:1", "4:3", "3:4"]),
        ("viduq3-pro", "aspect_ratio", "16", ["16:9", "9:16"]),
        ("viduq3-pro", "aspect_ratio", "9:16", ["9:16"]),
        ("viduq3-pro", "resolution", "1080P", ["1080p"]),
        ("viduq3-pro", "audio", "", ["on", "off"]),
        ("viduq3-pro", "audio", "yes", ["on"]),
        ("viduq3-pro", "seed", "", []),
        ("viduq3-pro", "seed", "42", ["42"]),
        ("seedance-1-0-pro", "seed", "", ["-1"]),
        ("seedream-4-0", "size", "2560x1280", ["2560x1280"]),
        ("seedream-4-0", "size", "k", ["1K", "2K", "4K"]),
        ("seedream-3-0-t2i", "guidance_scale", "", ["1", "5", "7", "8", "10"]),
        ("veo3", "watermark", "", []),
        ("veo3", "watermark", "me", ["me"]),
        ("kling-v3", "negative_prompt", "x" * 101, []),
        ("veo3", "duration", "", []),
    ],
)
def test_suggested_option_values(name: str, option: str, typed: str, offered: list[str]) -> None:
    """What is offered is what the chosen model takes; a hopeless start offers everything."""
    assert model(name).suggest(option, typed, allow_adult=False) == offered


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("prompt_limit = 100", "", "fox-1: prompt_limit: "),
        ("prompt_limit = 100", 'prompt_limit = "many"', "fox-1: prompt_limit: "),
        ('kind = "video"', 'kind = "smell"', "fox-1: kind: "),
        ("prompt_limit", "prompt_limt", "fox-1: prompt_limit: "),
        ("min = 1", 'min = "one"', "fox-1: options.duration.whole.min: "),
        ('"whole"', '"hole"', "fox-1: options.duration: "),
        ("default = 5", "default = 50", "fox-1: options.duration.whole: the default is no value"),
        (", default = 5", "", "fox-1: the price depends on duration, which has no default"),
        (
            ", default = 5",
            ", always = true",
            "fox-1: options.duration.whole: always needs a default",
        ),
        ('["calm", "wild"]', "[]", "fox-1: options.mode.choice.values: "),
        ('["calm", "wild"]', '["Calm", "calm"]', "fox-1: options.mode.choice: two values"),
        ('["calm", "wild"]', '["calm"], adult = ["wild"]', "fox-1: options.mode.choice: adult"),
        ("amount = 0.1", "amount = -1", "fox-1: price.amount: "),
        ("amount = 0.1", "low = 0.1", "fox-1: price: give amount"),
        ("amount = 0.1", "low = 2, high = 1", "fox-1: price: low is above high"),
        ("amount = 0.1", 'by = "mode", amounts = { calm = 1 }', "fox-1: the price depends on mode"),
        (
            "amount = 0.1",
            'amount = 1, discount = { option = "gone", factor = 0.5 }',
            "fox-1: the discount",
        ),
        ('name = "fox-1"', "", "entry 1: name: "),
        ("[[model]]", "[model]", "models.toml: there is no [[model]]"),
        ("prompt_limit = 100", "prompt_limit =", "models.toml: "),
    ],
)
def test_a_bad_catalogue_entry_is_named(old: str, new: str, complaint: str) -> None:
    """A bad entry is one readable line that names the model and the key."""
    assert old in ENTRY
    with pytest.raises(CatalogueBroken) as caught:
        read_catalogue(ENTRY.replace(old, new, 1))

    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_model_names_and_labels_are_unique() -> None:
    """Two models of a kind can't share a name or a label."""
    with pytest.raises(CatalogueBroken, match="taken already"):
        read_catalogue(ENTRY + ENTRY.replace("Fox 1", "Fox 2"))
    with pytest.raises(CatalogueBroken, match="taken already"):
        read_catalogue(ENTRY + ENTRY.replace("fox-1", "fox-2"))


def test_a_new_model_is_an_edit_of_data() -> None:
    """An entry is all that a new model needs."""
    fox = read_catalogue(ENTRY).find(Kind.VIDEO, "Fox 1")

    assert fox is not None
    assert fox.build("run", {"mode": "WILD"}, allow_adult=False).body == {
        "model": "fox/one",
        "input": {"prompt": "run", "mode": "wild"},
    }


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("seedance 2", "bytedance/seedance-2"),
        ("turbo", "viduq3-turbo"),
        ("Veo 3.1", "veo3"),
        ("veo", None),
        ("no-such-model", None),
        ("", None),
        ("-", None),
    ],
)
def test_the_only_model_that_matches_is_taken(typed: str, chosen: str | None) -> None:
    """A name is taken as it is, and so is the only match; of several none is."""
    found = load_catalogue().choose(Kind.VIDEO, typed)
    assert (found.name if found else None) == chosen


def test_models_that_may_be_meant() -> None:
    """Matches come cheapest first, near misses are found, and other kinds are named."""
    catalogue = load_catalogue()
    assert [it.label for it in catalogue.similar(Kind.VIDEO, "veo")] == ["Veo 3.1 Fast", "Veo 3.1"]
    assert "Kling V3" in [it.label for it in catalogue.similar(Kind.VIDEO, "kilng v3")]
    assert catalogue.similar(Kind.VIDEO, "dream-9000-of-nothing") == ()
    assert len(catalogue.similar(Kind.VIDEO, "e")) == 3
    elsewhere = catalogue.elsewhere(Kind.IMAGE, "veo 3.1")
    assert elsewhere is not None
    assert (elsewhere.kind, elsewhere.label) == (Kind.VIDEO, "Veo 3.1")


def test_models_that_take_a_long_prompt() -> None:
    """Those that read so many characters are found, the cheapest first."""
    catalogue = load_catalogue()
    assert [it.name for it in catalogue.taking(Kind.VIDEO, 2001)] == [
        "kling-v3",
        "bytedance/seedance-2",
        "kling-v2-6",
    ]
    assert catalogue.taking(Kind.VIDEO, 9999) == ()
    assert longest_prompt(Kind.VIDEO) == 5000
    assert longest_prompt(Kind.SPEECH) == 5000

"""What autocomplete offers for any typed text."""

import contextlib
from unittest.mock import create_autospec

import discord
import pytest
from discord import app_commands
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue import Capability, Catalogue, Kind, Slot, Slots, load_catalogue, slot_named
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.attachments import VIDEO_FILES, given_slots
from bot.discord.interactions.autocomplete import MOST_CHOICES, Autocomplete, Choices
from bot.discord.interactions.errors import OptionsUnreadable
from bot.discord.interactions.explained_choices import CHOICE_LENGTH
from bot.discord.interactions.generation_requests import GenerationRequests
from bot.discord.interactions.typed_options import NOT_CHOSEN, read_options
from cogs.generate import Generate
from db.records import JobKind
from tests.unit.discord.cards.jobs import ENGLISH
from tests.unit.discord.interactions.fake_interactions import a_client, in_guild, text_channel

CATALOGUE = load_catalogue()
OFFERS = Autocomplete(
    CATALOGUE,
    AccessPolicy(allowed_guild_ids=frozenset(), allow_adult=True),
)
NAMES = [(kind, model.name) for kind in JobKind for model in CATALOGUE.models(Kind(kind))]
OPTIONS = sorted(
    {name for kind in JobKind for model in CATALOGUE.models(Kind(kind)) for name in model.options}
)
TYPED = (
    st.text(max_size=120)
    | st.sampled_from([f"{name}=" for name in OPTIONS])
    | st.lists(st.sampled_from([*OPTIONS, "=", " ", '"', "a b", "x" * 90]), max_size=6).map("".join)
)


def client_with_commands() -> discord.Client:
    """Return a client that knows the real commands."""
    client = a_client()
    tree = app_commands.CommandTree(client)
    submissions = create_autospec(GenerationRequests)  # nothing is submitted by these tests
    for command in Generate(submissions, OFFERS).get_app_commands():
        tree.add_command(command)
    return client


CLIENT = client_with_commands()


def asking(
    kind: JobKind, model: str | None, *files: str, nsfw: bool = False
) -> discord.Interaction:
    """Return the interaction of a user who has chosen *model*, and handed in *files*, so far."""
    options: list[dict[str, object]] = [
        {"name": name, "type": 11, "value": str(number)} for number, name in enumerate(files, 7)
    ]
    options += [] if model is None else [{"name": "model", "type": 3, "value": model}]
    data = {"id": "9", "type": 1, "name": kind.value, "options": options}
    return in_guild(type=4, data=data, channel=text_channel(nsfw=nsfw), client=CLIENT)


def check(choices: Choices) -> None:
    """Check Discord's limits on choices."""
    assert len(choices) <= MOST_CHOICES
    for choice in choices:
        assert 1 <= len(choice.name) <= CHOICE_LENGTH
        assert 1 <= len(str(choice.value)) <= CHOICE_LENGTH
    assert len({choice.value for choice in choices}) == len(choices)


def values(choices: Choices) -> list[str]:
    """Return what would be typed."""
    return [str(choice.value) for choice in choices]


@given(st.sampled_from(JobKind), TYPED)
def test_offered_models_are_within_the_limits(kind: JobKind, typed: str) -> None:
    """For any text there are at most 25 models, each found by the value that is offered."""
    choices = OFFERS.models(kind, typed, ENGLISH)
    check(choices)
    assert choices
    assert all(
        CATALOGUE.find(Kind(kind), str(choice.value)) is not None
        for choice in choices
        if choice.value != NOT_CHOSEN
    )


@given(st.sampled_from(NAMES), st.sampled_from(OPTIONS) | st.text(max_size=9), TYPED)
def test_offered_values_are_within_the_limits(
    named: tuple[JobKind, str], option: str, typed: str
) -> None:
    """For any text the values that are offered are few, short, and taken by the model."""
    kind, name = named
    choices = OFFERS.values(asking(kind, name), kind, option, typed)
    check(choices)
    model = CATALOGUE.find(Kind(kind), name)
    assert model is not None
    assert choices
    for choice in choices:
        if choice.value != NOT_CHOSEN:
            assert model.options[option].read(choice.value) is not None


@given(st.sampled_from(NAMES), TYPED)
def test_offered_further_options_are_within_the_limits(
    named: tuple[JobKind, str], typed: str
) -> None:
    """For any text the options that are offered after it are few and short."""
    check(OFFERS.more(asking(*named), named[0], typed))


@given(
    st.sampled_from(NAMES), st.lists(st.sampled_from(["seed=1", '"a b=c d"', 'x="1 2"', "e=\\\\"]))
)
def test_typed_options_stay_when_an_offer_is_chosen(
    named: tuple[JobKind, str], done: list[str]
) -> None:
    """Choosing an offer changes nothing about the options before it, quoted ones included."""
    typed = " ".join(done)
    before = read_options({}, typed)
    for choice in OFFERS.more(asking(*named), named[0], typed + " "):
        if not str(choice.value).endswith("="):
            # A line that explains: it fills in what was typed before.
            assert read_options({}, str(choice.value)) == before
            continue
        with contextlib.suppress(OptionsUnreadable):
            after = read_options({}, f"{choice.value}1")
            assert {**after, **before} == after


def test_offered_models_show_their_price() -> None:
    """Users see what a model costs before they choose it, and send its name."""
    (choice,) = OFFERS.models(JobKind.VIDEO, "Vidu Q3 Turbo", ENGLISH)
    assert (choice.name, choice.value) == (
        "Vidu Q3 Turbo · $0.04–$0.08 a second",  # noqa: RUF001, a range takes an en dash
        "viduq3-turbo",
    )


def test_offered_options_are_the_chosen_models() -> None:
    """Names are offered first, then the values of the one that was begun."""
    asked = asking(JobKind.VIDEO, "viduq3-turbo")
    assert "style=" in values(OFFERS.more(asked, JobKind.VIDEO, ""))
    assert values(OFFERS.more(asked, JobKind.VIDEO, "sty")) == ["style="]
    assert values(OFFERS.more(asked, JobKind.VIDEO, "style=a"))[0] == "style=anime"
    after = values(OFFERS.more(asked, JobKind.VIDEO, "style=anime "))
    assert "style=anime audio=" in after
    assert not any("style=anime style=" in each for each in after)


def test_options_of_the_command_are_not_offered_twice() -> None:
    """An option with a place of its own in the command is not offered a second time."""
    asked = asking(JobKind.VIDEO, "viduq3-turbo")
    offered = values(OFFERS.more(asked, JobKind.VIDEO, ""))
    assert "seed=" not in offered
    assert "style=" in offered


@pytest.mark.parametrize("typed", ["", "x", "x=", "seed=1 "])
def test_every_autocompletion_without_an_offer_explains_itself(typed: str) -> None:
    """Where there is nothing to offer, one line says why, for each model and each option."""
    unknown = asking(JobKind.VIDEO, "no-such-model")
    empty = Autocomplete(Catalogue([]), OFFERS._policy)
    lines = [
        OFFERS.models(JobKind.VIDEO, "no-such-model", ENGLISH),
        OFFERS.more(unknown, JobKind.VIDEO, typed),
        OFFERS.values(unknown, JobKind.VIDEO, "duration", typed),
        empty.models(JobKind.VIDEO, typed, ENGLISH),
        empty.more(asking(JobKind.VIDEO, None), JobKind.VIDEO, typed),
        empty.values(asking(JobKind.VIDEO, None), JobKind.VIDEO, "duration", typed),
    ]
    for kind, name in NAMES:
        lines += [OFFERS.more(asking(kind, name), kind, typed)]
        lines += [
            OFFERS.values(asking(kind, name), kind, option, typed) for option in [*OPTIONS, "odd"]
        ]
    assert all(lines)
    for choices in lines:
        check(choices)


@pytest.mark.parametrize(
    ("kind", "model", "option", "line"),
    [
        (JobKind.VIDEO, "kling-v3", "resolution", "Kling V3 has no resolution setting"),
        (JobKind.VIDEO, "viduq3-pro", "seed", "A number from 0 to 2147483647"),
        (JobKind.VIDEO, "kling-v3", "negative_prompt", "Any text of up to 2500 characters"),
        (
            JobKind.SPEECH,
            "elevenlabs/text-to-dialogue-v3",
            "voice",
            "Any voice name that ElevenLabs Dialogue V3 knows, such as Rachel",
        ),
    ],
)
def test_an_explaining_line_says_what_is_taken(
    kind: JobKind, model: str, option: str, line: str
) -> None:
    """The line names the model and what it lacks, or what may be typed freely."""
    choices = OFFERS.values(asking(kind, model), kind, option, "")
    assert (choices[0].name, choices[0].value) == (line, NOT_CHOSEN)


def test_choosing_an_explaining_line_does_no_harm() -> None:
    """What the line fills in counts as not chosen, or is what was typed before."""
    veo = asking(JobKind.VIDEO, "veo3")
    (line,) = OFFERS.more(veo, JobKind.VIDEO, "watermark=x colour")
    assert line.name == "Veo 3.1 has no colour setting"
    assert read_options({}, str(line.value)) == {"watermark": "x"}
    assert read_options({"resolution": NOT_CHOSEN, "seed": "—"}, NOT_CHOSEN) == {}
    chosen = asking(JobKind.VIDEO, NOT_CHOSEN)
    default = asking(JobKind.VIDEO, None)
    assert OFFERS.values(chosen, JobKind.VIDEO, "duration", "") == OFFERS.values(
        default, JobKind.VIDEO, "duration", ""
    )


def test_the_default_model_is_marked_and_the_cheapest_comes_first() -> None:
    """Models are in the order of their prices, and the one that is taken by default has a star."""
    choices = OFFERS.models(JobKind.VIDEO, "", ENGLISH)
    assert choices[0].name.startswith("★ ")
    assert [choice.name.startswith("★") for choice in choices].count(True) == 1
    assert values(choices) == [model.name for model in CATALOGUE.by_price(Kind.VIDEO)]
    assert "Veo 3.1 · $3.20 a video" in [choice.name for choice in choices]


def test_durations_are_offered_with_their_price() -> None:
    """A duration shows its unit and what it costs; its value is the number alone."""
    asked = asking(JobKind.VIDEO, "kling-v3")
    choice, *_ = OFFERS.values(asked, JobKind.VIDEO, "duration", "5")
    assert (choice.name, choice.value) == (
        "5 s · about $0.42–$0.84",  # noqa: RUF001, a range takes an en dash
        "5",
    )


@pytest.mark.parametrize("nsfw", [True, False])
def test_adult_values_are_offered_in_age_restricted_channels(nsfw: bool) -> None:
    """A value for adults is offered in age-restricted channels only."""
    found = [
        (kind, model.name, name, option.shown(value))
        for kind in JobKind
        for model in CATALOGUE.models(Kind(kind))
        for name, option in model.options.items()
        for value in getattr(option, "adult", ())
    ]
    assert found
    for kind, model, option, value in found:
        offered = OFFERS.values(asking(kind, model, nsfw=nsfw), kind, option, "")
        assert (value in values(offered)) is nsfw


def test_every_model_is_in_the_model_list() -> None:
    """`/models` leaves none out, and each has a price."""
    lines = OFFERS.model_lines(ENGLISH)
    assert sorted((line.kind, line.name) for line in lines) == sorted(
        (kind, model.name) for kind in JobKind for model in CATALOGUE.all_models(Kind(kind))
    )
    assert [line.kind for line in lines if line.is_default] == list(JobKind)
    assert all(line.price.startswith("$") for line in lines)


FILES = st.sets(st.sampled_from(VIDEO_FILES)).map(sorted)


@given(st.sampled_from([JobKind.VIDEO, JobKind.IMAGE]), FILES)
def test_only_what_fits_the_files_is_offered(kind: JobKind, files: list[str]) -> None:
    """Each model that is offered takes just these files; without any, one line says so."""
    slots = given_slots(asking(kind, None, *files))
    assert sum(slots.values()) == len(files)
    offered = values(OFFERS.models(kind, "", ENGLISH, slots))
    taking = [model.name for model in CATALOGUE.by_price(Kind(kind), slots)]
    assert offered == (taking or [NOT_CHOSEN])


@given(st.sampled_from([JobKind.VIDEO, JobKind.IMAGE]), FILES, st.sampled_from([*OPTIONS, "odd"]))
def test_values_are_those_of_what_takes_the_files(
    kind: JobKind, files: list[str], option: str
) -> None:
    """A value that is offered is read by the capability that the files choose."""
    slots = given_slots(asking(kind, None, *files))
    for model in [None, *(it.name for it in CATALOGUE.all_models(Kind(kind)))]:
        asked = asking(kind, model, *files)
        for choices in (OFFERS.values(asked, kind, option, ""), OFFERS.more(asked, kind, "")):
            check(choices)
            assert choices
        for value in values(OFFERS.values(asked, kind, option, "")):
            if value != NOT_CHOSEN:
                used = _capability(kind, model, slots)
                assert used.options[option].read(value) is not None


def _capability(kind: JobKind, model: str | None, slots: Slots) -> Capability:
    found = (
        CATALOGUE.default(Kind(kind), slots)
        if model is None
        else CATALOGUE.choose(Kind(kind), model, slots)
    )
    assert found is not None
    used = found.capability(slots)
    assert used is not None
    return used


@pytest.mark.parametrize(
    ("model", "files", "line"),
    [
        ("seedream-3-0-t2i", ("image",), "Seedream 3.0 doesn't take just these files"),
        ("nano-banana-2", (), "Nano Banana 2 needs a file: attach one first"),
        (None, ("last_image",), "No model takes just these files"),
    ],
)
def test_a_model_that_does_not_take_the_files_says_so(
    model: str | None, files: tuple[str, ...], line: str
) -> None:
    """The line says that it is the files, not the model's name, that does not fit."""
    asked = asking(JobKind.IMAGE, model, *files)
    (choice,) = OFFERS.values(asked, JobKind.IMAGE, "size", "")
    assert choice.name.startswith(line)
    assert OFFERS.models(JobKind.IMAGE, model or "", ENGLISH, given_slots(asked))[0].name == (
        choice.name
    )


def test_a_duration_costs_what_it_costs_with_the_files() -> None:
    """The seconds of a video that is handed in are part of the price."""
    seedance = "bytedance/seedance-2"
    without = OFFERS.values(asking(JobKind.VIDEO, seedance), JobKind.VIDEO, "duration", "5")
    beside = asking(JobKind.VIDEO, seedance, "reference_video")
    (with_video, *_) = OFFERS.values(beside, JobKind.VIDEO, "duration", "5")
    assert with_video.name != without[0].name


def test_each_option_has_its_slot() -> None:
    """The references are one slot, which takes several."""
    assert [slot_named(name) for name in VIDEO_FILES].count(Slot.REFERENCE) == 4
    assert {slot_named(name) for name in VIDEO_FILES} == set(Slot)

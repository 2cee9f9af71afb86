"""What autocomplete offers for any typed text."""

import contextlib
from unittest.mock import create_autospec

import discord
import pytest
from discord import app_commands
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue import Kind, load_catalogue
from bot.discord.interactions.access_policy import AccessPolicy
from bot.discord.interactions.autocomplete import CHOICE_LENGTH, MOST_CHOICES, Autocomplete, Choices
from bot.discord.interactions.errors import OptionsUnreadable
from bot.discord.interactions.generation_requests import GenerationRequests
from bot.discord.interactions.typed_options import read_options
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


def asking(kind: JobKind, model: str | None, *, nsfw: bool = False) -> discord.Interaction:
    """Return the interaction of a user who has chosen *model* so far."""
    options = [] if model is None else [{"name": "model", "type": 3, "value": model}]
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
    assert all(CATALOGUE.find(Kind(kind), str(choice.value)) is not None for choice in choices)


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
    for choice in choices:
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


def test_no_options_are_offered_for_an_unknown_model() -> None:
    """Where no such model is, there is nothing to offer."""
    asked = asking(JobKind.VIDEO, "no-such-model")
    assert OFFERS.more(asked, JobKind.VIDEO, "") == []
    assert OFFERS.values(asked, JobKind.VIDEO, "duration", "") == []


@pytest.mark.parametrize("nsfw", [True, False])
def test_adult_values_are_offered_in_age_restricted_channels(nsfw: bool) -> None:
    """A value for adults is offered in age-restricted channels only."""
    found = [
        (kind, model.name, name, str(value))
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
    assert [(line.kind, line.name) for line in lines] == NAMES
    assert all(line.price.startswith("$") for line in lines)

"""Whatever was typed, and however much there is to name: error texts are safe and short enough to be shown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue import (
    InvalidOption,
    Kind,
    Model,
    UnknownOption,
    load_catalogue,
)
from bot.discord.interactions.error_texts import error_text, is_foreseen
from bot.discord.interactions.errors import (
    OptionsUnreadable,
    PermissionsMissing,
)
from bot.jobs.errors import (
    UnknownModel,
)
from bot.locales.answer_texts import UNEXPECTED
from tests.unit.discord.interactions.english_texts import MOST, english, filled, refusal_of

MODELS: list[Model] = [model for kind in Kind for model in load_catalogue().models(kind)]
HOSTILE = [
    "@everyone",
    "<@11>",
    "<#33>",
    "https://evil.example",
    "[x](https://evil.example)",
    "```\n# x",
]
ANYTHING = (
    st.text(max_size=300)
    | st.sampled_from(HOSTILE)
    | st.sampled_from(HOSTILE).map(lambda it: it * 1000)
    | st.just("*" * 6000)
)
# What Discord would make a ping, a link or a block of code of.
CODE = re.compile(r"`[^`\n]+`")
UNSAFE = re.compile(r"@e|<@|<#|://|(?<!\\)\]\(|(?<!\\)```")


def is_safe(text: str) -> bool:
    """Whether Discord takes *text*, without pinging, linking or formatting what users wrote.

    In code marks Discord reads no mention and no link.
    """
    return UNSAFE.search(CODE.sub("", text)) is None and len(text) <= MOST


def test_an_option_text_that_is_too_long_is_counted() -> None:
    """The sentence counts the characters of too long a text, and does not repeat it."""
    veo = next(model for model in MODELS if model.name == "veo3")
    refused = refusal_of(veo, {"watermark": "x" * 101})
    assert refused is not None
    assert "**Veo 3.1** takes up to **100** characters as watermark; this has **101**." in english(
        refused
    )
    assert "xxx" not in english(refused)


def test_an_unforeseen_error_text_holds_no_detail() -> None:
    """Any other error is the operator's, and the requester reads no detail of it."""
    assert error_text(KeyError("secret"), "en-US", "1f2e") == filled(UNEXPECTED, id="1f2e")
    assert not is_foreseen(KeyError("secret"))


@given(ANYTHING)
def test_typed_text_in_an_error_is_harmless(typed: str) -> None:
    """Names and parts that users typed are quoted and cut."""
    for error in (
        UnknownModel(typed),
        OptionsUnreadable(typed),
        UnknownOption(option=typed, takes=("seed",), model_label="Vidu"),
        InvalidOption(option="seed", value=typed, allowed=("1-9",), model_label="Vidu"),
    ):
        assert is_safe(english(error))


@given(st.sampled_from(MODELS), ANYTHING)
def test_error_texts_of_every_model_fit(model: Model, typed: str) -> None:
    """Of no model are there so many options or values that a sentence is too long."""
    for chosen in ({typed: "x"}, *({name: typed} for name in model.options)):
        refusal = refusal_of(model, chosen)
        assert refusal is None or is_safe(english(refusal))


@pytest.mark.parametrize("names", [[], ["send_messages_in_threads"] * 12])
def test_an_error_of_many_permissions_fits(names: list[str]) -> None:
    """However many permissions are lacking, the sentence fits."""
    assert len(english(PermissionsMissing(names))) <= MOST

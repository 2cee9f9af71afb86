"""A refused command gives its prompt back, word for word."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.discord.interactions.error_texts import error_text
from bot.discord.interactions.returned_prompts import Refusal, typed_prompt, with_prompt
from tests.unit.discord.interactions.fake_interactions import in_guild
from tests.unit.discord.interactions.test_error_texts import EXAMPLES

ENGLISH = "en-US"
MOST = 2000  # characters of a message (Discord docs: Message resource)


def given_back(refusal: Refusal) -> str:
    """Return the prompt as it is read from the message."""
    if refusal.returned is not None:
        (file,) = refusal.files()
        assert file.filename == "prompt.txt"
        return bytes(file.fp.read()).decode()
    return refusal.content.partition("```\n")[2].removesuffix("\n```")


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=6000))
@example("a fox")
@example("x" * 3679)
@example("```\ncode")
@example("`")
@example("@everyone <@1> https://example.com")
@example("\n" * 1000)
def test_a_prompt_comes_back_as_it_was_typed(prompt: str) -> None:
    """Whatever it holds, it is in a block of code, where nothing fires, or in a file."""
    refusal = with_prompt("No.", prompt, ENGLISH)
    assert refusal.content.startswith("No.")
    assert len(refusal.content) <= MOST
    assert given_back(refusal) == prompt


@pytest.mark.parametrize("error", [*EXAMPLES, KeyError("x")])
@pytest.mark.parametrize("prompt", ["a fox with seventeen lanterns", "x" * 3679])
def test_every_refusal_gives_the_prompt_back(error: Exception, prompt: str) -> None:
    """Of every error there is, what was not foreseen included, the answer holds the prompt."""
    refusal = with_prompt(error_text(error, ENGLISH), prompt, ENGLISH)
    assert refusal.content.startswith(error_text(error, ENGLISH))
    assert len(refusal.content) <= MOST
    assert given_back(refusal) == prompt


@pytest.mark.parametrize(
    ("name", "option", "typed", "found"),
    [
        ("video", "prompt", "a fox", "a fox"),
        ("image", "prompt", " a fox ", " a fox "),
        ("speech", "text", "hello", "hello"),
        ("video", "prompt", "  ", None),
        ("cancel", "job", "7", None),
    ],
)
def test_the_prompt_of_a_command_is_found(
    name: str, option: str, typed: str, found: str | None
) -> None:
    """The prompt is read from what Discord sent, so that no failure of the command loses it."""
    options = [{"name": option, "type": 3, "value": typed}]
    data = {"id": "9", "type": 1, "name": name, "options": options}
    assert typed_prompt(in_guild(data=data)) == found


def test_a_button_has_no_prompt() -> None:
    """A press on a button is refused without one: its card has it."""
    pressed = in_guild(type=3, data={"custom_id": "try_again:1", "component_type": 2})
    assert typed_prompt(pressed) is None

"""Scripts by prompt: which words of a prompt decide what happens to its task."""

import random
from functools import partial

import pytest

from sandbox.demo.scripts_by_prompt import (
    ENDLESS,
    FAILING,
    FOUR,
    SLOW,
    SUGGESTIONS,
    TOO_BIG,
    UNCANCELLABLE,
    scripts_by_prompt,
)
from sandbox.modelhunter import Script
from sandbox.modelhunter.default_script import default_script
from tests.unit.sandbox.modelhunter.builders import new_task

USUAL = Script.quick(1)


def script_for(prompt: str) -> Script:
    """Return the script of a task with that prompt."""
    return scripts_by_prompt(lambda _: USUAL)(new_task(given={"prompt": prompt}))


@pytest.mark.parametrize("words", [FAILING, TOO_BIG, FOUR, SLOW, UNCANCELLABLE, ENDLESS])
@pytest.mark.parametrize("prompt", ["a fox {}", "A FOX {}!", "{} "])
def test_the_last_words_of_a_prompt_decide_its_script(words: str, prompt: str) -> None:
    """Capitals and a full stop make no difference; words in the middle do."""
    assert script_for(prompt.format(words.upper())) != USUAL
    assert script_for(f"{words} and a fox") == USUAL


def test_each_script_by_prompt_is_what_its_words_say() -> None:
    """A failure says why, four pictures are four, and a slow job runs for over a minute."""
    failure, result = script_for(f"x {FAILING}").error, script_for(f"x {FOUR}").result
    assert failure is not None
    assert "filter" in failure.message
    assert result is not None
    assert result.count == 4
    assert script_for(f"x {SLOW}").at(60).status == "running"
    assert script_for(f"x {SLOW}").at(80).status == "succeeded"
    assert not script_for(f"x {UNCANCELLABLE}").cancellable
    assert script_for(f"x {ENDLESS}").at(86_400).status == "running"


def test_every_labelled_suggestion_has_a_script_of_its_own() -> None:
    """What the page offers with a label is not the usual ending; the others are."""
    choose = scripts_by_prompt(partial(default_script, randomness=random.Random(1)))
    for suggestion in SUGGESTIONS:
        is_usual = script_for(suggestion.text) == USUAL
        assert is_usual is (suggestion.label is None)
        assert choose(new_task(given={"prompt": suggestion.text})).steps

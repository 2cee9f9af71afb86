"""Pictures: how the text of a prompt is wrapped."""

import pytest

from sandbox.modelhunter.media.picture import wrapped


@pytest.mark.parametrize("width", [330, 590])
@pytest.mark.parametrize("text", ["7 lighthouses", "a fox in portrait", "extraordinary weather"])
def test_no_word_of_a_prompt_is_broken(text: str, width: int) -> None:
    """The letters are made as small as the longest word needs."""
    _, lines = wrapped(text, width, 300)
    assert lines.split() == text.split()


def test_a_word_too_long_for_any_letter_size_is_broken() -> None:
    """A prompt of one endless word is still drawn."""
    letter, lines = wrapped("x" * 300, 300, 300)
    assert letter >= 8
    assert "".join(lines.split()) == "x" * 300


def test_an_empty_prompt_is_drawn_as_an_ellipsis() -> None:
    """No picture is without text."""
    assert wrapped(" ", 300, 300)[1] == "…"

"""How the words of a prompt are set on its picture."""

import pytest

from sandbox.modelhunter.media.picture import wrapped


@pytest.mark.parametrize("width", [330, 590])
@pytest.mark.parametrize("text", ["7 lighthouses", "a fox in portrait", "extraordinary weather"])
def test_no_word_is_broken(text: str, width: int) -> None:
    """The letters are as small as the longest word needs."""
    _, lines = wrapped(text, width, 300)
    assert lines.split() == text.split()


def test_what_no_letter_is_small_enough_for_is_broken() -> None:
    """A prompt of one endless word is still drawn."""
    letter, lines = wrapped("x" * 300, 300, 300)
    assert letter >= 8
    assert "".join(lines.split()) == "x" * 300


def test_nothing_at_all_is_drawn_as_an_ellipsis() -> None:
    """A picture has words."""
    assert wrapped(" ", 300, 300)[1] == "…"

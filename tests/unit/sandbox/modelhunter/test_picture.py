"""Pictures: how the text of a prompt is wrapped, and which fonts draw it."""

import pytest

from sandbox.modelhunter.media.lettering import lettering, wrapped
from sandbox.modelhunter.media.typefaces import is_right_to_left, runs

SCRIPTS = {
    "English": "a fox in the snow",
    "Russian": "лиса на снегу",
    "Japanese": "雪の中の狐、カタカナ",
    "Chinese": "雪中的狐狸",
    "Arabic": "ثعلب في الثلج",
    "Hebrew": "שועל בשלג",
    "Hindi": "बर्फ में लोमड़ी",
    "two scripts": "狐 in the snow, שלום",
}


@pytest.mark.parametrize("width", [330, 590])
@pytest.mark.parametrize("text", ["7 lighthouses", "a fox in portrait", "extraordinary weather"])
def test_no_word_of_a_prompt_is_broken(text: str, width: int) -> None:
    """The letters are made as small as the longest word needs."""
    _, lines = wrapped(text, width, 300)
    assert " ".join(lines).split() == text.split()


def test_a_word_too_long_for_any_letter_size_is_broken() -> None:
    """A prompt of one endless word is still drawn."""
    letter, lines = wrapped("x" * 300, 300, 300)
    assert letter >= 8
    assert "".join(lines) == "x" * 300


def test_an_empty_prompt_is_drawn_as_an_ellipsis() -> None:
    """No picture is without text."""
    assert wrapped(" ", 300, 300)[1] == ["…"]


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_every_letter_of_a_script_has_a_font(text: str) -> None:
    """A font would draw a box for a letter that it lacks."""
    assert "".join(run for _, run in runs(text)) == text


@pytest.mark.parametrize("text", ["\U000e0041", "ꙮ\U0001cff0", "\ue000"])
def test_a_character_without_a_font_is_left_out(text: str) -> None:
    """What no font draws is no box."""
    assert text[-1] not in "".join(run for _, run in runs(f"fox {text}"))


@pytest.mark.parametrize("text", [*SCRIPTS.values(), "🦊❄️👨‍👩‍👧🏳️‍🌈", "\ue000", "a" * 3000])
@pytest.mark.parametrize("size", [(640, 360), (64, 64), (64, 640)])
def test_any_prompt_can_be_drawn(text: str, size: tuple[int, int]) -> None:
    """A picture is drawn whatever the prompt and the shape are."""
    assert lettering(text, size).mask.size == size


@pytest.mark.parametrize(
    ("text", "expected"),
    [("שלום fox", True), ("12 ثعلب", True), ("fox שלום", False), ("123", False)],
)
def test_the_direction_of_a_prompt_is_its_first_letters(text: str, expected: bool) -> None:
    """Digits and signs have no direction of their own."""
    assert is_right_to_left(text) is expected

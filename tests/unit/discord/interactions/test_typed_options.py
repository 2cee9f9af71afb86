"""Options that are typed as one text."""

import contextlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.discord.interactions.errors import OptionsUnreadable
from bot.discord.interactions.typed_options import (
    join_options,
    read_options,
    split_options,
)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", {}),
        ("seed=42", {"seed": "42"}),
        ("style=anime seed=42", {"style": "anime", "seed": "42"}),
        ("style=anime, seed=42,", {"style": "anime", "seed": "42"}),
        ("SEED=42", {"seed": "42"}),
        (
            'negative_prompt="rain and snow" seed=1',
            {"negative_prompt": "rain and snow", "seed": "1"},
        ),
        (
            'negative_prompt="blurry, low quality, text", seed=1',
            {"negative_prompt": "blurry, low quality, text", "seed": "1"},
        ),
        ('negative_prompt="blurry, low', {"negative_prompt": "blurry, low"}),
        ('a="b, \\"c\\"", d=e', {"a": 'b, "c"', "d": "e"}),
        ("style=anime,seed=42", {"style": "anime", "seed": "42"}),
        ("guidance_scale=7,5", {"guidance_scale": "7,5"}),
        ("negative_prompt=blurry,low,,", {"negative_prompt": "blurry,low"}),
        ("negative_prompt=blurry, low", None),
        ("a=b=c", {"a": "b=c"}),
        ('it\'s=a "b"', None),
        ("seed=1 seed=2", {"seed": "2"}),
        ("seed", None),
        ("seed=", None),
        ("=42", None),
        ("'' \"\"", None),
    ],
)
def test_what_is_read(text: str, options: dict[str, str] | None) -> None:
    """`name=value` parts apart by blanks or commas; quotes hold words and commas together."""
    if options is None:
        with pytest.raises(OptionsUnreadable):
            read_options({}, text)
    else:
        assert read_options({}, text) == options


def test_what_was_chosen_and_what_was_typed() -> None:
    """Options of the command count when they hold something; what is typed comes after them."""
    chosen = {"seed": "1", "size": " ", "style": None}
    assert read_options(chosen, "seed=2 audio=on") == {"seed": "2", "audio": "on"}
    assert read_options(chosen, None) == {"seed": "1"}


def test_the_unreadable_part_is_told() -> None:
    """The error holds the part that can't be read, for the sentence."""
    with pytest.raises(OptionsUnreadable) as caught:
        read_options({}, "seed=1 oops style=anime")
    assert caught.value.part == "oops"


@given(
    st.dictionaries(st.text(max_size=9), st.none() | st.text(max_size=9), max_size=3),
    st.none() | st.text() | st.text(alphabet="ab= ,\"'\\\t\n#", max_size=30),
)
@example({}, '"')
@example({}, "a=\\")
@example({}, "\x00=\x00")
def test_no_text_is_too_odd(chosen: dict[str, str | None], text: str | None) -> None:
    """Any typed text is read or refused by its own error, and no value is empty."""
    with contextlib.suppress(OptionsUnreadable):
        for name, value in read_options(chosen, text).items():
            assert name in chosen or name.strip() == name != ""
            assert str(value).strip()


_PARTS = st.text(alphabet="ab=\"'\\ é#,", min_size=1, max_size=9).filter(
    lambda it: it.strip() != ""
)


@given(st.lists(_PARTS, max_size=4))
def test_parts_come_back(parts: list[str]) -> None:
    """What is joined for an offer is split into the same parts again."""
    assert split_options(join_options(parts)) == parts

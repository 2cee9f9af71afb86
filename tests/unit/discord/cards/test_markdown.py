"""Typed text is shown word for word and has no effect."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.discord.cards.markdown import (
    clip,
    clip_at_word,
    plain,
    quote_address,
    quote_code,
    quote_prompt,
)

# What Discord interprets, thrown together at random.
LIVE_PARTS = st.sampled_from(
    [
        "<@1>",
        "<@&1>",
        "<#1>",
        "@everyone",
        "@here",
        "<t:1:R>",
        "</video:1>",
        "<a:x:1>",
        "<id:home>",
        "https://x.example",
        "discord.gg/",
        "Discord.com/invite/",
        "[a](https://x.example)",
        "**",
        "||",
        "`",
        "\\",
        "# ",
        "- ",
        "1. ",
        "\n> ",
        "\u202e",
        "\u2066",
        "\u200b",
        "\x00",
        "\ud800",
        "<",
        "@",
        ":",
        "//",
    ]
)
PROMPTS = st.one_of(st.text(), st.lists(LIVE_PARTS | st.text(max_size=3)).map("".join))
LIVE = re.compile(r"<[@#:/atid]|@everyone|@here|@&|://|discord\.(gg|com)/", re.IGNORECASE)
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@given(PROMPTS, st.integers(min_value=0, max_value=400))
@example("<@1>@everyone<t:1:R></a:1>", 20)
@example("\\" * 50, 9)
def test_a_quoted_prompt_is_short_and_inert(prompt: str, limit: int) -> None:
    """No prompt is longer than the limit after escaping, pings, links, or turns text around."""
    quoted = quote_prompt(prompt, limit)

    assert len(quoted) <= limit
    assert not LIVE.search(quoted)
    assert not BIDI.search(quoted)
    assert "\n" not in quoted
    assert all(unicodedata.category(character) not in {"Cc", "Cs"} for character in quoted)


@given(PROMPTS, st.integers(min_value=1, max_value=60))
def test_no_markdown_is_left_unescaped(prompt: str, limit: int) -> None:
    """Each sign of markdown has its own backslash, also where the text was cut."""
    without_escapes = re.sub(r"\\([^\w\s]|_)", "", quote_prompt(prompt, limit))

    assert not re.search(r"[\\*_~|`\[\]]", without_escapes)


@given(PROMPTS)
def test_quoting_a_prompt_loses_no_visible_character(prompt: str) -> None:
    """Undoing the escapes brings the words back."""
    quoted = quote_prompt(prompt, 10_000).replace("\u2060", "")

    assert re.sub(r"\\([^\w\s]|_)", r"\1", quoted) == plain(prompt)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a fox in the snow", "a fox in the snow"),
        ("a *very* red_fox", "a \\*very\\* red\\_fox"),
        ("# big", "\\# big"),
        ("- one", "\\- one"),
        ("1. one", "1\\. one"),
        ("a\nfox\t in  snow ", "a fox in snow"),
        ("\u202eabc", "abc"),
        ("zaž\u0301ok 狐 🦊", "zaž\u0301ok 狐 🦊"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("", ""),
    ],
)
def test_quoted_prompts_by_example(prompt: str, expected: str) -> None:
    """Plain prompts stay as they are; only what Discord would draw is escaped."""
    assert quote_prompt(prompt, 300) == expected


@pytest.mark.parametrize("prompt", ["https://x.example", "<@1> @here", "discord.gg/x"])
def test_what_is_broken_up_stays_on_one_line(prompt: str) -> None:
    """Nothing that a line may end at is put into a link or a mention (Unicode Annex 14)."""
    assert set(quote_prompt(prompt, 99)) - set(prompt) == {"\N{WORD JOINER}"}


def test_a_cut_prompt_is_marked() -> None:
    """A prompt that was cut ends in an ellipsis, one that fits does not."""
    assert quote_prompt("abcdef", 5) == "abcd…"
    assert quote_prompt("abcde", 5) == "abcde"
    assert quote_prompt("***", 5) == "\\*\\*…"


@given(st.text(), st.integers(min_value=0, max_value=50))
def test_clipped_text_keeps_the_limit(text: str, limit: int) -> None:
    """Clipped text is within the limit, and is the text itself where that fits."""
    clipped = clip(text, limit)

    assert len(clipped) <= limit
    assert clipped == text if len(text) <= limit else clipped != text


@given(PROMPTS, st.integers(min_value=3, max_value=50))
def test_inline_code_ends_only_at_its_end(text: str, limit: int) -> None:
    """Nothing inside inline code can close it."""
    code = quote_code(text, limit)

    assert len(code) <= limit
    assert code == "" or re.fullmatch(r"`[^`\n]+`", code)


@given(st.text())
def test_a_link_address_stays_in_its_brackets(address: str) -> None:
    """No address can end the masked link that holds it."""
    assert not re.search(r"[\s<>()\[\]]", quote_address(address))


def test_a_signed_link_address_is_untouched() -> None:
    """A signature survives, for one changed character makes it invalid."""
    address = "https://cdn.example/a.mp4?signature=aB1_-%2F&expires=1"

    assert quote_address(address) == address


@given(st.text(), st.integers(min_value=1, max_value=60))
def test_a_text_cut_at_a_word_is_never_longer_than_asked(text: str, limit: int) -> None:
    """It is the beginning of the text, and within the limit."""
    cut = clip_at_word(text, limit)
    assert len(cut) <= limit
    assert cut == text or text.startswith(cut.removesuffix("…"))


def test_a_text_is_cut_between_words() -> None:
    """No word is cut, but one that is as long as a sentence."""
    assert clip_at_word("a fox in the snow", 12) == "a fox in…"
    assert clip_at_word("a fox in the snow", 13) == "a fox in the…"
    assert clip_at_word("a fox in the snow", 17) == "a fox in the snow"
    assert clip_at_word("x" * 99, 50) == "x" * 49 + "…"

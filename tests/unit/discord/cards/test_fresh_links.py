"""Fresh links are shown whole, and end when they say."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.discord.cards.fresh_links import fresh_links
from bot.locales.answer_texts import LINKS_TOO_LONG
from tests.unit.discord.cards.jobs import ENGLISH


def test_fresh_links_end_when_they_say() -> None:
    """The answer holds the address and when it ends, counted down by Discord."""
    embed = fresh_links(["https://cdn.example/a.mp4?signature=x"], 1_800_000_900.5, ENGLISH)

    assert embed.description == (
        "Your download works until <t:1800000900:t>, <t:1800000900:R>.\n"
        "[Result 1](https://cdn.example/a.mp4?signature=x)"
    )


@pytest.mark.parametrize(("count", "length"), [(1, 2000), (4, 600), (1, 3000)])
def test_long_fresh_links_are_shown(count: int, length: int) -> None:
    """Addresses that are too long for a message's text have room in its embed."""
    text = fresh_links(
        ["https://cdn.example/" + "a" * length] * count, 1_800_000_900, ENGLISH
    ).description

    assert (text or "").count("](https://") == count
    assert "can't be shown" not in (text or "")


@given(st.lists(st.text(min_size=1, max_size=900) | st.just("a" * 5000), max_size=12))
def test_fresh_links_fit_whole(addresses: list[str]) -> None:
    """An embed holds only whole addresses, and counts those that it has no room for."""
    text = fresh_links(addresses, 1_800_000_900, ENGLISH).description or ""
    links = [line for line in text.split("\n")[1:] if line.startswith("[")]

    assert len(text) <= 4096
    assert all(re.fullmatch(r"\[Result \d+\]\([^<>()\s]+\)", line) for line in links)
    missing = len(addresses) - len(links)
    assert (LINKS_TOO_LONG.english.format(count=missing) in text) is (missing > 0)

"""The price question fits into Discord's embeds and names the price."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.prices import PriceRange
from bot.discord.cards.price_question import price_question
from db.records import Job
from tests.unit.discord.cards.jobs import ANY_JOB, ENGLISH

AMOUNTS = st.decimals(min_value=0, max_value=100_000, places=6)
TITLES = {
    ("0.20", "0.40", None): "Generate this for $0.20–$0.40?",  # noqa: RUF001, a range
    ("1.20", "1.20", None): "Generate this for $1.20?",
    ("1.20", "1.20", "1.00"): "Generate this for $1.20?",
    ("0.20", "0.40", "0.25"): "This usually costs $0.25, at most $0.40. Generate it?",
    ("0.20", "0.404", "0.0612"): "This usually costs $0.0612, at most $0.41. Generate it?",
    ("0.20", "0.40", "0.40"): "Generate this for $0.20–$0.40?",  # noqa: RUF001, a range
}


@given(ANY_JOB, st.text(), AMOUNTS, AMOUNTS, st.none() | AMOUNTS)
def test_the_price_question_fits(
    job: Job, label: str, low: Decimal, more: Decimal, usual: Decimal | None
) -> None:
    """The question is within Discord's limits for any request."""
    price = PriceRange(low, low + more)
    embed = price_question(job.prompt, label, price, usual, job.options, ENGLISH)

    assert len(embed.title or "") <= 256
    assert len(embed) <= 6000


@pytest.mark.parametrize(("prices", "title"), TITLES.items(), ids=repr)
def test_the_price_question_names_the_price(
    prices: tuple[str, str, str | None], title: str
) -> None:
    """The price is in the question itself, with what it usually is where that says more."""
    low, high, usual = prices
    price = PriceRange(Decimal(low), Decimal(high))
    known = None if usual is None else Decimal(usual)
    assert price_question("a fox", "Vidu Q3", price, known, {}, ENGLISH).title == title


def test_the_price_question_repeats_the_request() -> None:
    """What the price is for is below it: prompt, options and model."""
    price = PriceRange(Decimal(1), Decimal(1))
    embed = price_question(
        "a fox", "Vidu Q3", price, None, {"resolution": "1080p", "duration": 16}, ENGLISH
    )
    assert (embed.description or "").startswith("> a fox\n`16 s · 1080p`\n\n")
    assert [field.value for field in embed.fields] == ["Vidu Q3"]
    bare = price_question("a fox", "Vidu Q3", price, None, {}, ENGLISH)
    assert (bare.description or "").startswith("> a fox\n\n")

"""The price question fits into Discord's embeds and names the price."""

from hypothesis import given
from hypothesis import strategies as st

from bot.discord.cards.price_question import price_question
from db.records import Job
from tests.unit.discord.cards.jobs import ANY_JOB, ENGLISH


@given(ANY_JOB, st.text(), st.text())
def test_the_price_question_fits(job: Job, label: str, price: str) -> None:
    """The question is within Discord's limits for any request."""
    embed = price_question(job.prompt, label, price, job.options, ENGLISH)

    assert len(embed.title or "") <= 256
    assert len(embed) <= 6000


def test_the_price_question_names_the_price() -> None:
    """The price is in the question itself, with all that it is the price of."""
    embed = price_question(
        "a fox", "Vidu Q3", "$1.20", {"resolution": "1080p", "duration": 16}, ENGLISH
    )

    assert embed.title == "Generate this for $1.20?"
    assert (embed.description or "").startswith("> a fox\n`16 s · 1080p`\n\n")
    bare = price_question("a fox", "Vidu Q3", "$1.20", {}, ENGLISH)
    assert (bare.description or "").startswith("> a fox\n\n")

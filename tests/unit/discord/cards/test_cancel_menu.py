"""The choices of `/cancel` fit into Discord's limits."""

from hypothesis import given
from hypothesis import strategies as st

from bot.discord.cards.cancel_menu import choice_name
from db.records import Job
from tests.unit.discord.cards.jobs import ANY_JOB


@given(ANY_JOB, st.text())
def test_an_autocomplete_choice_fits(job: Job, label: str) -> None:
    """An autocomplete choice has 1 to 100 characters (Discord docs: Application Commands)."""
    assert 1 <= len(choice_name(job, label)) <= 100

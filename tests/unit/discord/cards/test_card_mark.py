"""Card mark: a job's card is told from that of another bot with the same token."""

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from bot.discord.cards.card import card
from bot.discord.cards.card_buttons import ButtonAction
from bot.discord.cards.card_mark import is_own_card, marked
from bot.discord.cards.views import custom_id
from db.records import JobState
from tests.unit.jobs.builders import a_job

COLOURS = st.integers(0, 0xFFFFFF)
MARKS = st.integers(1, 511)
JOB = 1_234


@given(colour=COLOURS, mark=MARKS)
def test_a_mark_is_not_seen(colour: int, mark: int) -> None:
    """No part of a colour changes by more than 7 of 255, and a job without a mark changes nothing."""
    for shift in (0, 8, 16):
        before, after = (value >> shift & 0xFF for value in (colour, marked(colour, mark)))
        assert abs(before - after) <= 7
    assert marked(colour, 0) == colour


@given(colour=COLOURS, other=COLOURS, mark=MARKS, wrong=MARKS)
def test_a_mark_is_found_in_any_colour(colour: int, other: int, mark: int, wrong: int) -> None:
    """A card is known by its mark, whatever colour this version would give it, and by no other."""
    assert is_own_card(marked(colour, mark), [], job_id=JOB, mark=mark)
    assert is_own_card(marked(other, mark), [], job_id=JOB, mark=wrong) is (mark == wrong)
    assert not is_own_card(None, [], job_id=JOB, mark=mark)


@given(mark=st.integers(0, 511), about=st.sampled_from([JOB, JOB + 1]))
def test_buttons_for_something_else_are_no_card_of_the_job(mark: int, about: int) -> None:
    """A question about a price is no card, whatever its number, nor is a list or another's card."""
    colour = marked(0x808080, mark)
    for action in ButtonAction:
        found = is_own_card(colour, [custom_id(action, about)], job_id=JOB, mark=mark)
        is_question = action in {ButtonAction.GENERATE, ButtonAction.NO_THANKS}
        assert found is (about == JOB and not is_question)
    assert not is_own_card(colour, ["link"], job_id=JOB, mark=mark)


@given(mark=MARKS, state=st.sampled_from(JobState))
def test_every_card_of_a_job_has_its_mark(mark: int, state: JobState) -> None:
    """A card is the job's own in every state."""
    job = dataclasses.replace(a_job(state), card_mark=mark)
    drawn = card(job, "Vidu")
    assert drawn.embed.colour is not None
    ids = [custom_id(button.action, button.job_id) for button in drawn.buttons]
    assert is_own_card(drawn.embed.colour.value, ids, job_id=job.id, mark=mark)

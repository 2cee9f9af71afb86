"""Notes on a card explain what its state alone does not show."""

import pytest

from bot.discord.cards.card import card
from bot.discord.cards.card_buttons import ButtonAction
from bot.discord.cards.card_status import status_of
from bot.locales.card_texts import (
    AFTER_CAUSE,
    BRIEF_NOTE,
    CANCEL_REFUSED,
    CANCEL_TOO_LATE,
    FETCH_LINK,
    FETCH_PROBLEMS,
    FITTED,
    REFUSED_UNEXPLAINED,
    SENT_AS_REPLY,
    SENT_BY_DM,
    STATES,
    STATUSES,
)
from db.records import CardKind, FetchProblem, JobState, Reason
from tests.unit.discord.cards.drawn_cards import LABEL, actions, draw, running, text_of
from tests.unit.discord.cards.jobs import ENGLISH, SENT_AT, make_job


@pytest.mark.parametrize(("message", "said"), [("size is odd", True), ("", False), (None, False)])
def test_a_refused_card_points_only_at_an_existing_message(message: str | None, said: bool) -> None:
    """A refusal refers to the API's message only where there is one."""
    drawn = draw(state=JobState.REFUSED, reason=Reason.API, error_message=message)

    assert (AFTER_CAUSE[JobState.REFUSED].english in text_of(drawn)) is said
    assert (REFUSED_UNEXPLAINED.english in text_of(drawn)) is not said


def test_a_token_only_card_says_where_the_result_goes() -> None:
    """A card that can't be edited for ever says so from the start, and not after the end."""
    live = draw(card_kind=CardKind.TOKEN_ONLY)
    ended = draw(card_kind=CardKind.TOKEN_ONLY, state=JobState.DELIVERED)

    assert BRIEF_NOTE.english in text_of(live)
    assert BRIEF_NOTE.english not in text_of(ended)


def test_a_result_that_was_too_big_says_so() -> None:
    """A card without its files says whether their size was the reason."""
    too_big = text_of(draw(state=JobState.LINKED, reason=Reason.TOO_BIG))
    assert "too big for Discord" in too_big
    assert "**Download**" in too_big
    assert "too big" not in text_of(draw(state=JobState.LINKED))


@pytest.mark.parametrize("state", [JobState.DELIVERING, JobState.DELIVERED, JobState.LINKED])
def test_a_cancel_that_came_too_late_is_admitted(state: JobState) -> None:
    """A result that arrives after a cancel comes with its explanation."""
    assert CANCEL_TOO_LATE.english in text_of(draw(state=state, cancel_wanted_by=11))
    assert CANCEL_TOO_LATE.english not in text_of(draw(state=state))


def test_a_refused_cancel_is_admitted() -> None:
    """When the API can't cancel any more, the card says that the job goes on."""
    job = running(cancel_wanted_by=11, cancel_refused=True)

    assert CANCEL_REFUSED.english in text_of(card(job, LABEL))
    assert status_of(job, ENGLISH).text == STATUSES["running"].text.english


def test_a_card_points_to_the_direct_message() -> None:
    """A result that was sent by direct message is not said to be attached."""
    assert SENT_BY_DM.english in text_of(draw(state=JobState.DELIVERED, dm_begun_at=1.0))


def test_a_card_points_to_the_reply() -> None:
    """A result in a message of its own is not said to be attached, and a direct message goes first."""
    replied = {"state": JobState.DELIVERED, "reply_begun_at": 5.0}
    assert SENT_AS_REPLY.english in text_of(draw(**replied))
    assert SENT_BY_DM.english in text_of(draw(**replied, dm_begun_at=1.0))


@pytest.mark.parametrize(
    ("changes", "note", "is_linked"),
    [
        ({"left_out": 1}, "I couldn't show 1 of 4 files here.", True),
        ({"left_out": 2, "fitted": True}, "I couldn't show 2 of 4 files", True),
        ({"left_out": 1, "reason": Reason.BAD_RESULT}, "not everything may be shown", False),
        (
            {"left_out": 1, "fitted": True, "reason": Reason.BAD_RESULT},
            "not everything may be shown",
            False,
        ),
        ({"fitted": True}, FITTED.english, True),
        ({}, "", True),
    ],
)
def test_a_card_counts_the_files_left_out(
    changes: dict[str, object], note: str, is_linked: bool
) -> None:
    """The card says how many files are missing, and links to them only if all may be opened."""
    drawn = card(make_job(state=JobState.DELIVERED, result_count=4, **changes), LABEL)

    assert note in str(drawn.embed.description)
    assert ("of 4 files" in str(drawn.embed.description)) == ("left_out" in changes)
    assert (ButtonAction.DOWNLOAD in actions(drawn)) is is_linked


@pytest.mark.parametrize("problem", FetchProblem)
@pytest.mark.parametrize("private", [True, False])
def test_a_card_says_why_a_result_is_not_there_yet(problem: FetchProblem, private: bool) -> None:
    """The card says what is wrong and until when it is tried, and links to what may be opened."""
    job = make_job(
        state=JobState.DELIVERING, fetch_problem=problem, fetch_until=SENT_AT, private=private
    )
    may_be_opened = problem not in {
        FetchProblem.NO_MEDIUM,
        FetchProblem.CLOSED_ADDRESS,
        FetchProblem.NO_ADDRESS,
    }

    drawn = card(job, LABEL)

    assert FETCH_PROBLEMS[problem].english in text_of(drawn)
    assert f"until <t:{int(SENT_AT)}:t>" in text_of(drawn)
    assert STATES[JobState.DELIVERING].text.english not in text_of(drawn)
    assert (FETCH_LINK.english in text_of(drawn)) is may_be_opened
    assert actions(drawn) == ([ButtonAction.DOWNLOAD] if may_be_opened else [])


def test_a_card_without_an_end_of_the_trouble_names_none() -> None:
    """Where no time ends the tries, none is said."""
    drawn = draw(state=JobState.DELIVERING, fetch_problem=FetchProblem.NO_ADDRESS)
    assert "until" not in text_of(drawn)

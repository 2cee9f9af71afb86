"""A card's buttons offer what can be done with its job, and nothing else."""

import discord
import pytest

from bot.discord.cards.card import card
from bot.discord.cards.card_buttons import ButtonAction
from bot.discord.cards.views import to_view
from bot.locales.button_texts import BUTTON_TRIED_AGAIN, BUTTON_TRY_AGAIN_ANYWAY
from bot.locales.card_texts import (
    REACT_TO_CANCEL,
)
from db.records import CancelControl, JobState, Reason
from tests.unit.discord.cards.drawn_cards import LABEL, actions, draw, running, text_of
from tests.unit.discord.cards.jobs import make_job

WITH_RESULT = [
    ButtonAction.AGAIN,
    ButtonAction.EDIT,
    ButtonAction.USE_PROMPT,
    ButtonAction.DOWNLOAD,
    ButtonAction.DELETE,
]
TO_BE_FETCHED = [ButtonAction.DOWNLOAD, *WITH_RESULT[:3], ButtonAction.DELETE]
WITHOUT_RESULT = [ButtonAction.TRY_AGAIN, ButtonAction.EDIT_AND_RETRY, ButtonAction.DELETE]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (JobState.ACCEPTED, [ButtonAction.CANCEL]),
        (JobState.SUBMITTING, [ButtonAction.CANCEL]),
        (JobState.FOLLOWING, [ButtonAction.CANCEL]),
        (JobState.DELIVERING, []),
        (JobState.UNCERTAIN, [ButtonAction.TRY_AGAIN, ButtonAction.CANCEL]),
        (JobState.DELIVERED, WITH_RESULT),
        (JobState.LINKED, TO_BE_FETCHED),
        (JobState.FAILED, WITHOUT_RESULT),
        (JobState.REFUSED, WITHOUT_RESULT),
        (JobState.CANCELLED, WITHOUT_RESULT),
        (JobState.LOST, WITHOUT_RESULT),
    ],
)
def test_the_buttons_of_each_state(state: JobState, expected: list[ButtonAction]) -> None:
    """Each state has the buttons that mean something in it."""
    drawn = draw(state=state)

    assert actions(drawn) == expected
    assert {button.job_id for button in drawn.buttons} <= {make_job().id}


def test_a_reaction_replaces_the_cancel_button() -> None:
    """Where users cancel by reaction, a hint replaces the button, as long as cancelling is of use."""
    hinted = draw(cancel_control=CancelControl.REACTION)
    ended = draw(cancel_control=CancelControl.REACTION, state=JobState.DELIVERED)

    assert actions(hinted) == []
    assert REACT_TO_CANCEL.english in text_of(hinted)
    assert REACT_TO_CANCEL.english not in text_of(ended)


@pytest.mark.parametrize("changes", [{"cancel_wanted_by": 11}, {"cancel_refused": True}])
def test_a_second_cancel_is_not_offered(changes: dict[str, object]) -> None:
    """A requester who has already cancelled, or whose cancel the API refused, is not offered it again."""
    assert actions(card(running(**changes), LABEL)) == []


def test_a_model_that_is_gone_is_not_tried_again() -> None:
    """No button promises what can't work."""
    drawn = draw(state=JobState.REFUSED, reason=Reason.MODEL_GONE)

    assert actions(drawn) == [ButtonAction.DELETE]


@pytest.mark.parametrize(
    ("address", "url", "is_disabled"),
    [
        ("https://discord.com/channels/1/2/3", "https://discord.com/channels/1/2/3", False),
        ("", None, True),
    ],
)
@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED, JobState.UNCERTAIN])
def test_a_used_try_again_leads_to_the_new_card(
    state: JobState, address: str, url: str | None, is_disabled: bool
) -> None:
    """Once a job was tried again, its button is a link to the new card, or can't be pressed."""
    drawn = draw(state=state, retried_as=address)
    button, *_ = to_view(drawn.buttons).children

    assert isinstance(button, discord.ui.Button)
    assert button.label == BUTTON_TRIED_AGAIN.english
    assert button.url == url
    assert button.disabled is is_disabled


def test_trying_an_uncertain_job_again_is_a_warned_choice() -> None:
    """The card warns of a second charge, and the button looks like it."""
    drawn = draw(state=JobState.UNCERTAIN)

    assert "you may pay for both" in text_of(drawn)
    assert drawn.buttons[0].label == BUTTON_TRY_AGAIN_ANYWAY.english
    assert drawn.buttons[0].style is discord.ButtonStyle.danger

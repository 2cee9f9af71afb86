"""The table of buttons is complete: every state, kind, place and result has exactly its buttons."""

import itertools

import discord
import pytest

from bot.discord.cards.card_buttons import ButtonAction
from bot.discord.cards.views import BUTTONS_IN_ROW, to_view
from db.records import CancelControl, CardKind, JobKind, JobState, Reason
from tests.unit.discord.cards.drawn_cards import actions, draw

_ACTION = ButtonAction
CANCEL, DELETE, DOWNLOAD = _ACTION.CANCEL, _ACTION.DELETE, _ACTION.DOWNLOAD
AGAIN, EDIT, USE_PROMPT = _ACTION.AGAIN, _ACTION.EDIT, _ACTION.USE_PROMPT
ANIMATE = _ACTION.ANIMATE
TRY_AGAIN, EDIT_AND_RETRY = _ACTION.TRY_AGAIN, _ACTION.EDIT_AND_RETRY
# By state: all that its cards may have, in order.
EXPECTED = {
    JobState.ACCEPTED: [CANCEL],
    JobState.SUBMITTING: [CANCEL],
    JobState.FOLLOWING: [CANCEL],
    JobState.DELIVERING: [],
    JobState.UNCERTAIN: [TRY_AGAIN, CANCEL],
    JobState.DELIVERED: [AGAIN, EDIT, ANIMATE, USE_PROMPT, DOWNLOAD, DELETE],
    JobState.LINKED: [DOWNLOAD, AGAIN, EDIT, USE_PROMPT, DELETE],
    JobState.FAILED: [TRY_AGAIN, EDIT_AND_RETRY, DELETE],
    JobState.REFUSED: [TRY_AGAIN, EDIT_AND_RETRY, DELETE],
    JobState.CANCELLED: [TRY_AGAIN, EDIT_AND_RETRY, DELETE],
    JobState.LOST: [TRY_AGAIN, EDIT_AND_RETRY, DELETE],
}
# Where the requester alone reads the card.
ALONE = frozenset({"direct messages", "private"})
PLACES: dict[str, dict[str, object]] = {
    "channel": {},
    "direct messages": {"guild_id": None},
    "user-installed": {"card_kind": CardKind.TOKEN_ONLY},
    "private": {"card_kind": CardKind.TOKEN_ONLY, "private": True},
}


@pytest.mark.parametrize(
    ("state", "kind", "place", "is_good"),
    list(itertools.product(JobState, JobKind, PLACES, [True, False])),
)
def test_the_buttons_of_every_card(
    state: JobState, kind: JobKind, place: str, is_good: bool
) -> None:
    """The buttons follow from the state, the kind, the place and whether the result may be opened."""
    drawn = draw(
        state=state,
        kind=kind,
        result_count=1,
        bad_files=0 if is_good else 1,
        cancel_control=CancelControl.BUTTON,
        **PLACES[place],
    )

    left_out = {DOWNLOAD} if not is_good else set()
    left_out |= {ANIMATE} if kind is not JobKind.IMAGE or not is_good else set()
    left_out |= {USE_PROMPT} if place in ALONE else set()
    assert actions(drawn) == [it for it in EXPECTED[state] if it not in left_out]


@pytest.mark.parametrize("state", [state for state in JobState if state.is_final])
def test_every_ended_card_can_be_deleted_and_no_other(state: JobState) -> None:
    """Deleting the card of a running job cancels it, so that Cancel is offered there instead."""
    assert DELETE in actions(draw(state=state))
    assert all(DELETE not in actions(draw(state=it)) for it in JobState if not it.is_final)


@pytest.mark.parametrize("state", JobState)
@pytest.mark.parametrize("reason", [None, *Reason])
def test_a_card_has_two_rows_of_buttons_at_most(state: JobState, reason: Reason | None) -> None:
    """A phone shows three buttons beside each other, and two rows below a result."""
    for retried_as in (None, "", "https://discord.com/channels/1/2/3"):
        view = to_view(draw(state=state, reason=reason, retried_as=retried_as).buttons)
        rows = [item.row for item in view.children if isinstance(item, discord.ui.Button)]

        assert set(rows) <= {0, 1}
        assert all(rows.count(row) <= BUTTONS_IN_ROW for row in rows)

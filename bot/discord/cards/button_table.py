"""Button table: which buttons the card of a job has. Pure.

Each action has one row, which says of which jobs it is offered; the order is that of the table.
"""

from collections.abc import Callable

import discord

from bot.discord.cards.audience import has_audience
from bot.discord.cards.card_buttons import ButtonAction, CardButton
from bot.discord.cards.finished_card import FINISHED
from bot.jobs.admission.requests import is_repeatable, is_retryable
from bot.locales.button_texts import (
    BUTTON_AGAIN,
    BUTTON_ANIMATE,
    BUTTON_CANCEL,
    BUTTON_DELETE,
    BUTTON_DOWNLOAD,
    BUTTON_EDIT,
    BUTTON_EDIT_AND_RETRY,
    BUTTON_TRIED_AGAIN,
    BUTTON_TRY_AGAIN,
    BUTTON_TRY_AGAIN_ANYWAY,
    BUTTON_USE_PROMPT,
)
from bot.locales.translate import Text, translate
from db.records import CancelControl, Job, JobKind, JobState

_CANCELLABLE = frozenset(
    {JobState.ACCEPTED, JobState.SUBMITTING, JobState.FOLLOWING, JobState.UNCERTAIN}
)
_ARROWS = "\N{ANTICLOCKWISE DOWNWARDS AND UPWARDS OPEN CIRCLE ARROWS}"


def card_buttons(job: Job) -> tuple[CardButton, ...]:
    """Return the buttons of the card of *job*, in their order."""
    return tuple(draw(job) for is_offered, draw in _TABLE if is_offered(job))


def is_cancellable(job: Job) -> bool:
    """Whether a request to cancel *job* would still be new and of use."""
    goes_on = job.state in _CANCELLABLE and not job.is_cancelling and not job.cancel_refused
    return goes_on or job.is_result_missing


def is_deletable(job: Job) -> bool:
    """Whether its card may be taken away and leave nothing undone: that of a running job cancels it."""
    return job.state.is_final


def _is_cancelled_by_button(job: Job) -> bool:
    return job.cancel_control is CancelControl.BUTTON and is_cancellable(job)


def _is_all_there_is(job: Job) -> bool:
    """Whether the result can be had by the button alone."""
    return job.has_links and job.state is not JobState.DELIVERED


def _is_beside_the_result(job: Job) -> bool:
    return job.has_links and job.state is JobState.DELIVERED


def _has_result(job: Job) -> bool:
    return job.state in FINISHED


def _shows_pictures(job: Job) -> bool:
    """Whether there are pictures on the card, or on the message beside it, to make a video of."""
    return job.kind is JobKind.IMAGE and job.state is JobState.DELIVERED and job.has_good_files


def _is_for_others(job: Job) -> bool:
    """Whether users other than the requester see the prompt, and what came of it."""
    return _has_result(job) and has_audience(job)


def _is_retryable_as_another(job: Job) -> bool:
    """Whether a changed request is of use: an uncertain one may be carried out as it is."""
    return is_retryable(job) and job.state.is_final


def _was_retried(job: Job) -> bool:
    return job.retried_as is not None


def _button(
    job: Job,
    action: ButtonAction,
    label: Text,
    emoji: str | None = None,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    address: str | None = None,
) -> CardButton:
    return CardButton(
        action=action,
        job_id=job.id,
        label=translate(label, job.locale),
        style=style,
        emoji=emoji,
        address=address,
    )


def _download(job: Job) -> CardButton:
    is_ready = job.state is JobState.LINKED
    style = discord.ButtonStyle.primary if is_ready else discord.ButtonStyle.secondary
    return _button(job, ButtonAction.DOWNLOAD, BUTTON_DOWNLOAD, "\N{INBOX TRAY}", style)


def _try_again(job: Job) -> CardButton:
    # An uncertain job may be charged twice, and the button says that this is a choice.
    is_doubtful = job.state is JobState.UNCERTAIN
    label = BUTTON_TRY_AGAIN_ANYWAY if is_doubtful else BUTTON_TRY_AGAIN
    style = discord.ButtonStyle.danger if is_doubtful else discord.ButtonStyle.secondary
    return _button(job, ButtonAction.TRY_AGAIN, label, _ARROWS, style)


def _tried_again(job: Job) -> CardButton:
    return _button(job, ButtonAction.TRY_AGAIN, BUTTON_TRIED_AGAIN, _ARROWS, address=job.retried_as)


def _again(job: Job) -> CardButton:
    return _button(job, ButtonAction.AGAIN, BUTTON_AGAIN, "\N{GAME DIE}")


def _edit(job: Job) -> CardButton:
    return _button(job, ButtonAction.EDIT, BUTTON_EDIT)


def _edit_and_retry(job: Job) -> CardButton:
    return _button(job, ButtonAction.EDIT_AND_RETRY, BUTTON_EDIT_AND_RETRY)


def _use_prompt(job: Job) -> CardButton:
    return _button(job, ButtonAction.USE_PROMPT, BUTTON_USE_PROMPT)


def _animate(job: Job) -> CardButton:
    return _button(job, ButtonAction.ANIMATE, BUTTON_ANIMATE, "\N{CLAPPER BOARD}")


def _cancel(job: Job) -> CardButton:
    return _button(job, ButtonAction.CANCEL, BUTTON_CANCEL, "\N{CROSS MARK}")


def _delete(job: Job) -> CardButton:
    return _button(job, ButtonAction.DELETE, BUTTON_DELETE)


_Row = tuple[Callable[[Job], bool], Callable[[Job], CardButton]]

# Of which jobs each button is offered, and how it is drawn. Three of them fit beside each other on a
# phone, the one that is read most slowly at the end of a row.
_TABLE: tuple[_Row, ...] = (
    (_is_all_there_is, _download),
    (is_retryable, _try_again),
    (_is_retryable_as_another, _edit_and_retry),
    (_was_retried, _tried_again),
    (is_repeatable, _again),
    (_has_result, _edit),
    (_shows_pictures, _animate),
    (_is_for_others, _use_prompt),
    (_is_beside_the_result, _download),
    (_is_cancelled_by_button, _cancel),
    (is_deletable, _delete),
)

"""Views: buttons as Discord takes them. They hold no state, so that they work after a restart. Pure."""

import enum
from collections.abc import Iterable, Sequence

import discord

from bot.discord.cards.card_buttons import ButtonAction, CardButton
from bot.locales.button_texts import (
    BUTTON_DELETE_NOW,
    BUTTON_EDIT,
    BUTTON_FORGET,
    BUTTON_FORGET_ONE,
    BUTTON_GENERATE,
    BUTTON_KEEP,
    BUTTON_KEEP_CARD,
    BUTTON_NO_THANKS,
)
from bot.locales.translate import translate

Button = discord.ui.Button[discord.ui.View]
Menu = discord.ui.Select[discord.ui.View]


class MenuAction(enum.StrEnum):
    """What choosing in a menu does; the word is part of its custom_id, so it is never changed."""

    CANCEL = "choose_cancel"
    JOBS_KIND = "jobs_kind"  # its number is that of a place in the list
    JOBS_GROUP = "jobs_group"  # the same
    MODELS_KIND = "models_kind"  # the same
    USAGE_VIEW = "usage_view"  # its number is that of a place in the usage
    USAGE_PERIOD = "usage_period"  # the same
    MEDIUM = "choose_medium"  # its number says for what


def custom_id(action: ButtonAction | MenuAction, about: int) -> str:
    """Return what Discord sends back from a button or menu: what to do, and about what."""
    return f"{action}:{about}"


# As many as a phone shows beside each other.
BUTTONS_IN_ROW = 3


def to_view(buttons: Sequence[CardButton]) -> discord.ui.View:
    """Return *buttons* as Discord takes them; an empty view takes buttons away."""
    rows = [card_button(button) for button in buttons]
    for number, button in enumerate(rows):
        button.row = number // BUTTONS_IN_ROW
    return stateless(rows)


def delete_view(job_id: int, locale: str) -> discord.ui.View:
    """Return the buttons of the question whether the card of a job is to be deleted."""
    return stateless(
        [
            discord.ui.Button(
                label=translate(BUTTON_DELETE_NOW, locale),
                style=discord.ButtonStyle.danger,
                custom_id=custom_id(ButtonAction.DELETE_NOW, job_id),
            ),
            discord.ui.Button(
                label=translate(BUTTON_KEEP_CARD, locale),
                style=discord.ButtonStyle.secondary,
                custom_id=custom_id(ButtonAction.KEEP_CARD, job_id),
            ),
        ]
    )


def price_question_view(draft_id: int, locale: str) -> discord.ui.View:
    """Return the buttons of the question about a price."""
    return stateless(
        [
            discord.ui.Button(
                label=translate(BUTTON_GENERATE, locale),
                style=discord.ButtonStyle.success,
                custom_id=custom_id(ButtonAction.GENERATE, draft_id),
            ),
            discord.ui.Button(
                label=translate(BUTTON_NO_THANKS, locale),
                style=discord.ButtonStyle.secondary,
                custom_id=custom_id(ButtonAction.NO_THANKS, draft_id),
            ),
        ]
    )


def forget_view(user_id: int, count: int, locale: str) -> discord.ui.View:
    """Return the buttons of the question whether *count* jobs are to be deleted."""
    delete = (
        translate(BUTTON_FORGET_ONE, locale)
        if count == 1
        else translate(BUTTON_FORGET, locale, count=count)
    )
    return stateless(
        [
            discord.ui.Button(
                label=delete,
                style=discord.ButtonStyle.danger,
                custom_id=custom_id(ButtonAction.FORGET, user_id),
            ),
            discord.ui.Button(
                label=translate(BUTTON_KEEP, locale),
                style=discord.ButtonStyle.secondary,
                custom_id=custom_id(ButtonAction.KEEP, user_id),
            ),
        ]
    )


def form_button_view(draft_id: int, locale: str) -> discord.ui.View:
    """Return the button that opens a form again as it was sent."""
    return stateless(
        [
            discord.ui.Button(
                label=translate(BUTTON_EDIT, locale),
                style=discord.ButtonStyle.primary,
                emoji="\N{PENCIL}",
                custom_id=custom_id(ButtonAction.EDIT_FORM, draft_id),
            )
        ]
    )


def card_button(button: CardButton) -> Button:
    """Return a button as Discord takes it."""
    if button.address:
        return discord.ui.Button(label=button.label, emoji=button.emoji, url=button.address)
    return discord.ui.Button(
        label=button.label,
        style=button.style,
        emoji=button.emoji,
        custom_id=custom_id(button.action, button.job_id),
        disabled=button.address is not None,
    )


def stateless(items: Iterable[Button | Menu]) -> discord.ui.View:
    """Return a view of *items* that holds no state."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    # discord.py keeps every view it sends until it has finished; ours are found by their custom_id.
    view.stop()
    return view

"""Views: buttons as Discord takes them. They hold no state, so that they work after a restart. Pure."""

from collections.abc import Iterable, Sequence

import discord

from bot.discord.cards.card_buttons import ButtonAction, CardButton
from bot.discord.cards.lists import JobList, PageButton
from bot.locales.button_texts import BUTTON_GENERATE, BUTTON_NO_THANKS
from bot.locales.translate import translate

Button = discord.ui.Button[discord.ui.View]

# The last of five rows of five buttons (Discord docs: Component Reference).
_PAGES_ROW = 4


def custom_id(action: ButtonAction, about: int) -> str:
    """Return what Discord sends back when the button is pressed: what to do, and about what."""
    return f"{action}:{about}"


def to_view(buttons: Sequence[CardButton]) -> discord.ui.View:
    """Return *buttons* as Discord takes them; an empty view takes buttons away."""
    return _stateless(map(_card_button, buttons))


def job_list_view(drawn: JobList) -> discord.ui.View:
    """Return the buttons of a list of jobs; those that turn its pages have a row of their own."""
    return _stateless([*map(_card_button, drawn.buttons), *map(_page_button, drawn.pages)])


def price_confirmation_view(draft_id: int, locale: str) -> discord.ui.View:
    """Return the buttons of the question about a price."""
    return _stateless(
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


def _page_button(page: PageButton) -> Button:
    return discord.ui.Button(
        label=page.label, row=_PAGES_ROW, custom_id=custom_id(ButtonAction.JOBS, page.start)
    )


def _card_button(button: CardButton) -> Button:
    return discord.ui.Button(
        label=button.label,
        style=button.style,
        emoji=button.emoji,
        custom_id=custom_id(button.action, button.job_id),
    )


def _stateless(buttons: Iterable[Button]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for button in buttons:
        view.add_item(button)
    # discord.py keeps every view it sends until it has finished; ours are found by their custom_id.
    view.stop()
    return view

"""List layout: lists within the limits of Components V2. Pure.

A message of components has at most 40, nested ones included, and 4,000 characters over all its text
displays (Discord docs: Component Reference, Text Display; Using Message Components). A page has room
for ten rows of three components, two menus, a heading and two buttons.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any, Protocol, Self

import discord

from bot.discord.cards.card_buttons import ButtonAction, CardButton
from bot.discord.cards.card_status import Colour
from bot.discord.cards.markdown import clip
from bot.discord.cards.views import MenuAction, card_button, custom_id
from bot.locales.button_texts import BUTTON_NEWER, BUTTON_OLDER
from bot.locales.translate import Text, translate

MOST_COMPONENTS = 40
MOST_CHARACTERS = 4000
MOST_ROWS = 10
# Characters of one row, however it is filled; what is left is for the heading.
LONGEST_ROW = 360
LONGEST_HEADING = MOST_CHARACTERS - MOST_ROWS * LONGEST_ROW
_LONGEST_LABEL = 100

Layout = discord.ui.LayoutView
ANY = "all"


class Place(Protocol):
    """Where in a list a page is: what its buttons and menus carry as one number."""

    @property
    def page(self) -> int:
        """The page, counted from 0."""

    @property
    def number(self) -> int:
        """The place as a number."""

    def at(self, page: int) -> Self:
        """Return another page of the same."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """A row of a list, and the button beside it."""

    text: str
    button: CardButton | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ListMenu:
    """A filter: its values with their labels, and the one that is chosen."""

    action: MenuAction
    choices: Sequence[tuple[str, str]]
    chosen: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """What one page of a list shows."""

    heading: str
    rows: Sequence[ListRow]
    place: Place
    pages: int
    turn: ButtonAction
    menus: Sequence[ListMenu] = ()
    buttons: Sequence[CardButton] = ()  # beside those that turn the page: two at most
    older: tuple[Text, Text] = (BUTTON_NEWER, BUTTON_OLDER)


def page_count(rows: int) -> int:
    """Return how many pages so many rows fill; an empty list has one."""
    return max(1, -(-rows // MOST_ROWS))


def list_layout(page: ListPage, locale: str) -> Layout:
    """Return *page* as Discord takes it. It holds no state."""
    items: list[discord.ui.Item[Any]] = [
        discord.ui.TextDisplay(clip(page.heading, LONGEST_HEADING)),
        *(_menu(menu, page.place) for menu in page.menus),
        *map(_row, page.rows[:MOST_ROWS]),
    ]
    if buttons := _page_buttons(page, locale):
        items.append(discord.ui.ActionRow(*buttons))
    layout = discord.ui.LayoutView(timeout=None)
    layout.add_item(discord.ui.Container(*items, accent_colour=int(Colour.BLURPLE)))
    # discord.py keeps every view it sends until it has finished; ours are found by their custom_id.
    layout.stop()
    return layout


def _row(row: ListRow) -> discord.ui.Item[Any]:
    text: discord.ui.TextDisplay[Any] = discord.ui.TextDisplay(clip(row.text, LONGEST_ROW) or "…")
    if row.button is None:
        return text
    return discord.ui.Section(text, accessory=card_button(row.button))


def _menu(menu: ListMenu, place: Place) -> discord.ui.ActionRow[Any]:
    select: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=custom_id(menu.action, place.at(0).number),
        options=[
            discord.SelectOption(
                label=clip(label, _LONGEST_LABEL), value=value, default=value == menu.chosen
            )
            for value, label in menu.choices
        ],
    )
    return discord.ui.ActionRow(select)


def _page_buttons(page: ListPage, locale: str) -> list[discord.ui.Button[Any]]:
    before, after = page.older
    number = page.place.page
    turns = [(before, number - 1)] if number else []
    turns += [(after, number + 1)] if number + 1 < page.pages else []
    turning: list[discord.ui.Button[Any]] = [
        discord.ui.Button(
            label=translate(label, locale),
            custom_id=custom_id(page.turn, page.place.at(turned).number),
        )
        for label, turned in turns
    ]
    return [*turning, *map(card_button, page.buttons)]

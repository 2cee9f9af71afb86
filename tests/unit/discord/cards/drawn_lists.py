"""What is read on a list, and what Discord limits of it."""

from typing import Any

import discord
from simcord.components import walk_components

from bot.discord.cards.list_layout import MOST_CHARACTERS, MOST_COMPONENTS

Components = list[dict[str, Any]]
CONTAINER, ROW, SECTION, TEXT, MENU, BUTTON = 17, 1, 9, 10, 3, 2


def components(layout: discord.ui.LayoutView) -> Components:
    """Return every component, those that are nested too, in the order in which they are read."""
    return list(walk_components(layout.to_components()))  # type: ignore[no-untyped-call]


def of_type(kind: int, layout: discord.ui.LayoutView) -> Components:
    """Return the components of one type."""
    return [component for component in components(layout) if component["type"] == kind]


def texts(layout: discord.ui.LayoutView) -> list[str]:
    """Return the text displays: the heading, then a row each."""
    return [str(it["content"]) for it in of_type(TEXT, layout)]


def labels(layout: discord.ui.LayoutView) -> list[str]:
    """Return the labels of the buttons."""
    return [str(it["label"]) for it in of_type(BUTTON, layout)]


def custom_ids(layout: discord.ui.LayoutView) -> list[str]:
    """Return the custom_ids of buttons and menus."""
    every = components(layout)
    return [str(it["custom_id"]) for it in every if it.get("custom_id")]


def check_limits(layout: discord.ui.LayoutView) -> None:
    """Check all that Discord counts (Discord docs: Component Reference)."""
    every = components(layout)
    assert len(every) <= MOST_COMPONENTS
    contents = texts(layout)
    assert all(contents)
    assert sum(map(len, contents)) <= MOST_CHARACTERS
    for row in of_type(ROW, layout):
        assert 1 <= len(row["components"]) <= 5
    for menu in of_type(MENU, layout):
        assert 1 <= len(menu["options"]) <= 25
        assert all(0 < len(it["label"]) <= 100 for it in menu["options"])
        assert sum(bool(it.get("default")) for it in menu["options"]) == 1
    for button in of_type(BUTTON, layout):
        assert 0 < len(button["label"]) <= 80
    assert all(len(it) <= 100 for it in custom_ids(layout))

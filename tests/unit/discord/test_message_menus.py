"""Menus of messages are commands like the others to Discord, and their files are found wherever they are."""

from unittest.mock import create_autospec

import discord
import pytest
from discord import app_commands

from bot.catalogue import Medium
from bot.discord.cards.media_choice import ShownMedium, chosen_medium, media_choice
from bot.discord.command_comparison import is_same
from bot.discord.command_tree import BotCommandTree
from bot.discord.interactions.media_menus import USES, MediaMenus, MediaUse
from bot.discord.interactions.message_media import FoundMedium, media_of
from bot.locales import menu_texts
from bot.locales.translate import Text
from cogs.menus import message_menus
from tests.unit.discord.cards.jobs import ENGLISH
from tests.unit.discord.interactions.fake_interactions import CHANNEL, ID, a_client

NAMES = [text for name, text in vars(menu_texts).items() if name.startswith("MENU_")]
PICTURE = {
    "id": "1",
    "filename": "fox.png",
    "size": 9,
    "url": "https://cdn.example/1/fox.png?ex=1",
    "proxy_url": "https://media.example/1/fox.png",
    "content_type": "image/png",
    "width": 4,
    "height": 3,
}


def payloads() -> list[dict[str, object]]:
    """Return the menus as they are sent to Discord."""
    tree = BotCommandTree(a_client())
    return [menu.to_dict(tree) for menu in message_menus(create_autospec(MediaMenus))]


def test_menus_are_allowed_everywhere_and_stay_as_they_are() -> None:
    """Discord gives them back with an id and an empty description, which is no difference."""
    sent = payloads()
    assert [menu["name"] for menu in sent] == [text.english for text in NAMES]
    assert {menu["type"] for menu in sent} == {3}
    for menu in sent:
        assert (menu["contexts"], menu["integration_types"]) == ([0, 1, 2], [0, 1])
    found = [{**menu, "id": "7", "version": "1", "description": ""} for menu in sent]
    assert is_same(sent, found, is_global=True)
    assert not is_same(sent, found[:-1], is_global=True)


@pytest.mark.parametrize("text", NAMES)
def test_a_name_is_one_that_discord_takes(text: Text) -> None:
    """At most 32 characters; spaces and capitals are allowed."""
    assert app_commands.commands.validate_context_menu_name(text.english)


def found_in(**message: object) -> list[FoundMedium]:
    """Return what is found in such a message for the widest use."""
    author = {"id": "11", "username": "ada", "discriminator": "0", "avatar": None}
    whole = {
        "id": str(ID),
        "channel_id": str(CHANNEL),
        "type": 0,
        "content": "",
        "author": author,
        "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "pinned": False,
        "embeds": [],
        "attachments": [],
        **message,
    }
    client = a_client()
    channel = client.get_partial_messageable(CHANNEL)
    target = discord.Message(state=client._connection, channel=channel, data=whole)  # type: ignore[arg-type]
    return media_of(target, USES[MediaUse.REFERENCE][1])


def test_files_embeds_and_forwards_are_found_once() -> None:
    """The same file in several places is one; what is no medium is none."""
    embed = {
        "type": "rich",
        "image": {"url": "https://site.example/owl", "proxy_url": "https://images.example/owl"},
    }
    same = {"type": "image", "thumbnail": {"url": PICTURE["url"], "proxy_url": PICTURE["url"]}}
    unnamed = {
        **PICTURE,
        "id": "2",
        "content_type": None,
        "filename": "a.mp3",
        "url": "https://cdn.example/2/a.mp3",
    }
    text = {
        **PICTURE,
        "id": "3",
        "content_type": "text/plain",
        "filename": "a.txt",
        "url": "https://cdn.example/3",
    }
    when = "2026-01-01T00:00:00+00:00"
    forwarded = {
        "type": 0,
        "content": "",
        "timestamp": when,
        "edited_timestamp": None,
        "attachments": [PICTURE],
        "embeds": [],
    }
    found = found_in(attachments=[PICTURE, unnamed, text], embeds=[embed, same])
    assert sorted((it.name, it.medium) for it in found) == [
        ("a.mp3", Medium.AUDIO),
        ("fox.png", Medium.IMAGE),
        ("owl", Medium.IMAGE),
    ]
    assert found_in(message_snapshots=[{"message": forwarded}]) == found_in(attachments=[PICTURE])
    assert found_in(embeds=[{"type": "rich", "image": {"url": "attachment://x.png"}}]) == []


@pytest.mark.parametrize("name", ["", "x" * 400, "1. a: b", "\u202e", "`*_"])
def test_a_choice_is_the_file_that_was_shown(name: str) -> None:
    """Every file of the menu is found again by what its message holds alone."""
    source = "https://cdn.example/1?ex=1"
    media = [ShownMedium(medium=medium, name=name, source=f"{source}{medium}") for medium in Medium]
    embeds, view = media_choice(media, 0, ENGLISH)
    (menu,) = view.to_components()[0]["components"]
    assert all(1 <= len(option["label"]) <= 100 for option in menu["options"])

    class Shown:
        """The message that holds the menu."""

    message = Shown()
    message.embeds = embeds  # type: ignore[attr-defined]
    for option, shown in zip(menu["options"], media, strict=True):
        found = chosen_medium(message, [option["value"]])  # type: ignore[arg-type]
        assert found is not None
        assert (found.medium, found.source) == (shown.medium, shown.source)
    for forged in ("", "0:image", "4:image", "-1:image", "1:film", "x", "1"):
        assert chosen_medium(message, [forged]) is None  # type: ignore[arg-type]

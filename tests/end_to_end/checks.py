"""Rules that every card must keep, after anything that happens to its job."""

import io
import itertools
import re
from collections.abc import Mapping
from typing import Any

import av
from PIL import Image

from bot.locales.answer_texts import PROMPT_BACK
from bot.locales.translate import Text
from sandbox.demo.card_titles import card_title
from sandbox.discord import SeenMessage
from tests.end_to_end.world import World, fetch

_VISIBLE = ("content", "embeds", "attachments", "components")


def titles(world: World, card: SeenMessage) -> list[str]:
    """Return the words of the card's titles over time, each change once."""
    said: list[str] = []
    for looks in _looks(world, card):
        title = card_title(looks["embeds"]).partition(" ")[2]
        if not said or said[-1] != title:
            said.append(title)
    return said


def assert_edited_only_with_news(world: World, card: SeenMessage, *, but: int = 0) -> None:
    """Check that each version of the card, *but* so many, differs from the one before it."""
    repeated = [a for a, b in itertools.pairwise(_looks(world, card)) if a == b]
    assert len(repeated) <= but, repeated


def assert_only_card(world: World, card: SeenMessage) -> None:
    """Check that the card is the one message that the bot has in the channel."""
    assert [message.id for message in world.messages()] == [card.id]


async def assert_playable(card: SeenMessage) -> None:
    """Check that every file on the card opens in a player of its kind."""
    assert card.attachments
    for attachment in card.attachments:
        content = await fetch(str(attachment["url"]))
        if str(attachment["content_type"]).startswith("image/"):
            Image.open(io.BytesIO(content)).load()
        else:
            with av.open(io.BytesIO(content), mode="r") as media:
                assert next(media.decode(media.streams[0])) is not None


def _looks(world: World, card: SeenMessage) -> list[Mapping[str, Any]]:
    return [
        {part: version.message[part] for part in _VISIBLE}
        for version in world.discord.history(card.id)
        if version.message is not None
    ]


def says(content: str, text: Text, **values: str | int) -> bool:
    """Whether an answer is *text* with these values, and perhaps the prompt given back after it.

    A placeholder without a value, or a mention of a command, may hold anything.
    """
    sentence, _, _ = content.partition(f"\n{PROMPT_BACK.english}")
    given = {f"{{{name}}}": re.escape(str(value)) for name, value in values.items()}
    parts = re.split(r"(\{[^}]*\})", text.english)
    pattern = "".join(
        given.get(part, ".+") if part.startswith("{") else re.escape(part) for part in parts
    )
    return re.fullmatch(pattern, sentence, re.DOTALL) is not None

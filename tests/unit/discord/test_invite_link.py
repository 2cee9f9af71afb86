"""The bot's own link asks for what the page about permissions explains."""

import re
from pathlib import Path

from bot.discord.invite_link import invite_link
from bot.monitoring.masking import mask

PAGE = (Path(__file__).parents[3] / "docs/permissions.md").read_text(encoding="utf-8")


def test_the_invite_link_is_the_one_that_is_explained() -> None:
    """Permissions and scopes are those of the page about permissions."""
    link = invite_link(5).replace("=5&", "=YOUR_APPLICATION_ID&")
    assert link in re.findall(r"https://\S+", PAGE)


def test_the_invite_link_can_be_logged() -> None:
    """It holds no secret, and is not masked as other addresses' queries are."""
    assert mask(f"invite link: {invite_link(123456789012345678)}").endswith(
        invite_link(123456789012345678)
    )
    assert "hidden" not in mask("https://discord.com/oauth2/authorizes?x=hidden")

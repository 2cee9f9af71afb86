"""Scrolling: what stays in view while messages appear in the channel."""

import io

from PIL import Image
from playwright.async_api import Page, expect

from sandbox.discord import Person, SandboxDiscord

FROM_END = """() => {
    const scroller = document.getElementById("scroller");
    return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
}"""
GROW = """() => {
    const scroller = document.getElementById("scroller");
    for (const height of ["200px", "400px"]) {
        const block = document.createElement("li");
        block.style.height = height;
        document.getElementById("messages").append(block);
        if (height === "200px") scroller.scrollTop = scroller.scrollHeight;
    }
}"""


async def fill(page: Page, discord: SandboxDiscord, robin: Person) -> None:
    """Write more than fits onto a screen, and wait until it is shown."""
    for number in range(40):
        await robin.say(discord.channel, f"line {number}")
    await expect(page.get_by_text("line 39")).to_be_in_viewport()


def show_picture(discord: SandboxDiscord) -> None:
    """Let the bot post a picture of the largest height that Discord shows."""
    file = io.BytesIO()
    Image.effect_noise((640, 640), 50).save(file, "PNG")
    attachment = discord.model.attachments.store_attachment(
        1, discord.channel, "picture.png", file.getvalue(), None
    )
    discord.model.create_message(discord.channel, discord.bot_id, attachments=[attachment])
    discord.changes.announce()


async def is_at_end(page: Page) -> None:
    """Wait until the end is in view."""
    await page.wait_for_function(f"({FROM_END})() < 2", timeout=5000)


async def scroll_up(page: Page) -> None:
    """Scroll to the top."""
    await page.evaluate("document.getElementById('scroller').scrollTop = 0")
    await page.wait_for_function("!state.isAtEnd")


async def test_a_channel_at_its_end_stays_there(
    channel: Page, discord: SandboxDiscord, robin: Person
) -> None:
    """Content that grows while the page scrolls to the end is in view, and what comes later too."""
    await fill(channel, discord, robin)
    # The browser reports the scrolling after the first change only when the second has happened,
    # as when a picture loads at that moment.
    await channel.evaluate(GROW)
    await is_at_end(channel)
    await robin.say(discord.channel, "after all")
    await expect(channel.get_by_text("after all")).to_be_in_viewport()


async def test_a_picture_has_its_space_before_it_is_loaded(
    channel: Page, discord: SandboxDiscord
) -> None:
    """Nothing moves when it loads, because Discord announces its size."""
    await channel.route("**/attachments/**", lambda route: route.abort())
    show_picture(discord)
    box = await channel.locator(".picture").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (350, 350)


async def test_a_users_own_command_scrolls_to_the_end(
    channel: Page, discord: SandboxDiscord, robin: Person
) -> None:
    """A user who had scrolled up sees the answer."""
    await fill(channel, discord, robin)
    await scroll_up(channel)
    await channel.fill("#plain", "/secret ")
    await channel.locator(".send").click()
    await expect(channel.locator(".message.ephemeral")).to_be_in_viewport()
    await is_at_end(channel)


async def test_a_new_message_out_of_view_is_announced(
    channel: Page, discord: SandboxDiscord, robin: Person
) -> None:
    """The page does not scroll by itself; a click on the note scrolls to the end and removes it."""
    await fill(channel, discord, robin)
    await scroll_up(channel)
    await Person.join(discord, "Lee").say(discord.channel, "news")
    await expect(channel.locator("#news")).to_be_visible()
    await expect(channel.get_by_text("news", exact=True)).not_to_be_in_viewport()
    await channel.locator("#news").click()
    await expect(channel.get_by_text("news", exact=True)).to_be_in_viewport()
    await expect(channel.locator("#news")).to_be_hidden()

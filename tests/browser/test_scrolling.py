"""Where the channel stands while things appear in it."""

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
    """Write more than fits onto a screen, and wait until it stands there."""
    for number in range(40):
        await robin.say(discord.channel, f"line {number}")
    await expect(page.get_by_text("line 39")).to_be_in_viewport()


def show_picture(discord: SandboxDiscord) -> None:
    """Have the bot post a picture that is as high as Discord shows any."""
    file = io.BytesIO()
    Image.effect_noise((640, 640), 50).save(file, "PNG")
    attachment = discord.model.attachments.store_attachment(
        1, discord.channel, "picture.png", file.getvalue(), None
    )
    discord.model.create_message(discord.channel, discord.bot_id, attachments=[attachment])
    discord.changes.announce()


async def is_at_end(page: Page) -> None:
    """Wait until the end is in sight."""
    await page.wait_for_function(f"({FROM_END})() < 2", timeout=5000)


async def scroll_up(page: Page) -> None:
    """Scroll far up, as a person does."""
    await page.evaluate("document.getElementById('scroller').scrollTop = 0")
    await page.wait_for_function("!state.isAtEnd")


async def test_whoever_reads_the_end_stays_there(
    channel: Page, discord: SandboxDiscord, robin: Person
) -> None:
    """What grows while the page is scrolling to the end is seen, and what comes after it too."""
    await fill(channel, discord, robin)
    # The browser tells of the first change's scrolling only when the second has happened, as it
    # does when a picture loads just then.
    await channel.evaluate(GROW)
    await is_at_end(channel)
    await robin.say(discord.channel, "after all")
    await expect(channel.get_by_text("after all")).to_be_in_viewport()


async def test_a_picture_has_its_place_before_it_comes(
    channel: Page, discord: SandboxDiscord
) -> None:
    """Nothing moves when it loads: its size is known from Discord."""
    await channel.route("**/attachments/**", lambda route: route.abort())
    show_picture(discord)
    box = await channel.locator(".picture").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (350, 350)


async def test_one_s_own_command_leads_to_the_end(
    channel: Page, discord: SandboxDiscord, robin: Person
) -> None:
    """Whoever had scrolled up sees the answer."""
    await fill(channel, discord, robin)
    await scroll_up(channel)
    await channel.fill("#plain", "/secret ")
    await channel.locator(".send").click()
    await expect(channel.locator(".message.ephemeral")).to_be_in_viewport()
    await is_at_end(channel)


async def test_news_below_are_told_to_whoever_reads_above(
    channel: Page, discord: SandboxDiscord, robin: Person
) -> None:
    """The page does not move by itself; a tap leads to the end, and the line goes."""
    await fill(channel, discord, robin)
    await scroll_up(channel)
    await Person.join(discord, "Lee").say(discord.channel, "news")
    await expect(channel.locator("#news")).to_be_visible()
    await expect(channel.get_by_text("news", exact=True)).not_to_be_in_viewport()
    await channel.locator("#news").click()
    await expect(channel.get_by_text("news", exact=True)).to_be_in_viewport()
    await expect(channel.locator("#news")).to_be_hidden()

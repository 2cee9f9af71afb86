"""Markdown, as the page shows it."""

import pytest
from playwright.async_api import Page, expect

from sandbox.discord import Person, SandboxDiscord

ADDRESS = "http://127.0.0.1:1/files/a.mp4?expires=1&signature=a_b_c"

# Markdown, and the text that is shown (Discord's help: Markdown Text 101).
READ = {
    r"1\. one": "1. one",
    r"\[a\] \*b\* \_c\_ \~~d\~~ \||e\||": "[a] *b* _c_ ~~d~~ ||e||",
    r"\# no heading": "# no heading",
    r"say \`c\` aloud": "say `c` aloud",
    r"C:\temp and \\server": r"C:\temp and \server",
    r"`a\*b`": r"a\*b",
    r"\<b> & \"quoted\"": '<b> & "quoted"',
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "https:/\u2060/example.com": "https:/\u2060/example.com",
    "https:example": "https:example",
}
CODE = {r"`a\*b`": r"a\*b", "``a`b``": "a`b", "```\nx *y* z\n```": "x *y* z"}
LINKS = {
    f"[Result 1](<{ADDRESS}>)": ("Result 1", ADDRESS),
    f"[Result 1]({ADDRESS})": ("Result 1", ADDRESS),
    f"<{ADDRESS}>": (ADDRESS, ADDRESS),
    "see https://example.com/a, or not": ("https://example.com/a", "https://example.com/a"),
}


async def draw(page: Page, text: str) -> None:
    """Show a message's text on the page."""
    await page.evaluate(
        """(text) => {
            document.getElementById("messages").replaceChildren(written("content", text));
        }""",
        text,
    )


async def test_markdown_signs_are_read_as_on_discord(channel: Page) -> None:
    """An escaped sign is the sign, a backslash in code is a backslash, and nothing becomes HTML."""
    for written, read in READ.items():
        await draw(channel, written)
        await expect(channel.locator("#messages")).to_have_text(read)
        assert await channel.locator("#messages a, #messages script, #messages b").count() == 0


async def test_code_in_backquotes_is_shown_literally(channel: Page) -> None:
    """Text in backquotes is shown character by character."""
    for written, read in CODE.items():
        await draw(channel, written)
        await expect(channel.locator("#messages").locator("code, pre")).to_have_text(read)
    await draw(channel, r"\`\`\`no fence\`\`\`")
    await expect(channel.locator("#messages").locator("code, pre")).to_have_count(0)


async def test_a_named_address_is_one_link(channel: Page) -> None:
    """Its name is shown, in angle brackets or not, and its address is unchanged."""
    for written, (name, address) in LINKS.items():
        await draw(channel, written)
        link = channel.locator("#messages a")
        await expect(link).to_have_text(name)
        await expect(link).to_have_attribute("href", address)


@pytest.mark.parametrize("text", [f"[Result](<{ADDRESS}>)", f"**[Result]({ADDRESS})**"])
async def test_a_link_in_an_embed_is_a_link(
    channel: Page, discord: SandboxDiscord, text: str
) -> None:
    """An embed's description is markdown too."""
    embed = {"type": "rich", "description": text}
    discord.model.create_message(discord.channel, discord.bot_id, embeds=[embed])
    discord.changes.announce()
    await expect(channel.locator(".embed-description a")).to_have_text("Result")


async def test_an_edited_message_says_so_on_its_last_line(
    channel: Page, discord: SandboxDiscord, robin: Person
) -> None:
    """The word is behind the text, not below it."""
    message = await robin.say(discord.channel, "first")
    discord.model.edit_message(discord.channel, message.id, {"content": "one\ntwo"})
    discord.changes.announce()
    await expect(channel.locator(".markdown > div").last).to_have_text("two(edited)")
    await expect(channel.locator(".markdown > div")).to_have_count(2)


async def test_a_link_to_a_message_stays_on_the_page(
    channel: Page, discord: SandboxDiscord, robin: Person
) -> None:
    """The page scrolls to that message instead of opening discord.com."""
    first = await robin.say(discord.channel, "the first of many")
    for number in range(30):
        await robin.say(discord.channel, f"line {number}")
    address = f"https://discord.com/channels/{discord.guild}/{discord.channel}/{first.id}"
    await robin.say(discord.channel, f"[there]({address})")
    await channel.get_by_role("link", name="there").click()
    await expect(channel.get_by_text("the first of many")).to_be_in_viewport()
    assert len(channel.context.pages) == 1

"""The page, with a small bot behind it."""

import pytest
from playwright.async_api import Page, expect

from sandbox.discord import Person, SandboxDiscord


async def type_video(channel: Page, prompt: str) -> None:
    """Type /video with a prompt and pick the last model offered."""
    await channel.fill("#plain", "/")
    await channel.locator("#plain").press_sequentially("vid")
    await channel.keyboard.press("Enter")
    await channel.get_by_label("prompt").fill(prompt)
    await channel.get_by_label("model").focus()
    await channel.locator(".popup-row[data-value='veo-3']").click()
    await channel.locator(".send").click()


async def test_a_command_is_typed_completed_and_sent(
    channel: Page, discord: SandboxDiscord
) -> None:
    """The card appears, is updated, and shows its file above its embed, and who used the command."""
    await type_video(channel, "a fox")
    card = channel.locator(".message", has_text="used /video")
    await expect(card.locator(".embed-title")).to_have_text("Done")
    await expect(card.locator("video")).to_have_count(1)
    video = await card.locator("video").bounding_box()
    embed = await card.locator(".embed").bounding_box()
    assert video is not None
    assert embed is not None
    assert video["y"] + video["height"] <= embed["y"]
    await expect(card.locator(".reply-line")).to_contain_text("Robin used /video")
    assert discord.rest.gaps == []


async def test_a_required_option_is_asked_for(channel: Page, discord: SandboxDiscord) -> None:
    """No command is sent while a required option is missing."""
    await channel.fill("#plain", "/video ")
    await channel.get_by_label("prompt").press("Enter")
    await expect(channel.locator(".chip.missing")).to_have_attribute("data-option", "prompt")
    assert discord.calls_to("POST", "/interactions/*") == []


async def test_a_complete_command_is_all_that_the_composer_shows(channel: Page) -> None:
    """A command whose options are all filled in is shown without a hint."""
    await channel.fill("#plain", "/secret ")
    await expect(channel.locator("#composer")).to_have_text("/secret✕➤")


async def test_the_first_page_suggests_a_command(channel: Page) -> None:
    """A click on a suggestion types the command, ready to be sent."""
    await expect(channel.locator("#welcome")).to_contain_text("Type /video")
    await channel.locator(".first-step", has_text="/video").click()
    await expect(channel.get_by_label("prompt")).to_have_value("a fox in the snow")
    await expect(channel.get_by_label("prompt")).to_be_focused()


async def test_deleting_is_offered_as_discord_does(
    channel: Page, discord: SandboxDiscord, robin: Person
) -> None:
    """Delete Message is in the menu of one's own messages, not of another member's."""
    await robin.say(discord.channel, "mine")
    await Person.join(discord, "Lee").say(discord.channel, "another's")
    for text, offered in (("mine", 1), ("another's", 0)):
        message = channel.locator(".message", has_text=text)
        await message.hover()
        await expect(message.locator(".more-entry.danger")).to_have_count(offered)


async def test_a_half_typed_command_stays_while_the_channel_changes(
    channel: Page, discord: SandboxDiscord
) -> None:
    """Messages of others appear, and the composer keeps its text and its focus."""
    await channel.fill("#plain", "/video ")
    await channel.get_by_label("prompt").fill("half a")
    await Person.join(discord, "Lee").say(discord.channel, "hello there")
    await expect(channel.locator(".message")).to_contain_text(["hello there"])
    await expect(channel.get_by_label("prompt")).to_have_value("half a")
    await expect(channel.get_by_label("prompt")).to_be_focused()


async def test_a_click_on_a_reaction_toggles_it_and_reaches_the_bot(channel: Page) -> None:
    """The user's own reaction is marked, and the bot acts on it."""
    await type_video(channel, "a fox")
    card = channel.locator(".message", has_text="used /video")
    await expect(card.locator(".embed-title")).to_have_text("Done")
    await card.locator(".reaction[data-emoji='❌']").click()
    await expect(card.locator(".embed-title")).to_have_text("Cancelled")
    await expect(card.locator(".reaction.mine")).to_contain_text("1")


async def test_a_player_is_left_alone_when_something_else_changes(channel: Page) -> None:
    """A reaction does not start a video again: its element stays the same."""
    await type_video(channel, "a fox")
    await expect(channel.locator("video")).to_have_count(1)
    await channel.evaluate("document.querySelector('video').isTheSame = true")
    card = channel.locator(".message", has=channel.locator("video"))
    await card.hover()
    await card.get_by_label("React with 👍").click()
    await expect(card.locator(".reaction[data-emoji='👍']")).to_have_count(1)
    assert await channel.evaluate("document.querySelector('video').isTheSame") is True


async def test_a_private_answer_is_marked_and_its_menu_works(
    channel: Page, robin: Person, discord: SandboxDiscord
) -> None:
    """Its menu reaches the bot, and it can be dismissed."""
    await type_video(channel, "a fox")
    await channel.locator(".button", has_text="Again").click()
    private = channel.locator(".message.ephemeral")
    await expect(private).to_contain_text("Only you can see this")
    await expect(private.locator(".reply-line")).to_contain_text("Done")  # the card it answers
    await private.locator(".menu-head").click()
    await private.locator(".menu-option", has_text="kling-2").click()
    await expect(private).to_contain_text("chose kling-2")
    assert any(message.is_ephemeral for message in robin.sees())
    await private.locator(".dismiss").click()
    await expect(private).to_have_count(0)
    assert discord.rest.gaps == []


async def test_a_private_answer_is_hidden_from_other_users(
    channel: Page, discord: SandboxDiscord
) -> None:
    """On another user's page the channel is empty."""
    await channel.fill("#plain", "/secret ")
    await channel.locator(".send").click()
    await expect(channel.locator(".message.ephemeral")).to_contain_text("only you")
    await channel.get_by_label("Person").select_option(label="Kim")
    await channel.wait_for_selector("#presence.online")
    await expect(channel.get_by_label("Person").locator("option:checked")).to_have_text("Kim")
    await expect(channel.locator(".message")).to_have_count(0)
    assert discord.messages() == []


async def test_a_missing_answer_is_shown_as_discord_shows_it(
    channel: Page, discord: SandboxDiscord
) -> None:
    """'The application did not respond' is shown to the user who sent the command."""
    async with discord.gateway.down():
        await channel.fill("#plain", "/refresh ")
        await channel.locator(".send").click()
        await expect(channel.locator(".failed")).to_contain_text("did not respond")


@pytest.mark.parametrize("width", [360, 390])
async def test_the_page_fits_a_phone(channel: Page, width: int) -> None:
    """The page is no wider than the screen, and the channels are behind a button."""
    await channel.set_viewport_size({"width": width, "height": 740})
    await type_video(channel, "a fox with a very long name " * 6)
    await expect(channel.locator("video")).to_have_count(1)
    overflow = await channel.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow == 0
    await channel.get_by_label("Channels").click()
    await expect(channel.locator("#sidebar")).to_be_in_viewport()
    box = await channel.locator("#composer").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= width
    await channel.mouse.click(width - 20, box["y"] + box["height"] / 2)
    await expect(channel.locator("#sidebar")).not_to_be_in_viewport()
    await expect(channel.locator("#plain")).not_to_be_focused()

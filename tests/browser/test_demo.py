"""The whole demo: the real bot, the sandbox API, a page in the browser."""

import os
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from sandbox.demo.world import World, open_world
from sandbox.discord.page_server import open_page
from sandbox.modelhunter import Script

# The file for a screenshot of the page, if any: DEMO_PICTURE=docs/demo.png
PICTURE = "DEMO_PICTURE"
# Below a finished card that others see too.
CARD_BUTTONS = ["Again", "Edit", "Use this prompt", "Download", "Delete"]


@pytest.fixture
async def world() -> AsyncGenerator[World]:
    """Open the demo's world."""
    async with open_world() as opened:
        yield opened


@pytest.fixture
async def channel(world: World, page: Page) -> AsyncGenerator[Page]:
    """Open the page that the demo prints the address of."""
    async with open_page(world.discord, [world.robin, world.moderator]) as address:
        await page.goto(address)
        await page.wait_for_selector("#presence.online")
        yield page


async def ask(channel: Page, prompt: str, *, model: str | None = None) -> Locator:
    """Type /video, and a model if given; return the card."""
    await channel.locator("#plain").press_sequentially("/vid")
    await channel.locator(".popup-row[data-value='video']").click()
    await channel.get_by_label("prompt", exact=True).fill(prompt)
    if model is not None:
        await channel.locator("#more-options").click()
        await channel.locator(".popup-row[data-value='model']").click()
        await channel.get_by_label("model", exact=True).press_sequentially(model[:6])
        await channel.locator(f".popup-row[data-value='{model}']").click()
    await channel.locator(".send").click()
    return channel.locator(".message", has=channel.locator(".embed"), has_text=prompt)


async def seconds_played(channel: Page) -> float:
    """Play the video, muted as browsers require, and return the seconds that were played."""
    return float(
        await channel.evaluate(
            """async () => {
                const video = document.querySelector("video");
                video.muted = true;
                await video.play();
                for (let tries = 0; tries < 100 && video.currentTime < 0.3; tries += 1) {
                    await new Promise((resolve) => setTimeout(resolve, 50));
                }
                return video.currentTime;
            }"""
        )
    )


async def photograph(channel: Page, picture: Path) -> None:
    """Take a screenshot of a window that is just high enough for every card."""
    await channel.mouse.move(5, 5)
    await channel.evaluate("document.activeElement.blur()")
    # As when the result has just come: the player is not started yet.
    await channel.evaluate("document.querySelector('video').load()")
    await channel.wait_for_function("document.querySelector('video').readyState >= 2")
    height = await channel.evaluate(
        """() => {
            const edges = ["top", "messages", "composer-area"];
            return edges.reduce((sum, id) => sum + document.getElementById(id).offsetHeight, 0);
        }"""
    )
    await channel.set_viewport_size({"width": 1000, "height": height})
    await channel.wait_for_timeout(3000)  # the player's own animations
    await channel.screenshot(path=picture)


async def test_a_video_is_requested_and_shown_and_another_cancelled(
    channel: Page, world: World
) -> None:
    """The card changes by itself until its video plays; a click on ❌ cancels the next one."""
    card = await ask(channel, "a fox in the snow", model="viduq3-turbo")
    await expect(card.locator(".embed-title")).to_contain_text("Generating", timeout=30_000)
    await expect(card.locator("video")).to_have_count(1, timeout=60_000)
    await expect(card.locator(".embed-title")).to_have_count(0)
    await expect(card.locator(".subtext")).to_contain_text("took")
    await expect(card.locator(".button")).to_contain_text(CARD_BUTTONS)
    await expect(card).to_contain_text("Vidu Q3 Turbo")
    assert await seconds_played(channel) >= 0.3

    world.api.scripts.next(Script.endless())
    other = await ask(channel, "a lighthouse in a storm")
    await expect(other.locator(".embed-title")).to_contain_text("Generating", timeout=30_000)
    await expect(other).to_contain_text("50%", timeout=30_000)
    if picture := os.environ.get(PICTURE):
        await photograph(channel, Path(picture))
    await other.locator(".reaction[data-emoji='❌']").click()
    await expect(other.locator(".embed-title")).to_contain_text("Cancelled", timeout=30_000)
    assert [call.status for call in world.api.calls("DELETE", "/tasks/*")] == [200]
    assert world.discord.rest.gaps == []


@pytest.mark.parametrize("width", [1280, 390])
async def test_a_finished_card_is_made_again_edited_and_deleted(
    channel: Page, world: World, width: int
) -> None:
    """Again makes another card, Edit opens a form, and Delete asks once; all fit a phone."""
    await channel.set_viewport_size({"width": width, "height": 844})
    world.api.scripts.next(Script.quick(0), Script.quick(0))
    card = await ask(channel, "a fox in the snow")
    await expect(card.locator("video")).to_have_count(1, timeout=60_000)
    rows = {await it.evaluate("it => it.offsetTop") for it in await card.locator(".button").all()}
    assert len(rows) <= 2
    await card.locator(".button", has_text="Edit").click()
    prompt = channel.get_by_role("dialog").locator("textarea").first
    await expect(prompt).to_have_value("a fox in the snow")
    await prompt.press("Escape")
    await card.locator(".button", has_text="Again").click()
    await expect(channel.locator("video")).to_have_count(2, timeout=60_000)
    await card.first.locator(".button", has_text="Delete").click()
    question = channel.locator(".message.ephemeral")
    await expect(question).to_contain_text("Delete this card for everyone?")
    if width < 400:
        await _take_picture(channel, "finished-card.png")
    await question.locator(".button", has_text="Delete it").click()
    await expect(question).to_contain_text("Deleted.")
    await expect(channel.locator("video")).to_have_count(1)


async def test_a_failed_card_begins_with_its_cause(channel: Page, world: World) -> None:
    """The API's own words come first, and the way to another try is below."""
    world.api.scripts.next(Script.failing("This prompt was flagged by the content filter."))
    card = await ask(channel, "a boat in a storm")
    await expect(card.locator(".embed-title")).to_contain_text("Failed", timeout=60_000)
    await expect(card.locator(".embed-description")).to_contain_text(
        "ModelHunter says: This prompt was flagged by the content filter."
    )
    await expect(card.locator(".button")).to_contain_text(
        ["Try again", "Edit and try again", "Delete"]
    )
    if PICTURE in os.environ:
        await card.screenshot(path=Path(os.environ[PICTURE]).with_name("failed-card.png"))


async def _take_picture(channel: Page, name: str) -> None:
    """Save how a phone shows the newest messages, where a picture of the README is wanted."""
    if PICTURE in os.environ:
        await channel.screenshot(
            path=Path(os.environ[PICTURE]).with_name(name),
            clip={"x": 0, "y": 180, "width": 390, "height": 600},
        )

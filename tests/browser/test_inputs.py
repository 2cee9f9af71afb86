"""Pictures and forms on the demo's page: the real bot, the sandbox API, a page in the browser."""

import io
import os
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, expect

from sandbox.demo.world import World, open_world
from sandbox.discord.page_server import open_page

SLOW = 60_000  # milliseconds
# The file for a screenshot of the page, if any: DEMO_PICTURE=docs/demo.png
PICTURE = "DEMO_PICTURE"
WITHIN = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


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


@pytest.fixture
def fox(tmp_path: Path) -> Path:
    """Write a picture that models of pictures take."""
    path = tmp_path / "fox.png"
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "orange").save(file, "PNG")
    path.write_bytes(file.getvalue())
    return path


async def add_option(channel: Page, name: str) -> Locator:
    """Add an optional option to the command, and return its field."""
    await channel.locator("#more-options").click()
    await channel.locator(f".popup-row[data-value='{name}']").click()
    return channel.get_by_label(name, exact=True)


async def handed_in(channel: Page, fox: Path, prompt: str) -> Locator:
    """Hand a picture to /video, and return the card."""
    await channel.fill("#plain", "/video ")
    await channel.get_by_label("prompt", exact=True).fill(prompt)
    await (await add_option(channel, "image")).set_input_files(fox)
    await expect(channel.locator(".chip-preview img")).to_have_count(1)
    await channel.locator(".send").click()
    return channel.locator(".message", has_text=prompt)


async def test_a_picture_is_animated_again_edited_and_deleted(
    channel: Page, world: World, fox: Path
) -> None:
    """The picture's video comes; Again makes another, Edit one with other words, Delete removes it."""
    card = await handed_in(channel, fox, "it runs away")
    await expect(card.locator("video")).to_have_count(1, timeout=SLOW)
    await card.get_by_role("button", name="Again").click()
    await expect(card.locator("video")).to_have_count(2, timeout=SLOW)
    await card.first.get_by_role("button", name="Edit").click()
    field = channel.locator(".form-box textarea").first
    await expect(field).to_have_value("it runs away")
    await field.fill("it comes back")
    await channel.get_by_role("button", name="Submit").click()
    edited = channel.locator(".message", has_text="it comes back")
    await expect(edited.locator("video")).to_have_count(1, timeout=SLOW)
    await edited.get_by_role("button", name="Delete").click()
    question = channel.locator(".message.ephemeral")
    await question.get_by_role("button", name="Delete").click()
    await expect(edited.locator("video")).to_have_count(0, timeout=SLOW)
    assert [task.capability for task in world.api.tasks.values()] == ["image-to-video"] * 3
    assert world.discord.rest.gaps == []


@pytest.mark.parametrize("width", [1280, 390])
async def test_something_is_made_by_a_form(channel: Page, world: World, width: int) -> None:
    """/create opens a form within the width, whose prompt becomes a card."""
    await channel.set_viewport_size({"width": width, "height": 844})
    await channel.fill("#plain", "/create ")
    kind = channel.locator(".popup-row", has_text="Image").first
    await kind.click()
    await channel.locator(".send").click()
    await channel.locator(".form-box").wait_for()
    assert await channel.evaluate(WITHIN)
    await channel.locator(".form-box textarea").first.fill("a lighthouse\nin a storm")
    await channel.get_by_role("button", name="Submit").click()
    await expect(channel.locator(".form-box")).to_have_count(0)
    card = channel.locator(".message", has_text="a lighthouse")
    await expect(card.locator(".picture")).to_have_count(1, timeout=SLOW)
    (task,) = world.api.tasks.values()
    assert task.request.text == "a lighthouse\nin a storm"
    assert world.discord.rest.gaps == []


async def test_help_is_shown_to_its_caller_alone(channel: Page) -> None:
    """The card of /help says what is left, and names commands."""
    await channel.fill("#plain", "/help ")
    await channel.locator(".send").click()
    answer = channel.locator(".message.ephemeral")
    await expect(answer).to_contain_text("Left for today")
    await expect(answer).to_contain_text("/forget")


async def test_a_file_of_a_message_is_used_as_a_reference(channel: Page, world: World) -> None:
    """Of two pictures one is chosen; its form holds it, takes more, and can cover the result."""
    pictures = [(f"{name}.png", _gradient(name)) for name in ("sunrise", "sea")]
    await world.robin.say(world.discord.channel, "Which one?", pictures)
    message = channel.locator(".message", has_text="Which one?")
    await message.hover()
    await message.get_by_label("More").click()
    await take_picture(message, "message-menu.png")
    await message.locator(".more-entry", has_text="Use as reference").click()
    choice = channel.locator(".message.ephemeral")
    await expect(choice).to_contain_text("sea.png")
    await take_picture(choice, "media-choice.png")
    await choice.locator(".menu-head").click()
    await choice.locator(".menu-option", has_text="sea.png").click()
    form = channel.locator(".form-box")
    await expect(form).to_contain_text("More references")
    await expect(form).to_contain_text("sea.png")
    await expect(form).to_contain_text("Cover it as a spoiler")
    await take_picture(form, "reference-form.png")


async def test_forms_are_as_the_documents_show_them(channel: Page, world: World) -> None:
    """An empty one, and one that is filled in from a finished card."""
    await channel.fill("#plain", "/create ")
    await channel.locator(".popup-row", has_text="Video").first.click()
    await channel.locator(".send").click()
    form = channel.locator(".form-box")
    await expect(form).to_contain_text("Start image")
    await take_picture(form, "create-form.png")
    await channel.keyboard.press("Escape")
    await channel.fill("#plain", "/image ")
    await channel.get_by_label("prompt", exact=True).fill("a fox in the snow")
    await channel.locator(".send").click()
    card = channel.locator(".message", has_text="a fox in the snow")
    await expect(card.locator(".picture")).to_have_count(1, timeout=SLOW)
    await card.get_by_role("button", name="Edit").click()
    await expect(form).to_contain_text("Options")
    await take_picture(form, "edit-form.png")
    assert world.discord.rest.gaps == []


def _gradient(name: str) -> bytes:
    """Return a picture to be used as a reference."""
    low, high = {"sunrise": ("#402060", "#ffb060"), "sea": ("#003050", "#60c0d0")}[name]
    file = io.BytesIO()
    shades = Image.linear_gradient("L").resize((480, 320))
    Image.composite(
        Image.new("RGB", shades.size, high), Image.new("RGB", shades.size, low), shades
    ).save(file, "PNG")
    return file.getvalue()


async def take_picture(shown: Locator, name: str) -> None:
    """Save how something looks, where pictures for the documents are wanted."""
    if PICTURE in os.environ:
        await shown.screenshot(path=Path(os.environ[PICTURE]).with_name(name))

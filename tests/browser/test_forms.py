"""Forms, files and message menus on the page, with a small bot behind it."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from sandbox.discord import Person, SandboxDiscord

WITHIN = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture
def picture() -> bytes:
    """Make a picture of 64 by 32 pixels."""
    file = io.BytesIO()
    Image.new("RGB", (64, 32), "orange").save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def fox(tmp_path: Path, picture: bytes) -> Path:
    """Write the picture to a file."""
    path = tmp_path / "fox.png"
    path.write_bytes(picture)
    return path


async def open_create(channel: Page) -> None:
    """Open the form of the small bot."""
    await channel.fill("#plain", "/create ")
    await channel.locator(".send").click()
    await channel.locator(".form-box").wait_for()


@pytest.mark.parametrize("width", [1280, 390])
async def test_a_form_is_filled_in_and_sent(
    channel: Page, discord: SandboxDiscord, fox: Path, width: int
) -> None:
    """A text, a choice, a file and a switch reach the bot; the form closes, and its answer is shown."""
    await channel.set_viewport_size({"width": width, "height": 900})
    await open_create(channel)
    assert await channel.evaluate(WITHIN)
    await expect(channel.get_by_label("Prompt", exact=True)).to_have_value("a fox")
    await channel.get_by_label("Prompt", exact=True).fill("a cat")
    await channel.get_by_label("Model", exact=True).select_option("veo-3")
    await channel.get_by_label("Image", exact=True).set_input_files(fox)
    await channel.get_by_label("Private", exact=True).check()
    await channel.get_by_role("button", name="Submit").click()
    await expect(channel.locator(".form-box")).to_have_count(0)
    answer = channel.locator(".message", has_text="a cat")
    await expect(answer).to_contain_text("['veo-3'] | ['fox.png image/png 64x32 True True'] | True")
    assert discord.rest.gaps == []


async def test_a_form_is_not_sent_while_something_is_missing(
    channel: Page, discord: SandboxDiscord
) -> None:
    """A required field that is empty is marked; Escape closes the form without sending it."""
    await open_create(channel)
    await channel.get_by_label("Prompt", exact=True).fill("")
    await channel.get_by_role("button", name="Submit").click()
    await expect(channel.locator(".form-row.missing")).to_have_attribute("data-label", "Prompt")
    await channel.keyboard.press("Escape")
    await expect(channel.locator(".form-box")).to_have_count(0)
    assert len(discord.calls_to("POST", "/interactions/*")) == 1


async def test_a_file_is_chosen_for_a_command(channel: Page, fox: Path) -> None:
    """The composer shows the picture, and the bot fetches it."""
    await channel.fill("#plain", "/inspect ")
    await channel.get_by_label("file", exact=True).set_input_files(fox)
    await expect(channel.locator(".chip-preview img")).to_have_count(1)
    await channel.locator(".send").click()
    answer = channel.locator(".message", has_text="used /inspect")
    await expect(answer).to_contain_text("fox.png image/png 64x32 True True")


async def test_a_message_menu_is_used_on_a_members_picture(
    channel: Page, robin: Person, fox: Path
) -> None:
    """A picture is sent with a message, and an app's command is chosen from its menu."""
    await channel.get_by_label("Upload a file").set_input_files(fox)
    await expect(channel.locator(".staged")).to_have_text("fox.png")
    await channel.locator("#plain").press_sequentially("my fox")
    await channel.locator("#plain").press("Enter")
    message = channel.locator(".message", has=channel.locator(".picture"))
    await expect(message).to_contain_text("my fox")
    await message.hover()
    await message.get_by_label("More").click()
    await message.locator(".more-entry", has_text="Animate").click()
    answer = channel.locator(".message.ephemeral")
    await expect(answer).to_contain_text("Robin: my fox ['fox.png image/png 64x32 False True']")
    assert robin.sees()[0].attachments[0]["filename"] == "fox.png"


async def test_a_spoiler_is_covered_until_it_is_clicked(
    channel: Page, robin: Person, discord: SandboxDiscord, picture: bytes
) -> None:
    """Discord covers files whose names begin with SPOILER_."""
    await robin.say(discord.channel, "look", [("SPOILER_fox.png", picture)])
    await expect(channel.locator(".spoiler")).to_have_count(1)
    await channel.locator(".spoiler-cover").click()
    await expect(channel.locator(".spoiler.shown .picture")).to_have_count(1)

"""The lists of the bot as Discord draws them, on a desk and on a phone."""

import os
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import Page

from sandbox.discord import Person
from sandbox.discord.page_server import open_page
from tests.end_to_end.world import World, open_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    """Give a test Discord, the API and a place for the bot."""
    async with open_world(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("width", [1280, 390])
async def test_lists_are_drawn_with_a_button_beside_each_job(
    world: World, page: Page, width: int
) -> None:
    """Menus, rows and buttons are drawn within the width, and a menu on the page filters."""
    await page.set_viewport_size({"width": width, "height": 900})
    async with world.bot(), open_page(world.discord, [world.robin]) as address:
        await world.until_done(await world.ask("image"))
        await world.until_following(await world.ask())
        jobs = (await world.robin.slash(world.discord.channel, "jobs")).message
        models = (await world.robin.slash(world.discord.channel, "models")).message
        assert jobs is not None
        assert models is not None
        await page.goto(address)
        drawn = page.locator(f"#message-{jobs.id}")
        await drawn.locator(".section").first.wait_for()
        assert await drawn.locator(".section .accessory .button").count() == 2
        assert await drawn.locator(".menu").count() == 2
        listed = page.locator(f"#message-{models.id}")
        assert await listed.locator(".text-display").count() > 5
        wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert await page.evaluate(wide)
        await listed.locator(".menu-head").click()
        await listed.locator(".menu-option").last.click()
        await listed.get_by_text("voice").first.wait_for()


@pytest.mark.parametrize("width", [1280, 390])
async def test_usage_is_drawn_with_its_menus_and_its_file(
    world: World, page: Page, width: int
) -> None:
    """Sums, lines and menus are within the width, members have their names, and the file is offered."""
    await page.set_viewport_size({"width": width, "height": 900})
    mo = Person.join(world.discord, "Mo", may_manage_server=True)
    kim = Person.join(world.discord, "Kim")
    async with world.bot(), open_page(world.discord, [mo]) as address:
        for person, command in ((kim, "image"), (world.robin, "speech"), (world.robin, "image")):
            await world.until_done(await world.ask(command, by=person))
        await world.until_following(await world.ask())
        shown = (await mo.slash(world.discord.channel, "usage", by="person")).message
        assert shown is not None
        await page.goto(address)
        drawn = page.locator(f"#message-{shown.id}")
        await drawn.get_by_text("Usage of this server").wait_for()
        await drawn.get_by_text("@Robin").wait_for()
        await drawn.get_by_text("@Kim").wait_for()
        assert await drawn.locator(".menu").count() == 2
        await drawn.get_by_text("Get it as CSV").click()
        await page.get_by_text(".csv").first.wait_for()
        wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert await page.evaluate(wide)
        if picture := os.environ.get("USAGE_PICTURE"):
            await drawn.screenshot(path=picture)

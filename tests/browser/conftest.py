"""A Chromium without a window, and pages in it."""

import shutil
from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Browser, Page, async_playwright

from sandbox.bot_process import BotProcess
from sandbox.demo.recording import BROWSER_OPTIONS, BROWSERS
from sandbox.demo.scripts_by_prompt import SUGGESTIONS
from sandbox.discord import Person, SandboxDiscord, open_discord
from sandbox.discord.page_server import open_page
from tests.integration.sandbox.discord.conftest import small_bot

TIMEOUT = 60_000  # milliseconds


@pytest.fixture
async def browser() -> AsyncGenerator[Browser]:
    """Start the machine's Chromium; without one these tests are skipped."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium found (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=list(BROWSER_OPTIONS))
        try:
            yield opened
        finally:
            await opened.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncGenerator[Page]:
    """Open an empty page, and fail the test if a script fails on it."""
    opened = await browser.new_page(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(TIMEOUT)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    assert errors == []


@pytest.fixture
async def discord() -> AsyncGenerator[SandboxDiscord]:
    """Serve a simulated Discord."""
    async with open_discord() as served:
        yield served


@pytest.fixture
def robin(discord: SandboxDiscord) -> Person:
    """Add the user whose page is open."""
    return Person.join(discord, "Robin")


@pytest.fixture
async def bot(discord: SandboxDiscord) -> AsyncGenerator[BotProcess]:
    """Start the small bot."""
    async with small_bot(discord) as process:
        yield process


@pytest.fixture
async def channel(
    discord: SandboxDiscord, robin: Person, bot: BotProcess, page: Page
) -> AsyncGenerator[Page]:
    """Open the channel as Robin, with the bot online."""
    assert bot.exit_code is None
    people = [robin, Person.join(discord, "Kim")]
    async with open_page(discord, people, suggestions=SUGGESTIONS) as address:
        await page.goto(address)
        await page.wait_for_selector("#presence.online")
        yield page

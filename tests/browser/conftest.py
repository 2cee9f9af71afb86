"""A Chromium without a window, and pages in it."""

import shutil
from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Browser, Page, async_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60_000  # milliseconds


@pytest.fixture
async def browser() -> AsyncGenerator[Browser]:
    """Start the browser that the machine has; without one there is nothing to test."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=OPTIONS)
        try:
            yield opened
        finally:
            await opened.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncGenerator[Page]:
    """Open an empty page, and fail the test if a script of ours fails on it."""
    opened = await browser.new_page(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(PATIENCE)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    assert errors == []

"""Recording of the demo's channel: one HTML file, its media, and a screenshot."""

import asyncio
import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandbox.demo.world import World
from sandbox.discord import view
from sandbox.discord.page_server import FOLDER

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_OPTIONS = (
    "--no-sandbox",  # it opens nothing but our own pages, often in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREENSHOT_OPTIONS = ("--headless", "--hide-scrollbars", "--virtual-time-budget=4000")
WIDTH = 1100  # pixels
TIMEOUT = 60.0  # seconds for the browser


async def record(world: World, output: Path) -> Path:
    """Write the channel as the requester sees it to *output*, and return the page."""
    page = await asyncio.to_thread(_write, world, output)
    picture = page.with_suffix(".png")
    picture.unlink(missing_ok=True)  # of an earlier run
    await _photograph(page, picture)
    return page


def _write(world: World, folder: Path) -> Path:
    output = folder.resolve()
    output.mkdir(parents=True, exist_ok=True)
    messages = view.messages(world.discord, world.robin)
    kept = [_with_files_kept(world, message, output) for message in messages]
    frame = view.frame(world.discord, world.robin, [world.robin, world.moderator])
    page = output / "channel.html"
    page.write_text(_html({"frame": frame, "messages": kept}), encoding="utf-8")
    return page


def _with_files_kept(world: World, message: dict[str, Any], output: Path) -> dict[str, Any]:
    """Copy a message's files to *output* and point the message at the copies."""
    files = []
    for file in message["attachments"]:
        channel, attachment, name = urlsplit(file["url"]).path.split("/")[2:5]
        found = world.discord.model.attachments.find(channel, attachment)
        if found is not None:
            path = output / f"{message['id']}-{name}"
            path.write_bytes(found[0])
            files.append({**file, "url": path.name})
    return {**message, "attachments": files}


def _html(recorded: dict[str, Any]) -> str:
    """Put the page, its styles and scripts and what it shows into one file."""
    data = json.dumps(recorded).replace("<", "\\u003c")
    html = (FOLDER / "index.html").read_text(encoding="utf-8")
    html = re.sub(
        r'<link rel="stylesheet" href="/page/([\w.]+)">',
        lambda found: f"<style>\n{(FOLDER / found[1]).read_text(encoding='utf-8')}</style>",
        html,
    )
    html = re.sub(
        r'<script src="/page/([\w.]+)"></script>',
        lambda found: f"<script>\n{(FOLDER / found[1]).read_text(encoding='utf-8')}</script>",
        html,
    )
    return html.replace(
        "<body>", f'<body class="recorded">\n<script>window.RECORDED = {data};</script>', 1
    )


async def _photograph(page: Path, picture: Path) -> None:
    """Take a screenshot of the whole page, if there is a browser to do it."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        return
    address = page.as_uri()
    drawn = await _run(browser, f"--window-size={WIDTH},900", "--dump-dom", address)
    height = re.search(rb'data-height="(\d+)"', drawn)
    size = f"--window-size={WIDTH},{int(height[1]) if height else 2400}"
    await _run(browser, size, f"--screenshot={picture}", address)


async def _run(browser: str, *arguments: str) -> bytes:
    process = await asyncio.create_subprocess_exec(
        browser,
        *BROWSER_OPTIONS,
        *SCREENSHOT_OPTIONS,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(TIMEOUT):
            output, _ = await process.communicate()
            return output
    except TimeoutError:
        process.kill()
        await process.wait()
        return b""

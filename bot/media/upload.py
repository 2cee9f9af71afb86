"""Upload: put a file from disk at an address that was given for it, without trusting the address.

It goes through a session of `bot.media.download`, so by https and to public addresses alone, and
without any key. Redirects are not followed: the address was made for this file.
"""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import BinaryIO

import aiohttp

from bot.media.download import parsed_address
from bot.media.errors import UploadFailed

# Seconds. The address is valid for some minutes.
TIMEOUT = aiohttp.ClientTimeout(total=600, sock_connect=10, sock_read=60)
_BLOCK = 256 * 1024  # bytes


async def put_file(
    url: str, path: Path, *, media_type: str, size: int, session: aiohttp.ClientSession
) -> None:
    """Put the file at *path*, of *size* bytes, at *url*.

    Raises:
        UploadFailed: It is not there, or that is not known. It may be put anew.
    """
    headers = {"Content-Type": media_type, "Content-Length": str(size)}
    try:
        with _opened(path) as file:
            async with session.put(
                parsed_address(url),
                data=_blocks(file),
                headers=headers,
                allow_redirects=False,
                timeout=TIMEOUT,
            ) as response:
                status = response.status
    except (aiohttp.ClientError, OSError, UnicodeError) as error:
        # Not "from error": some of aiohttp's messages hold the whole address.
        raise UploadFailed(type(error).__name__) from None
    if not 200 <= status < 300:
        raise UploadFailed(f"HTTP {status}", status=status)


def _opened(path: Path) -> BinaryIO:
    # Not in a thread: one that outlasts a cancelled upload would leave the file open.
    return path.open("rb")


async def _blocks(file: BinaryIO) -> AsyncGenerator[bytes]:
    while block := await asyncio.to_thread(file.read, _BLOCK):
        yield block

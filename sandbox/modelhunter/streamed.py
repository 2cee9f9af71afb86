"""Streamed responses, whose body is made while it is sent."""

from collections.abc import AsyncIterator, Callable

from aiohttp import web

Chunks = Callable[[], AsyncIterator[bytes]]


class StreamedResponse(web.Response):
    """A response of *length* bytes that are never in memory as a whole."""

    def __init__(self, chunks: Chunks, length: int, content_type: str) -> None:
        super().__init__(
            body=chunks(),
            headers={"Content-Type": content_type, "Content-Length": str(length)},
        )
        self.chunks = chunks


class HungUp(web.Response):
    """The response of a handler whose connection was cut; it is never sent."""

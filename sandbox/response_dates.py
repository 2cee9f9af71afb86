"""Response dates: the `Date` header by the sandbox's clock, as a server's header shows its own clock."""

import datetime
from collections.abc import Callable
from email.utils import format_datetime

from aiohttp import web


def stamp_responses(application: web.Application, clock: Callable[[], float]) -> None:
    """Have every response of *application* carry the time of *clock*, in Unix seconds."""

    async def stamp(_request: web.Request, response: web.StreamResponse) -> None:
        now = datetime.datetime.fromtimestamp(clock(), datetime.UTC)
        response.headers["Date"] = format_datetime(now, usegmt=True)

    application.on_response_prepare.append(stamp)

"""The API's stand-in alone, for a bot in a real Discord server that must not cost anything."""

import asyncio

from sandbox.modelhunter.server import open_stand_in

GREETING = """
  ModelHunter's stand-in answers. Start a bot with:

  MODELHUNTER_URL={url}
  MODELHUNTER_KEY={key}

  Its results are at {host}:{port}, which a bot outside the sandbox refuses to fetch from: it
  follows jobs to their end and says that the results can't be fetched. Ctrl-C ends this.
"""


async def serve_stand_in(port: int) -> int:
    """Serve the stand-in until somebody ends it; port 0 takes a free one."""
    async with open_stand_in(port=port) as api:
        host, taken = api.address
        greeting = GREETING.format(url=api.url, key=api.key, host=host, port=taken)
        print(greeting, flush=True)  # noqa: T201
        await asyncio.Event().wait()
    return 0

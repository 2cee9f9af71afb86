"""The sandbox API alone, for a bot in a real Discord server that must not cost anything."""

import asyncio

from sandbox.modelhunter.server import open_sandbox_api

GREETING = """
  The sandbox API answers. Start a bot with:

  MODELHUNTER_URL={url}
  MODELHUNTER_KEY={key}

  Its results are at {host}:{port}, which a bot outside the sandbox refuses to fetch from: it
  follows jobs to their end and says that the results can't be fetched. Ctrl-C ends this.
"""


async def serve_api(port: int) -> int:
    """Serve the sandbox API until cancelled; port 0 takes a free one.

    Raises:
        OSError: The port is taken.
    """
    async with open_sandbox_api(port=port) as api:
        host, taken = api.address
        greeting = GREETING.format(url=api.url, key=api.key, host=host, port=taken)
        print(greeting, flush=True)  # noqa: T201
        await asyncio.Event().wait()
    return 0

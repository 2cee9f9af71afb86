"""The stand-in on its own, for trying the API by hand."""

import asyncio

from sandbox.modelhunter.server import open_stand_in


async def serve_forever(host: str, port: int, key: str) -> None:
    """Serve the stand-in until cancelled, after printing its address and key.

    Raises:
        OSError: The port is taken.
    """
    async with open_stand_in(host=host, port=port, key=key) as stand_in:
        print(f"MODELHUNTER_URL={stand_in.url}", flush=True)  # noqa: T201 - what the user asked for
        print(f"MODELHUNTER_KEY={stand_in.key}", flush=True)  # noqa: T201
        await asyncio.Event().wait()
